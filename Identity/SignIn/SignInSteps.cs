using System.Globalization;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Identity.Engine;
using Platform.Identity.People;
using Platform.Identity.SingleSignOn;

namespace Platform.Identity.SignIn;

internal sealed class StaffSignInOptions
{
    public const string Section = "SignIn";

    /// <summary>Whether platform staff need a second factor: without one, they set one up before they get in.</summary>
    public bool StaffNeedSecondFactor { get; init; }
}

/// <summary>What comes next for a person who has proved who they are.</summary>
internal enum SignInStep
{
    /// <summary>The session is open.</summary>
    SignedIn,

    /// <summary>The account has a second factor, which the person has not shown yet.</summary>
    ShowSecondFactor,

    /// <summary>The account needs a second factor and has none.</summary>
    SetUpSecondFactor,

    /// <summary>The person is a member of several organisations, and nobody has said which one is meant.</summary>
    ChooseTenant,

    /// <summary>The person may not enter this application, or not this organisation.</summary>
    Refused,

    /// <summary>The Api does not say of which organisations the person is a member.</summary>
    Unavailable,
}

/// <param name="Rejection">With <see cref="SignInStep.Refused"/> only.</param>
/// <param name="Tenants">With <see cref="SignInStep.ChooseTenant"/> only.</param>
internal sealed record SignInResult(
    SignInStep Step, AdmissionRejection? Rejection = null, IReadOnlyList<PersonTenant>? Tenants = null);

/// <summary>
/// Takes a sign-in from the first proof of identity to the session. Every page that proves something calls it, so that
/// no way in leaves a step out.
/// </summary>
internal sealed class SignInSteps(
    IEngine engine, LoginAudit audit, PersonDirectory people, PendingSignIns pending, KnownDevices devices,
    ProviderSignIn singleSignOn, IOptions<StaffSignInOptions> options)
{
    /// <param name="request">Null when no application waits.</param>
    /// <param name="tenant">Which tenant the person has chosen, by slug or id; null if nobody asked.</param>
    public async Task<SignInResult> ContinueAsync(
        Account account, SignInProof proof, SignInRequest? request, string? tenant, CancellationToken ct)
    {
        var wanted = proof.OnlyTenant?.ToString(CultureInfo.InvariantCulture) ?? tenant ?? request?.Tenant;
        var result = await FindStepAsync(account, proof, request, wanted, ct);
        switch (result.Step)
        {
            case SignInStep.SignedIn:
                await SignInAsync(account, proof, request, result.Tenants!, tenant, ct);
                break;
            case SignInStep.Refused:
                pending.Clear();
                await audit.WriteAsync(
                    AuditKinds.SignInFailed, IdOf(account), request?.Client.Id, $"{result.Rejection}");
                break;
            case SignInStep.ShowSecondFactor or SignInStep.SetUpSecondFactor or SignInStep.ChooseTenant:
                pending.Set(account, proof);
                break;
        }

        return result;
    }

    /// <returns>Why a person with a session may not enter, or null.</returns>
    public async Task<SignInResult> AdmitAsync(Account account, SignInRequest? request, string? tenant, CancellationToken ct)
    {
        var client = request?.Client;
        try
        {
            var person = Admission.DependsOnTenants(client, tenant) ? await people.GetAsync(account.Id, ct) : null;
            var admission = Admission.Of(account, person, client, tenant);
            if (admission.Rejection is { } refusal) return new(SignInStep.Refused, refusal);
            if (tenant is null && person is { Tenants.Count: > 1 }) return new(SignInStep.ChooseTenant, Tenants: person.Tenants);

            return new(SignInStep.SignedIn, Tenants: admission.Tenant is { } only ? [only] : []);
        }
        catch (PeopleUnavailableException)
        {
            return new(SignInStep.Unavailable);
        }
    }

    private async Task<SignInResult> FindStepAsync(
        Account account, SignInProof proof, SignInRequest? request, string? tenant, CancellationToken ct)
    {
        if (proof.OnlyTenant is null)
        {
            try
            {
                if (await singleSignOn.IsRequiredAsync(account, ct))
                {
                    return new(SignInStep.Refused, AdmissionRejection.SingleSignOnOnly);
                }
            }
            catch (PeopleUnavailableException)
            {
                return new(SignInStep.Unavailable);
            }
        }

        if (!proof.IsMultiFactor)
        {
            if (account.TwoFactorEnabled) return new(SignInStep.ShowSecondFactor);
            if (account.PlatformRole is not null && options.Value.StaffNeedSecondFactor) return new(SignInStep.SetUpSecondFactor);
        }

        var result = await AdmitAsync(account, request, tenant, ct);
        return proof.OnlyTenant is not null && result is { Step: SignInStep.SignedIn } && !IsFor(result.Tenants!, request?.Tenant)
            ? new(SignInStep.Refused, AdmissionRejection.OtherTenant)
            : result;
    }

    /// <summary>Whether the application asked for this tenant, or for none.</summary>
    private static bool IsFor(IReadOnlyList<PersonTenant> tenants, string? asked) =>
        asked is null || tenants.Any(tenant => tenant.Slug == asked || tenant.TenantId.ToString(CultureInfo.InvariantCulture) == asked);

    private async Task SignInAsync(
        Account account, SignInProof proof, SignInRequest? request, IReadOnlyList<PersonTenant> tenants,
        string? chosen, CancellationToken ct)
    {
        pending.Clear();
        var claims = proof.Methods.Select(method => new Claim("amr", method))
            .Concat(TenantChoice.SessionClaims(tenants.SingleOrDefault(), request?.Tenant ?? chosen));
        await engine.SignInAsync(account, claims);
        await audit.WriteAsync(AuditKinds.SignedIn, IdOf(account), request?.Client.Id, string.Join(' ', proof.Methods));
        await devices.SeeAsync(account, ct);
    }

    private static string IdOf(Account account) => account.Id.ToString(CultureInfo.InvariantCulture);
}
