using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Api.People;

/// <summary>The OpenID Connect provider of a tenant, by those who administer its people.</summary>
internal static class IdentityProviderEndpoints
{
    public static void MapIdentityProvider(this RouteGroupBuilder direct)
    {
        var provider = direct.InPlatformTransactions().MapGroup("/identity-provider").WithTags("People")
            .RequireScope(Scopes.Licensing).RequirePermission(Permissions.UsersWrite);
        Asks(provider.MapGet("/", Get));
        Asks(provider.MapPut("/", Put)).WithCode(Codes.IdentityProviderUpdated, "The provider is set.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        Asks(provider.MapDelete("/", Delete));
        Asks(provider.MapPost("/verify", Verify)).WithCode(Codes.IdentityProviderUpdated, "The domains have been looked up.");

        static RouteHandlerBuilder Asks(RouteHandlerBuilder route) =>
            route.ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>For Identity, which has no tenant and is no person.</summary>
    public static void MapJoin(this RouteGroupBuilder services) =>
        services.MapPost("/people/{id:long}/memberships", Join).WithTags("People").RequireScope(Scopes.PersonContext)
            .AddEndpointFilter<StaffTransaction>()
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<IdentityProviderResponse>, ProblemHttpResult>> Get(
        TenantContext tenant, IdentityProviderClient providers, CancellationToken ct) =>
        await providers.FindAsync(tenant.Id, ct) is { } provider
            ? TypedResults.Ok(provider)
            : TypedResults.Problem(Problems.NotFound());

    /// <summary>New members get a type and roles that the caller may give, and nothing above.</summary>
    private static async Task<Results<Ok<IdentityProviderResponse>, ProblemHttpResult>> Put(
        IdentityProviderRequest request, TenantContext tenant, IdentityProviderClient providers,
        [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        var terms = await writing.TermsAsync(
            writing.Http.Authority, tenant.Id, request.UserType, request.Roles ?? [], ct);
        if (terms.Rejection is { } refusal) return refusal.ToProblem();

        var before = await providers.FindAsync(tenant.Id, ct);
        var put = await providers.PutAsync(tenant.Id, request, ct);
        if (!put.TryGet(out var provider, out var rejection)) return rejection.ToProblem();

        await RecordAsync(
            writing, tenant, "identity_provider.changed", before, provider, ct, request.ClientSecret is not null);
        return TypedResults.Ok(provider);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        TenantContext tenant, IdentityProviderClient providers, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        if (await providers.FindAsync(tenant.Id, ct) is not { } before) return TypedResults.Problem(Problems.NotFound());

        await providers.DeleteAsync(tenant.Id, ct);
        await RecordAsync(writing, tenant, "identity_provider.deleted", before, null, ct);
        return TypedResults.NoContent();
    }

    /// <summary>Looks for the record of each domain in the DNS; <c>verifiedAt</c> says which were found.</summary>
    private static async Task<Results<Ok<IdentityProviderResponse>, ProblemHttpResult>> Verify(
        TenantContext tenant, IdentityProviderClient providers, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        if (await providers.FindAsync(tenant.Id, ct) is not { } before
            || await providers.VerifyAsync(tenant.Id, ct) is not { } provider)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        if (!Verified(before).SequenceEqual(Verified(provider)))
        {
            await RecordAsync(writing, tenant, "identity_provider.domain_verified", before, provider, ct);
        }

        return TypedResults.Ok(provider);
    }

    /// <summary>Repeating it changes nothing, nor does it change existing members.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> Join(
        long id, JoinTenantRequest request, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        if (await writing.LockAsync(request.TenantId, ct) is null) return Rejection.NotFound.ToProblem();

        writing.Http.Features.Set(new PersonAccount(id));
        var found = await writing.FindOrCreatePersonAsync(request, ct);
        if (!found.TryGet(out var known, out var taken)) return taken.ToProblem();

        var refusal = await writing.JoinAsync(request.TenantId, known.Person, request.UserType, request.Roles ?? [], ct);
        return refusal is null ? TypedResults.NoContent() : refusal.ToProblem();
    }

    private static IEnumerable<string> Verified(IdentityProviderResponse provider) =>
        provider.Domains.Where(domain => domain.VerifiedAt is not null).Select(domain => domain.Domain);

    /// <summary>The proofs of domains are of no use to readers of the audit. Unchanged settings leave no row.</summary>
    private static async Task RecordAsync(
        PeopleWriting writing, TenantContext tenant, string action, IdentityProviderResponse? before,
        IdentityProviderResponse? after, CancellationToken ct, bool hasNewSecret = false)
    {
        if (!hasNewSecret && AuditDiff.Between(Snapshot(before), Snapshot(after)) is null) return;

        await writing.Db.RecordAsync(
            new AuditChange(tenant.Id, action, "identity_provider", tenant.Id, Snapshot(before), Snapshot(after)),
            writing.Http, writing.Clock.GetUtcNow(), ct);

        static object? Snapshot(IdentityProviderResponse? provider) => provider is null ? null : new
        {
            provider.Name,
            provider.Issuer,
            provider.ClientId,
            domains = provider.Domains.Select(domain => domain.Domain),
            verified = Verified(provider),
            provider.UserType,
            provider.Roles,
            provider.Required,
            provider.Active,
        };
    }
}
