using Platform.Identity.Accounts;
using Platform.Identity.Http;

namespace Platform.Identity.Factors;

/// <summary>
/// Remembers for a few minutes that a person with a session has shown the password or a passkey again, which changes of
/// factors require. It is a cookie of its own: a stolen session does not have it, and it fits no other session.
/// </summary>
internal sealed class FactorProofs(IHttpContextAccessor accessor, ProtectedValues values, IConfiguration configuration)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private const string Purpose = "FactorProof";

    private readonly CookieBuilder _cookie = IdentityCookies.For("id.proof", new(configuration["Identity:Issuer"]!));

    private HttpContext Http => accessor.HttpContext!;

    public void Set(Account account, string sessionId) => Http.Response.Cookies.Append(
        _cookie.Name!, values.Protect(Purpose, new Proof(account.Id, sessionId), Lifetime), _cookie.Build(Http));

    public bool Has(Account account, string sessionId) =>
        values.Unprotect<Proof>(Purpose, Http.Request.Cookies[_cookie.Name!]) == new Proof(account.Id, sessionId);

    private sealed record Proof(long AccountId, string SessionId);
}
