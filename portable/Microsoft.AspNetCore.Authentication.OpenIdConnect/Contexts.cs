using System.IdentityModel.Tokens.Jwt;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Microsoft.AspNetCore.Authentication.OpenIdConnect;

/// <summary>On the way to the provider, for sign-in or sign-out.</summary>
public class RedirectContext(
    HttpContext context, AuthenticationScheme scheme, OpenIdConnectOptions options, AuthenticationProperties properties)
    : PropertiesContext<OpenIdConnectOptions>(context, scheme, options, properties)
{
    public OpenIdConnectMessage ProtocolMessage { get; set; } = null!;
    public bool Handled { get; private set; }

    /// <summary>The application has answered the request itself; the redirect is left out.</summary>
    public void HandleResponse() => Handled = true;
}

/// <summary>Before an authorization request is pushed to the provider (RFC 9126).</summary>
public sealed class PushedAuthorizationContext(
    HttpContext context,
    AuthenticationScheme scheme,
    OpenIdConnectOptions options,
    OpenIdConnectMessage parRequest,
    AuthenticationProperties properties)
    : PropertiesContext<OpenIdConnectOptions>(context, scheme, options, properties)
{
    public OpenIdConnectMessage ProtocolMessage { get; } = parRequest;
    public bool HandledPush { get; private set; }
    public bool SkippedPush { get; private set; }
    public bool HandledClientAuthentication { get; private set; }
    public string? RequestUri { get; private set; }

    public void HandlePush(string requestUri)
    {
        HandledPush = true;
        RequestUri = requestUri;
    }

    public void SkipPush() => SkippedPush = true;

    public void HandleClientAuthentication() => HandledClientAuthentication = true;
}

/// <summary>The provider's answer has arrived at the callback and nothing of it is checked yet.</summary>
public class MessageReceivedContext(
    HttpContext context, AuthenticationScheme scheme, OpenIdConnectOptions options, AuthenticationProperties? properties)
    : RemoteAuthenticationContext<OpenIdConnectOptions>(context, scheme, options, properties)
{
    public OpenIdConnectMessage ProtocolMessage { get; set; } = null!;
    public string? Token { get; set; }
}

/// <summary>State and issuer are checked, the code is about to be redeemed.</summary>
public class AuthorizationCodeReceivedContext(
    HttpContext context, AuthenticationScheme scheme, OpenIdConnectOptions options, AuthenticationProperties? properties)
    : RemoteAuthenticationContext<OpenIdConnectOptions>(context, scheme, options, properties)
{
    public OpenIdConnectMessage ProtocolMessage { get; set; } = null!;

    /// <summary>Always null: only the code flow is known here, so there is no token yet.</summary>
    public JwtSecurityToken? JwtSecurityToken { get; set; }

    public OpenIdConnectMessage? TokenEndpointRequest { get; set; }
    public HttpClient Backchannel { get; internal set; } = null!;
    public OpenIdConnectMessage? TokenEndpointResponse { get; set; }
    public bool HandledCodeRedemption => TokenEndpointResponse is not null;

    public void HandleCodeRedemption() => TokenEndpointResponse = new OpenIdConnectMessage();

    public void HandleCodeRedemption(string accessToken, string idToken) =>
        TokenEndpointResponse = new OpenIdConnectMessage { AccessToken = accessToken, IdToken = idToken };

    public void HandleCodeRedemption(OpenIdConnectMessage tokenEndpointResponse) =>
        TokenEndpointResponse = tokenEndpointResponse;
}

/// <summary>The token endpoint has answered; the id token is not validated yet.</summary>
public class TokenResponseReceivedContext : RemoteAuthenticationContext<OpenIdConnectOptions>
{
    public TokenResponseReceivedContext(
        HttpContext context,
        AuthenticationScheme scheme,
        OpenIdConnectOptions options,
        ClaimsPrincipal user,
        AuthenticationProperties properties)
        : base(context, scheme, options, properties) => Principal = user;

    public OpenIdConnectMessage ProtocolMessage { get; set; } = null!;
    public OpenIdConnectMessage TokenEndpointResponse { get; set; } = null!;
}

/// <summary>The id token is valid and the principal made from it.</summary>
public class TokenValidatedContext : RemoteAuthenticationContext<OpenIdConnectOptions>
{
    public TokenValidatedContext(
        HttpContext context,
        AuthenticationScheme scheme,
        OpenIdConnectOptions options,
        ClaimsPrincipal principal,
        AuthenticationProperties properties)
        : base(context, scheme, options, properties) => Principal = principal;

    public OpenIdConnectMessage ProtocolMessage { get; set; } = null!;
    public JwtSecurityToken SecurityToken { get; set; } = null!;
    public OpenIdConnectMessage? TokenEndpointResponse { get; set; }
    public string? Nonce { get; set; }
}

/// <summary>The userinfo endpoint has answered for the same subject; its claims are not mapped yet.</summary>
public class UserInformationReceivedContext : RemoteAuthenticationContext<OpenIdConnectOptions>
{
    public UserInformationReceivedContext(
        HttpContext context,
        AuthenticationScheme scheme,
        OpenIdConnectOptions options,
        ClaimsPrincipal principal,
        AuthenticationProperties properties)
        : base(context, scheme, options, properties) => Principal = principal;

    public OpenIdConnectMessage ProtocolMessage { get; set; } = null!;
    public JsonDocument User { get; set; } = null!;
}

/// <summary>Something was refused. Success or skip set here overrides that.</summary>
public class AuthenticationFailedContext(
    HttpContext context, AuthenticationScheme scheme, OpenIdConnectOptions options)
    : RemoteAuthenticationContext<OpenIdConnectOptions>(context, scheme, options, new AuthenticationProperties())
{
    public OpenIdConnectMessage ProtocolMessage { get; set; } = null!;
    public Exception Exception { get; set; } = null!;
}

/// <summary>The provider asks to sign out (front channel), or sends the browser back after a sign-out.</summary>
public class RemoteSignOutContext(
    HttpContext context, AuthenticationScheme scheme, OpenIdConnectOptions options, OpenIdConnectMessage? message)
    : RemoteAuthenticationContext<OpenIdConnectOptions>(context, scheme, options, new AuthenticationProperties())
{
    public OpenIdConnectMessage? ProtocolMessage { get; set; } = message;
}
