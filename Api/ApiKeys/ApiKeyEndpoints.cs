using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Api.People;
using Platform.Contracts;
using Platform.Contracts.ApiKeys;
using Platform.Core;
using Platform.Core.ApiKeys;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Api.ApiKeys;

/// <summary>
/// The keys of a service account. A new key is shown once, so no answer that holds one is kept for repeated requests.
/// </summary>
internal static class ApiKeyEndpoints
{
    public static void MapApiKeys(this RouteGroupBuilder accounts)
    {
        var keys = accounts.MapGroup("/{id:long}/keys");
        keys.MapGet("/", List);
        keys.MapPost("/", Create).ChangesRow()
            .WithCode(Codes.ApiKeyCreated, "This is the key. It is not shown again.");
        keys.MapPost("/{keyId:long}/rotate", Rotate).ChangesRow()
            .WithCode(Codes.ApiKeyRotated, "This is the new key. It is not shown again.");
        keys.MapPost("/{keyId:long}/revoke", Revoke).ChangesRow()
            .WithCode(Codes.ApiKeyRevoked, "The key is revoked.");
    }

    private static async Task<Results<Ok<Page<ApiKeyResponse>>, ProblemHttpResult>> List(
        long id, TenantContext tenant, PlatformDb db, TimeProvider clock, [AsParameters] PageQuery page,
        CancellationToken ct)
    {
        if (!await ServiceAccountEndpoints.Live(db, tenant.Id).AnyAsync(a => a.Id == id, ct))
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        var found = await Stamped(db.ApiKeys.AsNoTracking().Where(k => k.ServiceAccountId == id))
            .PageAsync(k => k.Key.Id, page, ct);
        return TypedResults.Ok(found.Of(k => ToResponse(k, clock.Now)));
    }

    private static async Task<Results<Created<NewApiKeyResponse>, ProblemHttpResult>> Create(
        long id, CreateApiKeyRequest request, TenantContext tenant, [AsParameters] PeopleWriting writing,
        CancellationToken ct)
    {
        var now = writing.Clock.Now;
        if (await ServiceAccountEndpoints.FindAsync(writing, tenant.Id, id, ct) is not var (_, roles))
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        var refusal = Rejection.All(
                ApiKeyRules.CheckScopes(request.Scopes), ApiKeyRules.CheckExpiry(request.ExpiresAt, now))
            ?? ApiKeyRules.Check(writing.Http.Authority, roles, roles)
            ?? await TooManyAsync(writing, id, ct);
        if (refusal is not null) return refusal.ToProblem();

        var (key, secret) = await AddAsync(writing, tenant.Id, id, request.Scopes, request.ExpiresAt, ct);
        await RecordAsync(writing, key, "api_key.created", ct);
        var shown = await ResponseAsync(writing, key.Id, ct);
        return TypedResults.Created((string?)null, new NewApiKeyResponse(secret, shown));
    }

    /// <summary>A new key in place of one that is usable; the old one stays valid for a while.</summary>
    private static async Task<Results<Created<NewApiKeyResponse>, ProblemHttpResult>> Rotate(
        long id, long keyId, RotateApiKeyRequest? request, TenantContext tenant, [AsParameters] PeopleWriting writing,
        CancellationToken ct)
    {
        request ??= new();
        var now = writing.Clock.Now;
        if (await ServiceAccountEndpoints.FindAsync(writing, tenant.Id, id, ct) is not var (_, roles)
            || await FindAsync(writing, id, keyId, ct) is not { } old)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        var refusal = (old.IsUsable(now) && old.ReplacedById is null ? null : ApiKeyRules.Ended)
            ?? ApiKeyRules.CheckExpiry(request.ExpiresAt, now)
            ?? ApiKeyRules.Check(writing.Http.Authority, roles, roles)
            ?? await TooManyAsync(writing, id, ct);
        if (refusal is not null) return refusal.ToProblem();

        var (key, secret) = await AddAsync(writing, tenant.Id, id, old.Scopes, request.ExpiresAt, ct);
        old.ExpiresAt = ApiKeyRules.EndAfter(old.ExpiresAt, now, TimeSpan.FromMinutes(request.OverlapMinutes));
        old.ReplacedById = key.Id;
        writing.Db.Change(old, writing.Actor);
        await writing.Db.SaveChangesAsync(ct);
        await RecordAsync(writing, old, "api_key.rotated", ct);
        await RecordAsync(writing, key, "api_key.created", ct);
        var shown = await ResponseAsync(writing, key.Id, ct);
        return TypedResults.Created((string?)null, new NewApiKeyResponse(secret, shown));
    }

