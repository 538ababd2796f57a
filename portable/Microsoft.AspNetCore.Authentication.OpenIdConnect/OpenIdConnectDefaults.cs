namespace Microsoft.AspNetCore.Authentication.OpenIdConnect;

public static class OpenIdConnectDefaults
{
    public const string AuthenticationScheme = "OpenIdConnect";
    public const string CookieNoncePrefix = ".AspNetCore.OpenIdConnect.Nonce.";

    public static readonly string AuthenticationPropertiesKey = "OpenIdConnect.AuthenticationProperties";
    public static readonly string DisplayName = "OpenIdConnect";

    /// <summary>Where the redirect URI of the request is kept: the token endpoint wants the same one again.</summary>
    public static readonly string RedirectUriForCodePropertiesKey = "OpenIdConnect.Code.RedirectUri";

    public static readonly string UserstatePropertiesKey = "OpenIdConnect.Userstate";
}
