using System.Globalization;
using System.Security.Claims;
using Duende.IdentityServer.Extensions;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Services;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Identity.Accounts;
using static Duende.IdentityServer.IdentityServerConstants;

namespace Platform.Identity.People;

/// <summary>Tells the provider what tokens say of a person, and whether the person still counts.</summary>
internal sealed class PersonProfile(
    UserManager<Account> accounts,
    PersonDirectory people,
    IOptions<IdentityOptions> identity,
    IHttpContextAccessor http,
    TimeProvider clock) : IProfileService
{
    private CancellationToken Ct => http.HttpContext?.RequestAborted ?? CancellationToken.None;

    public async Task GetProfileDataAsync(ProfileDataRequestContext context)
    {
        if (await AccountOf(context.Subject) is not { } account) return;

        context.AddRequestedClaims(OwnClaims(account));

        // User info is about the person; the tenant is a matter of the access token alone.
        if (context.Caller != ProfileDataCallers.ClaimsProviderAccessToken) return;

        var wanted = TenantChoice.Of(context.Subject);
        if (!Admission.DependsOnTenants(context.Client, wanted)) return;

        var person = await people.GetOrRecallAsync(account.Id, Ct);
        if (TenantChoice.Choose(person, wanted) is { } tenant) context.AddRequestedClaims(TenantChoice.TokenClaims(tenant));
    }

    public async Task IsActiveAsync(IsActiveContext context)
    {
        context.IsActive = await AccountOf(context.Subject) is { } account
            && account.IsActive(clock.GetUtcNow(), identity.Value.Lockout.DefaultLockoutTimeSpan)
            && HasCurrentStamp(context.Subject, account)
            && await MayUseAsync(context, account);
    }

    private async Task<bool> MayUseAsync(IsActiveContext context, Account account)
    {
        // These two decide over new tokens; reading an old one must not depend on the Api.
        if (context.Caller is not (ProfileIsActiveCallers.AuthorizeEndpoint or ProfileIsActiveCallers.RefreshTokenValidation))
        {
            return true;
        }

        var wanted = TenantChoice.Of(context.Subject);
        if (!Admission.DependsOnTenants(context.Client, wanted))
        {
            return Admission.Of(account, null, context.Client, wanted).Refusal is null;
        }

        try
        {
            var person = await people.GetOrRecallAsync(account.Id, Ct);
            return Admission.Of(account, person, context.Client, wanted).Refusal is null;
        }
        catch (PeopleUnavailableException) when (context.Caller == ProfileIsActiveCallers.AuthorizeEndpoint)
        {
            return false; // the sign-in page finds the same and says why
        }

        // At a refresh it goes on up: "inactive" would end the person's session over an outage.
    }

    /// <summary>A session whose stamp is another was there before a change of password. Access tokens carry none.</summary>
    private bool HasCurrentStamp(ClaimsPrincipal subject, Account account) =>
        subject.FindFirst(identity.Value.ClaimsIdentity.SecurityStampClaimType) is not { } stamp
        || stamp.Value == account.SecurityStamp;

    private async Task<Account?> AccountOf(ClaimsPrincipal subject) =>
        long.TryParse(subject.GetSubjectId(), CultureInfo.InvariantCulture, out _)
            ? await accounts.FindByIdAsync(subject.GetSubjectId())
            : null;

    private static IEnumerable<Claim> OwnClaims(Account account)
    {
        yield return new("name", account.Name);
        yield return new("locale", account.Locale);
        yield return new("email", account.Email!);
        yield return new("email_verified", account.EmailConfirmed ? "true" : "false", ClaimValueTypes.Boolean);
        yield return new("updated_at", account.UpdatedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), ClaimValueTypes.Integer64);
        if (account.PlatformRole is { } role) yield return new(ClaimNames.PlatformRole, role);
    }
}