    /// <summary>Repeating it changes nothing. Members who manage keys may end any of them.</summary>
    private static async Task<Results<Ok<ApiKeyResponse>, ProblemHttpResult>> Revoke(
        long id, long keyId, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        if (await ServiceAccountEndpoints.FindAsync(writing, tenant.Id, id, ct) is null
            || await FindAsync(writing, id, keyId, ct) is not { } key)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        if (key.RevokedAt is null)
        {
            key.RevokedAt = writing.Clock.Now;
            writing.Db.Change(key, writing.Actor);
            await writing.Db.SaveChangesAsync(ct);
            await RecordAsync(writing, key, "api_key.revoked", ct);
        }

        return TypedResults.Ok(await ResponseAsync(writing, keyId, ct));
    }

    private static Task<ApiKey?> FindAsync(PeopleWriting writing, long accountId, long keyId, CancellationToken ct) =>
        writing.Db.ApiKeys.SingleOrDefaultAsync(k => k.Id == keyId && k.ServiceAccountId == accountId, ct);

    private static async Task<Rejection?> TooManyAsync(PeopleWriting writing, long accountId, CancellationToken ct)
    {
        var now = writing.Clock.Now;
        var usable = await writing.Db.ApiKeys
            .Where(k => k.ServiceAccountId == accountId && k.RevokedAt == null)
            .CountAsync(k => k.ExpiresAt == null || k.ExpiresAt > now, ct);
        return usable < ApiKeyRules.MaxUsableKeys ? null : ApiKeyRules.TooManyKeys;
    }

    private static async Task<(ApiKey Key, string Secret)> AddAsync(
        PeopleWriting writing, long tenantId, long accountId, IEnumerable<string> scopes, DateTimeOffset? expiresAt,
        CancellationToken ct)
    {
        var text = ApiKeyText.New(tenantId);
        var key = new ApiKey
        {
            TenantId = tenantId,
            ServiceAccountId = accountId,
            Hash = text.Hash,
            Prefix = text.Prefix,
            Scopes = [.. scopes.Order(StringComparer.Ordinal)],
            ExpiresAt = expiresAt?.Stored,
        };
        writing.Db.Create(key, writing.Actor);
        await writing.Db.SaveChangesAsync(ct);
        return (key, text.Text);
    }

    private static Task RecordAsync(PeopleWriting writing, ApiKey key, string action, CancellationToken ct)
    {
        writing.Changes.Of(key.TenantId);
        return writing.Db.RecordAsync(
            new AuditChange(
                key.TenantId, action, "api_key", key.Id, null,
                new { key.ServiceAccountId, key.Prefix, key.Scopes, key.ExpiresAt, key.ReplacedById }),
            writing.Http, writing.Clock.Now, ct);
    }

    private static async Task<ApiKeyResponse> ResponseAsync(PeopleWriting writing, long id, CancellationToken ct) =>
        ToResponse(
            await Stamped(writing.Db.ApiKeys.AsNoTracking().Where(k => k.Id == id)).SingleAsync(ct), writing.Clock.Now);

    private static IQueryable<StampedKey> Stamped(IQueryable<ApiKey> keys) => keys.Select(k => new StampedKey
    {
        Key = k,
        CreatedAt = EF.Property<DateTimeOffset>(k, "CreatedAt"),
        CreatedBy = EF.Property<string?>(k, "CreatedBy"),
    });

    private static ApiKeyResponse ToResponse(StampedKey row, DateTimeOffset now)
    {
        var key = row.Key;
        var status = key.RevokedAt is not null ? ApiKeyStatuses.Revoked
            : key.IsUsable(now) ? ApiKeyStatuses.Active
            : ApiKeyStatuses.Expired;
        return new(
            key.Id, key.Prefix, key.Scopes, status, key.ExpiresAt, key.RevokedAt, key.ReplacedById, key.LastUsedAt,
            key.LastUsedFrom, row.CreatedAt, row.CreatedBy);
    }

    private sealed class StampedKey
    {
        public required ApiKey Key { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required string? CreatedBy { get; init; }
    }
}
