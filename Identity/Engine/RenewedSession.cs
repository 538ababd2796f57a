using System.Security.Claims;
using Platform.Identity.Accounts;

namespace Platform.Identity.Engine;

internal static class RenewedSession
{
    /// <summary>What a session goes on with: how the person signed in, and which tenant they chose.</summary>
    private static readonly string[] Kept = ["amr", "tenant", Contracts.ClaimNames.TenantId];

    extension(IEngine engine)
    {
        /// <summary>The session of a person whose credentials have changed goes on, under a new cookie.</summary>
        public Task RenewAsync(Account account, ClaimsPrincipal session) => engine.SignInAsync(
            account, session.Claims.Where(claim => Kept.Contains(claim.Type)).Select(Copy));
    }

    private static Claim Copy(Claim claim) => new(claim.Type, claim.Value, claim.ValueType);
}
