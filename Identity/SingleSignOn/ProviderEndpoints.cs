using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Npgsql;
using Platform.Contracts.People;
using Platform.Identity.Accounts;

namespace Platform.Identity.SingleSignOn;

/// <summary>
/// The providers of tenants, for the Api, which knows who may change them, has checked the request, and keeps the
/// audit.
/// </summary>
internal static class ProviderEndpoints
{
    public static void MapIdentityProviders(this WebApplication app)
    {
        var provider = app.MapGroup("/api/tenants/{tenant:long}/identity-provider")
            .RequireAuthorization(AccountEndpoints.Policy);
        provider.MapGet("/", GetAsync);
        provider.MapPut("/", PutAsync);
        provider.MapDelete("/", DeleteAsync);
        provider.MapPost("/verify", VerifyAsync);
    }

    private static async Task<Results<Ok<IdentityProviderResponse>, NotFound>> GetAsync(
        long tenant, IdentityDb db, ProviderHandlers handlers, CancellationToken ct) =>
        await FindAsync(db, tenant, ct) is { } provider
            ? TypedResults.Ok(await AnswerAsync(provider, db, handlers, ct))
            : TypedResults.NotFound();

    /// <returns>422 with the member of the request that is to blame.</returns>
    private static async Task<Results<Ok<IdentityProviderResponse>, ProblemHttpResult>> PutAsync(
        long tenant, IdentityProviderRequest request, IdentityDb db, IdentityProviders providers, ProviderHandlers handlers,
        ProviderHttp http, TimeProvider clock, CancellationToken ct)
    {
        var provider = await FindAsync(db, tenant, ct);
        if (!request.Domains.All(IdentityProviders.IsDomain))
        {
            return Problem("domains", "A domain is a name such as example.com.");
        }

        if (await FindErrorAsync(request, http, ct) is { } error) return Problem("issuer", error);

        // The secret of one provider is not shown to another.
        if (provider?.Issuer != request.Issuer && request.ClientSecret is null)
        {
            return Problem("clientSecret", "A new issuer needs its secret.");
        }

        if (provider is null) db.Add(provider = new() { TenantId = tenant });
        provider.Name = request.Name;
        provider.Issuer = request.Issuer;
        provider.ClientId = request.ClientId;
        provider.UserType = request.UserType;
        provider.Roles = [.. request.Roles ?? []];
        provider.Required = request.Required;
        provider.Active = request.Active;
        provider.Version++;
        provider.UpdatedAt = clock.GetUtcNow();
        if (request.ClientSecret is { } secret) provider.ProtectedSecret = providers.Protect(secret);

        SetDomains(provider, request.Domains);

        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status409Conflict, detail: "Somebody changes it at the same time.");
        }

        return TypedResults.Ok(await AnswerAsync(provider, db, handlers, ct));
    }

    /// <summary>Domains that stay keep their proof.</summary>
    private static void SetDomains(IdentityProvider provider, IReadOnlyList<string> domains)
    {
        provider.Domains.RemoveAll(domain => !domains.Contains(domain.Name));
        provider.Domains.AddRange(
            from name in domains.Except(provider.Domains.Select(domain => domain.Name)).ToList()
            select new EmailDomain { TenantId = provider.TenantId, Name = name, Token = NewToken() });
    }

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(
        long tenant, IdentityDb db, CancellationToken ct) =>
        await db.Set<IdentityProvider>().Where(provider => provider.TenantId == tenant).ExecuteDeleteAsync(ct) > 0
            ? TypedResults.NoContent()
            : TypedResults.NotFound();

    /// <summary>
    /// Asks the DNS for each domain that is not verified yet. A domain is the first tenant's that proves it.
    /// </summary>
    private static async Task<Results<Ok<IdentityProviderResponse>, NotFound>> VerifyAsync(
        long tenant, IdentityDb db, ProviderHandlers handlers, DomainVerifier verifier, TimeProvider clock,
        CancellationToken ct)
    {
        if (await FindAsync(db, tenant, ct) is not { } provider) return TypedResults.NotFound();

        foreach (var domain in provider.Domains.Where(domain => domain.VerifiedAt is null))
        {
            if (!await verifier.IsProvenAsync(domain.Name, domain.Token, ct)) continue;

            await MarkAsync(db, domain, clock.GetUtcNow(), ct);
        }

        return TypedResults.Ok(await AnswerAsync(provider, db, handlers, ct));
    }

    /// <summary>The unique index decides between two tenants; the one that loses stays unverified.</summary>
    private static async Task MarkAsync(IdentityDb db, EmailDomain domain, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            await db.Set<EmailDomain>().Where(d => d.TenantId == domain.TenantId && d.Name == domain.Name)
                .ExecuteUpdateAsync(row => row.SetProperty(d => d.VerifiedAt, now), ct);
            domain.VerifiedAt = now;
        }
        catch (PostgresException e) when (e.ConstraintName == "ux_email_domains_verified")
        {
            domain.VerifiedAt = null;
        }
    }

    private static Task<IdentityProvider?> FindAsync(IdentityDb db, long tenant, CancellationToken ct) =>
        db.Set<IdentityProvider>().Include(provider => provider.Domains)
            .SingleOrDefaultAsync(p => p.TenantId == tenant, ct);

    private static async Task<IdentityProviderResponse> AnswerAsync(
        IdentityProvider provider, IdentityDb db, ProviderHandlers handlers, CancellationToken ct)
    {
        var names = provider.Domains.Select(domain => domain.Name).ToList();
        var taken = await db.Set<EmailDomain>()
            .Where(d => names.Contains(d.Name) && d.TenantId != provider.TenantId && d.VerifiedAt != null)
            .Select(d => d.Name).ToListAsync(ct);
        return new(
            provider.Name, provider.Issuer, provider.ClientId,
            [
                .. from domain in provider.Domains
                   orderby domain.Name
                   select new EmailDomainResponse(
                       domain.Name, DomainVerifier.RecordName(domain.Name), domain.Token, domain.VerifiedAt,
                       taken.Contains(domain.Name)),
            ],
            provider.UserType, provider.Roles, provider.Required, provider.Active,
            handlers.RedirectUri(provider.TenantId));
    }

    /// <summary>Reads the metadata, so that a wrong issuer is found by its admin and not by everybody else.</summary>
    private static async Task<string?> FindErrorAsync(
        IdentityProviderRequest request, ProviderHttp http, CancellationToken ct)
    {
        if (!Uri.TryCreate(request.Issuer, UriKind.Absolute, out var issuer)
            || issuer.Query is not "" || issuer.Fragment is not ""
            || issuer.UserInfo is not "" || (http.RequireHttps && issuer.Scheme != Uri.UriSchemeHttps))
        {
            return "The issuer must be an HTTPS address without query and fragment.";
        }

        try
        {
            var documents = new HttpDocumentRetriever(http.Client) { RequireHttps = http.RequireHttps };
            var metadata = await OpenIdConnectConfigurationRetriever.GetAsync(
                ProviderHandlers.MetadataOf(request.Issuer), documents, ct);
            return metadata.Issuer != request.Issuer ? "The metadata at this address names another issuer."
                : metadata.AuthorizationEndpoint is null || metadata.TokenEndpoint is null
                    || metadata.SigningKeys.Count == 0
                    ? "The metadata at this address has no endpoints or no keys."
                    : null;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            _ = e; // the answer is the same for each reason, and reveals nothing of our network
            return "The metadata of this issuer cannot be read.";
        }
    }

    private static ProblemHttpResult Problem(string field, string text) => TypedResults.Problem(
        statusCode: StatusCodes.Status422UnprocessableEntity, detail: text, extensions: [new("field", field)]);

    private static string NewToken() =>
        $"platform-verification={WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(18))}";
}
