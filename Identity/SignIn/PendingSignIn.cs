using Platform.Identity.Accounts;
using Platform.Identity.Http;

namespace Platform.Identity.SignIn;

/// <summary>How somebody has proved who they are.</summary>
/// <param name="Methods">Authentication methods (RFC 8176) that succeeded, such as <c>pwd</c>.</param>
/// <param name="OnlyTenant">
/// Id of the tenant whose own provider vouches for the person. It speaks for that tenant alone: the administrators of
/// the provider are not to enter another organisation as one of its members.
/// </param>
internal sealed record SignInProof(IReadOnlyList<string> Methods, long? OnlyTenant = null)
{
    /// <summary>Of RFC 8176: the methods that succeeded are several factors together.</summary>
    public const string MultipleFactors = "mfa";

    public bool IsMultiFactor => Methods.Contains(MultipleFactors);

    public static SignInProof By(params IReadOnlyList<string> methods) => new(methods);

    public SignInProof And(params IReadOnlyList<string> methods) => this with { Methods = [.. Methods.Union(methods)] };
}

/// <summary>A person who has authenticated and has no session yet.</summary>
/// <param name="Stamp">The account's security stamp: after a change of password the sign-in starts again.</param>
internal sealed record PendingSignIn(long AccountId, string Stamp, SignInProof Proof);

/// <summary>
/// Keeps a <see cref="PendingSignIn"/> in an encrypted cookie between the pages of a sign-in: there is no row to
/// guess, and the URL of a page is worth nothing in another browser.
/// </summary>
internal sealed class PendingSignIns(IHttpContextAccessor accessor, ProtectedValues values, IConfiguration configuration)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private const string Purpose = "PendingSignIn";

    private readonly CookieBuilder _cookie = IdentityCookies.For("id.pending", new Uri(configuration["Identity:Issuer"]!));

    private HttpContext Http => accessor.HttpContext!;

    public void Set(Account account, SignInProof proof)
    {
        var pending = new PendingSignIn(account.Id, account.SecurityStamp ?? "", proof);
        Http.Response.Cookies.Append(_cookie.Name!, values.Protect(Purpose, pending, Lifetime), _cookie.Build(Http));
    }

    /// <returns>Null if it is missing or too old.</returns>
    public PendingSignIn? Find() => values.Unprotect<PendingSignIn>(Purpose, Http.Request.Cookies[_cookie.Name!]);

    public void Clear()
    {
        if (Http.Request.Cookies.ContainsKey(_cookie.Name!)) Http.Response.Cookies.Delete(_cookie.Name!, _cookie.Build(Http));
    }
}
