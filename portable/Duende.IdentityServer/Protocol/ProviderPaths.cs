namespace Duende.IdentityServer.Protocol;

internal static class ProviderPaths
{
    public const string Discovery = "/.well-known/openid-configuration";
    public const string Jwks = Discovery + "/jwks";
    public const string OAuthMetadata = "/.well-known/oauth-authorization-server";
    public const string Authorize = "/connect/authorize";
    public const string Pushed = "/connect/par";
    public const string Token = "/connect/token";
    public const string UserInfo = "/connect/userinfo";
    public const string Introspection = "/connect/introspect";
    public const string Revocation = "/connect/revocation";
    public const string EndSession = "/connect/endsession";
    public const string EndSessionCallback = EndSession + "/callback";
}
