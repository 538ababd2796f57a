using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using OpenIddict.EntityFrameworkCore;
using Platform.Identity.Accounts;
using static OpenIddict.Abstractions.OpenIddictConstants;
using Authorization = OpenIddict.EntityFrameworkCore.Models.OpenIddictEntityFrameworkCoreAuthorization<long>;
using Token = OpenIddict.EntityFrameworkCore.Models.OpenIddictEntityFrameworkCoreToken<long>;

namespace Platform.Identity.OpenIddictEngine;

/// <summary>Reads an authorization, which each request with an access token does, without its client.</summary>
internal sealed class AuthorizationStore(
    IdentityDb db, IMemoryCache cache, IOpenIddictEntityFrameworkCoreContext context,
    IOptionsMonitor<OpenIddictEntityFrameworkCoreOptions> options)
    : OpenIddictEntityFrameworkCoreAuthorizationStore<long>(cache, context, options)
{
    private static readonly Func<IdentityDb, long, CancellationToken, Task<Authorization?>> ReadAsync = EF.CompileAsyncQuery(
        (IdentityDb db, long id, CancellationToken ct) =>
            db.Set<Authorization>().AsTracking().FirstOrDefault(authorization => authorization.Id == id));

    public override async ValueTask<Authorization?> FindByIdAsync(string identifier, CancellationToken cancellationToken)
    {
        var id = ConvertIdentifierFromString(identifier);
        return db.Set<Authorization>().Local.FindEntry(id)?.Entity ?? await ReadAsync(db, id, cancellationToken);
    }
}

/// <summary>
/// Writes a code or refresh token once, when it is complete: OpenIddict makes the row first and its content later.
/// </summary>
internal sealed class TokenStore(
    IdentityDb db, IMemoryCache cache, IOpenIddictEntityFrameworkCoreContext context,
    IOptionsMonitor<OpenIddictEntityFrameworkCoreOptions> options)
    : OpenIddictEntityFrameworkCoreTokenStore<long>(cache, context, options)
{
    private static readonly Func<IdentityDb, string, CancellationToken, Task<Token?>> ReadAsync = EF.CompileAsyncQuery(
        (IdentityDb db, string reference, CancellationToken ct) => db.Set<Token>()
            .Include(token => token.Application).Include(token => token.Authorization).AsTracking()
            .FirstOrDefault(token => token.ReferenceId == reference));

    public override async ValueTask<Token?> FindByReferenceIdAsync(string identifier, CancellationToken cancellationToken) =>
        db.Set<Token>().Local.FirstOrDefault(token => token.ReferenceId == identifier)
        ?? await ReadAsync(db, identifier, cancellationToken);

    public override async ValueTask CreateAsync(Token token, CancellationToken cancellationToken)
    {
        var isWrittenLater = token is
        {
            Payload: null,
            Type: TokenTypeIdentifiers.RefreshToken or TokenTypeIdentifiers.Private.AuthorizationCode,
        };
        if (isWrittenLater) await db.AddAsync(token, cancellationToken);
        else await base.CreateAsync(token, cancellationToken);
    }

    public override async ValueTask UpdateAsync(Token token, CancellationToken cancellationToken)
    {
        if (db.Entry(token).State == EntityState.Added) await db.SaveChangesAsync(cancellationToken);
        else await base.UpdateAsync(token, cancellationToken);
    }
}
