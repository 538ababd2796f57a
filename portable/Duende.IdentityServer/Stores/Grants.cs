using System.Security.Claims;
using System.Security.Cryptography;
using Duende.IdentityServer.Models;
using static Duende.IdentityServer.IdentityServerConstants;

namespace Duende.IdentityServer.Stores;

internal sealed record StoredClaim(string Type, string Value, string ValueType)
{
    public static StoredClaim[] From(ClaimsPrincipal user) =>
        [.. user.Claims.Select(claim => new StoredClaim(claim.Type, claim.Value, claim.ValueType))];

    public static ClaimsPrincipal ToPrincipal(IEnumerable<StoredClaim> claims) => new(new ClaimsIdentity(
        claims.Select(claim => new Claim(claim.Type, claim.Value, claim.ValueType)), "stored", "name", "role"));
}

/// <summary>What a code or refresh token stands for.</summary>
/// <param name="Family">Key of its <see cref="GrantKinds.Authorization"/> row.</param>
/// <param name="FamilyEnds">No refresh token of the family outlives this.</param>
internal sealed record StoredGrant(
    string Family,
    DateTime FamilyEnds,
    string[] Scopes,
    StoredClaim[] Subject,
    string SessionId,
    string? RedirectUri,
    string? CodeChallenge,
    string? Nonce);

/// <summary>Codes, refresh tokens and their families.</summary>
internal sealed class Grants(IOperationalStore store, Sealer sealer, TimeProvider clock)
{
    private static readonly TimeSpan ReplaysAreNoticedFor = TimeSpan.FromHours(1);

    public DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Opens a family and returns its first code.</summary>
    public async Task<string> NewCodeAsync(StoredGrant grant, Client client, CancellationToken ct)
    {
        await store.AddGrantAsync(new()
        {
            Key = grant.Family,
            Type = GrantKinds.Authorization,
            SubjectId = SubjectOf(grant),
            SessionId = grant.SessionId,
            ClientId = client.ClientId,
            CreationTime = Now,
            Expiration = grant.FamilyEnds + ReplaysAreNoticedFor,
            Data = "",
        }, ct);

        var code = Handles.New();
        var expires = Now.AddSeconds(client.AuthorizationCodeLifetime);
        await store.AddGrantAsync(Row(PersistedGrantTypes.AuthorizationCode, code, grant, client, expires), ct);
        return code;
    }

    public (string Handle, PersistedGrant Row) NewRefreshToken(StoredGrant grant, Client client)
    {
        var handle = Handles.New();
        var end = client.RefreshTokenExpiration == TokenExpiration.Absolute
            ? grant.FamilyEnds
            : Earlier(grant.FamilyEnds, Now.AddSeconds(client.SlidingRefreshTokenLifetime));

        return (handle, Row(PersistedGrantTypes.RefreshToken, handle, grant, client, end));
    }

    public Task<PersistedGrant?> FindAsync(string type, string handle, CancellationToken ct) =>
        store.FindGrantAsync(Handles.Hash(type, handle), type, ct);

    public StoredGrant? Open(PersistedGrant row)
    {
        try
        {
            return sealer.Open<StoredGrant>(row.Type, row.Data);
        }
        catch (CryptographicException)
        {
            return null; // of the other engine, or of a key ring that is gone
        }
    }

    public Task<bool> ConsumeCodeAsync(PersistedGrant row, CancellationToken ct) =>
        store.ConsumeGrantAsync(row.Key, row.Type, Now, Now + ReplaysAreNoticedFor, ct);

    public Task AddAsync(PersistedGrant row, CancellationToken ct) => store.AddGrantAsync(row, ct);

    public Task<bool> RotateAsync(PersistedGrant used, string family, PersistedGrant successor, CancellationToken ct) =>
        used.ConsumedTime is null
            ? store.RotateAsync(used.Key, family, successor, Now, ct)
            : store.ReplaceSuccessorAsync(used.Key, used.Description!, family, successor, Now, ct);

    /// <summary>Ends every token of the family with one update.</summary>
    public Task RevokeAsync(string family, CancellationToken ct) =>
        store.ConsumeGrantAsync(family, GrantKinds.Authorization, Now, keepUntil: null, ct);

    public async Task<bool> IsAliveAsync(string family, CancellationToken ct) =>
        await store.FindGrantAsync(family, GrantKinds.Authorization, ct) is { ConsumedTime: null } row
        && row.Expiration > Now;

    public Task RevokeAccessTokenAsync(string id, string clientId, DateTime expires, CancellationToken ct) =>
        OnceAsync(GrantKinds.RevokedToken, id, clientId, expires, ct);

    public async Task<bool> IsRevokedAsync(string tokenId, CancellationToken ct) => await store.FindGrantAsync(
        Handles.Hash(GrantKinds.RevokedToken, tokenId), GrantKinds.RevokedToken, ct) is not null;

    /// <returns>False the second time.</returns>
    public Task<bool> OnceAsync(string kind, string id, string clientId, DateTime expires, CancellationToken ct) =>
        store.AddGrantAsync(new()
        {
            Key = Handles.Hash(kind, id),
            Type = kind,
            SubjectId = clientId,
            ClientId = clientId,
            CreationTime = Now,
            Expiration = expires,
            Data = "",
        }, ct);

    private PersistedGrant Row(string type, string handle, StoredGrant grant, Client client, DateTime expires) => new()
    {
        Key = Handles.Hash(type, handle),
        Type = type,
        SubjectId = SubjectOf(grant),
        SessionId = grant.SessionId,
        ClientId = client.ClientId,
        CreationTime = Now,
        Expiration = expires,
        Data = sealer.Seal(type, grant),
    };

    private static string SubjectOf(StoredGrant grant) => grant.Subject.Single(claim => claim.Type == "sub").Value;

    private static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;
}
