using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Platform.Ui.SignIn;

/// <summary>Who we are at the identity provider, and how long people stay signed in.</summary>
public sealed class SignInOptions
{
    public const string Section = "Oidc";

    /// <summary>
    /// <c>Identity:Issuer</c>: what tokens name as their issuer, to the letter, and where its metadata is.
    /// </summary>
    [Required]
    public string Issuer { get; set; } = "";

    /// <summary><c>Oidc:ClientId</c>. It also names our cookies and our keys in Redis.</summary>
    [Required, RegularExpression("[a-z][a-z0-9-]*")]
    public string ClientId { get; set; } = "";

    public ICollection<string> Scopes { get; } = ["openid", "profile", "email", "offline_access"];

    /// <summary>A session that is not used for this long ends.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromHours(2);

    /// <summary>A session ends this long after sign-in, used or not.</summary>
    public TimeSpan AbsoluteTimeout { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long a lifetime of access tokens is used before the next one is fetched, from 0 to 1.</summary>
    [Range(0.1, 1.0)]
    public double RefreshAfter { get; set; } = 0.8;
}

[OptionsValidator]
internal sealed partial class SignInOptionsValidator : IValidateOptions<SignInOptions>;

/// <summary>Names of the two authentication schemes.</summary>
public static class SignInSchemes
{
    /// <summary>The session of the person: who is signed in. It is the default scheme.</summary>
    public const string Session = "session";

    public const string Provider = "provider";
}

/// <summary>Addresses that sign-in answers, beside <c>/signin-oidc</c> and <c>/signout-callback-oidc</c>.</summary>
public static class SignInPaths
{
    /// <summary>GET, with <c>returnUrl</c> and <c>tenant</c> (slug), both optional: goes to the sign-in form.</summary>
    public const string SignIn = "/signin";

    /// <summary>POST with an antiforgery token: ends the session here and at the provider.</summary>
    public const string SignOut = "/signout";

    /// <summary>
    /// POST with an antiforgery token, <c>tenant</c> (slug) and <c>returnUrl</c> (optional). With <c>resend</c> in the
    /// query, the other two are there as well, and the body is sent on to <c>returnUrl</c> after the switch.
    /// </summary>
    public const string SwitchTenant = "/switch-tenant";

    /// <summary>POST by the provider: a session has ended elsewhere.</summary>
    public const string BackChannelLogout = "/signout-backchannel";

    /// <summary>
    /// GET with <c>code</c>, one of <see cref="SignInErrors"/>. A plain page is used until the app has its own.
    /// </summary>
    public const string Error = "/signin-error";

    /// <summary>GET, after signing out. A plain page is used until the app has its own.</summary>
    public const string SignedOut = "/signed-out";
}

/// <summary>Why a sign-in or a change of tenant did not happen.</summary>
public static class SignInErrors
{
    /// <summary>The person declined, or the provider declined for them.</summary>
    public const string AccessDenied = "ACCESS_DENIED";

    /// <summary>The sign-in took too long, was begun in another browser, or its address was opened again.</summary>
    public const string Expired = "SIGN_IN_EXPIRED";

    /// <summary>
    /// The answer of the provider was not acceptable. Trying again may help if keys have just changed.
    /// </summary>
    public const string Refused = "SIGN_IN_REFUSED";

    /// <summary>The person is not a member of the requested tenant.</summary>
    public const string TenantRefused = "TENANT_REFUSED";

    /// <summary>The provider does not answer. Trying again later helps.</summary>
    public const string Unavailable = "UNAVAILABLE";
}
