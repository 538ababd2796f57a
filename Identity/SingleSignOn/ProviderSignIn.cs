using Microsoft.AspNetCore.Authentication;
using Platform.Identity.Accounts;
using Platform.Identity.People;

namespace Platform.Identity.SingleSignOn;

/// <summary>Takes people to the provider of their tenant and reads the answer; says who has to go there.</summary>
internal sealed class ProviderSignIn(
    IdentityProviders providers, ProviderHandlers handlers, PersonDirectory people, ILogger<ProviderSignIn> log)
{
    /// <summary>Among authentication methods: another provider has identified the person.</summary>
    public const string Method = "fed";

    /// <summary>Writes the redirect to the provider into the response.</summary>
    /// <param name="email">Shown on the provider's page.</param>
    /// <param name="returnUrl">Where the sign-in began.</param>
    /// <returns>False if the provider does not answer.</returns>
    public async Task<bool> ChallengeAsync(
        IdentityProvider provider, string email, string? returnUrl, HttpContext http)
    {
        try
        {
            var handler = await handlers.CreateAsync(provider, () => providers.SecretOf(provider), http);
            var properties = new AuthenticationProperties { RedirectUri = returnUrl ?? "/" };
            properties.SetParameter(ProviderHandlers.LoginHint, email.Trim());
            await handler.ChallengeAsync(properties);
            if (HttpMethods.IsPost(http.Request.Method)) http.Response.StatusCode = StatusCodes.Status303SeeOther;
            return true;
        }
        catch (Exception e) when (IsOutage(e))
        {
            log.LogWarning(e, "The provider of tenant {TenantId} cannot be used", provider.TenantId);
            return false;
        }
    }

    /// <summary>What the provider says at its redirect URI.</summary>
    public async Task<ProviderAnswer> ReadAnswerAsync(IdentityProvider provider, HttpContext http)
    {
        try
        {
            var handler = await handlers.CreateAsync(provider, () => providers.SecretOf(provider), http);
            await handler.HandleRequestAsync();
            var answer = http.Features.Get<ProviderAnswer>() ?? new(null, null);
            if (answer.Person is null)
            {
                log.LogWarning(answer.Failure, "A sign-in at the provider of tenant {TenantId} failed", provider.TenantId);
            }

            return answer;
        }
        catch (Exception e) when (IsOutage(e))
        {
            log.LogWarning(e, "The provider of tenant {TenantId} cannot be used", provider.TenantId);
            return new(null, null, e);
        }
    }

    /// <summary>
    /// Whether the account may sign in at its tenant's provider only: its address is in a verified domain of a tenant
    /// that requires it, and the person is a member there. Platform staff always sign in here.
    /// </summary>
    /// <exception cref="PeopleUnavailableException" />
    public async Task<bool> IsRequiredAsync(Account account, CancellationToken ct) =>
        account.PlatformRole is null
        && await providers.FindAsync(account.Email, ct) is { Required: true } provider
        && (await people.GetAsync(account.Id, ct)).Tenants.Any(tenant => tenant.TenantId == provider.TenantId);

    private static bool IsOutage(Exception e) =>
        e is HttpRequestException or InvalidOperationException or OperationCanceledException or IOException
            or System.Security.Cryptography.CryptographicException;
}
