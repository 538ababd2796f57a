using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Microsoft.AspNetCore.Authentication.OpenIdConnect;

/// <summary>The way to the provider: the authorization request with its state, nonce and code challenge.</summary>
public partial class OpenIdConnectHandler
{
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (string.IsNullOrEmpty(properties.RedirectUri))
        {
            // One slash: "//host/" would lead to another site after the sign-in.
            properties.RedirectUri = $"/{$"{OriginalPathBase}{OriginalPath}{Request.QueryString}".TrimStart('/', '\\')}";
        }

        var configuration = await GetConfigurationAsync();
        var message = AuthorizationRequest(configuration, properties);

        GenerateCorrelationId(properties);
        WriteNonceCookie(message.Nonce);

        var redirect = new RedirectContext(Context, Scheme, Options, properties) { ProtocolMessage = message };
        await Events.RedirectToIdentityProvider(redirect);
        if (redirect.Handled) return;

        message = redirect.ProtocolMessage;
        properties = redirect.Properties;

        if (!string.IsNullOrEmpty(message.State))
        {
            properties.Items[OpenIdConnectDefaults.UserstatePropertiesKey] = message.State;
        }

        properties.Items[OpenIdConnectDefaults.RedirectUriForCodePropertiesKey] = message.RedirectUri;
        message.State = Options.StateDataFormat.Protect(properties);

        if (string.IsNullOrEmpty(message.IssuerAddress))
        {
            throw new InvalidOperationException("The provider's metadata names no authorization endpoint.");
        }

        Response.Redirect((await PushAsync(message, properties, configuration)).CreateAuthenticationRequestUrl());
    }

    private OpenIdConnectMessage AuthorizationRequest(
        OpenIdConnectConfiguration configuration, AuthenticationProperties properties)
    {
        var message = new OpenIdConnectMessage
        {
            ClientId = Options.ClientId,
            EnableTelemetryParameters = !Options.DisableTelemetry,
            IssuerAddress = configuration.AuthorizationEndpoint,
            RedirectUri = BuildRedirectUri(Options.CallbackPath),
            Resource = Options.Resource,
            ResponseType = Options.ResponseType,
            Prompt = properties.GetParameter<string>(OpenIdConnectParameterNames.Prompt) ?? Options.Prompt,
            Scope = string.Join(' ', properties.GetParameter<ICollection<string>>("scope") ?? Options.Scope),
            Nonce = Options.ProtocolValidator.GenerateNonce(),
        };

        // A code comes back in the query unless something else is asked for.
        if (Options.ResponseMode is not OpenIdConnectResponseMode.Query) message.ResponseMode = Options.ResponseMode;

        if ((properties.GetParameter<TimeSpan?>(OpenIdConnectParameterNames.MaxAge) ?? Options.MaxAge) is { } maxAge)
        {
            message.MaxAge = ((long)Math.Floor(maxAge.TotalSeconds))
                .ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        foreach (var (name, value) in Options.AdditionalAuthorizationParameters) message.SetParameter(name, value);

        if (Options.UsePkce)
        {
            var verifier = Base64UrlTextEncoder.Encode(RandomNumberGenerator.GetBytes(32));
            properties.Items[CodeVerifierKey] = verifier;
            message.SetParameter("code_challenge", Sha256(verifier));
            message.SetParameter("code_challenge_method", "S256");
        }

        return message;
    }

    /// <summary>Sends the request to the provider ahead of the browser, where that is wanted and offered.</summary>
    /// <returns>What the browser is to carry: the whole request, or only a reference to it.</returns>
    private async Task<OpenIdConnectMessage> PushAsync(
        OpenIdConnectMessage message, AuthenticationProperties properties, OpenIdConnectConfiguration configuration)
    {
        var endpoint = configuration.PushedAuthorizationRequestEndpoint;

        if (Options.PushedAuthorizationBehavior is PushedAuthorizationBehavior.Disable) return message;
        if (string.IsNullOrEmpty(endpoint))
        {
            return Options.PushedAuthorizationBehavior is PushedAuthorizationBehavior.UseIfAvailable
                ? message
                : throw new InvalidOperationException("The provider does not take pushed authorization requests.");
        }

        var push = new PushedAuthorizationContext(Context, Scheme, Options, message.Clone(), properties);
        await Events.PushAuthorization(push);
        if (push.SkippedPush) return message;

        return new OpenIdConnectMessage
        {
            IssuerAddress = message.IssuerAddress,
            EnableTelemetryParameters = false,
            ClientId = message.ClientId,
            RequestUri = push.HandledPush ? push.RequestUri : await PushAsync(push, endpoint),
        };
    }

    private async Task<string> PushAsync(PushedAuthorizationContext push, string endpoint)
    {
        if (!push.HandledClientAuthentication) push.ProtocolMessage.ClientSecret = Options.ClientSecret;

        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new FormUrlEncodedContent(push.ProtocolMessage.Parameters),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));

        using var response = await Backchannel.SendAsync(request, Context.RequestAborted);
        var answer = await ReadMessageAsync(response);

        return response.IsSuccessStatusCode && !string.IsNullOrEmpty(answer.RequestUri)
            ? answer.RequestUri
            : throw ProtocolError(answer);
    }

    /// <summary>
    /// Ties the nonce to this browser. The cookie is named by the nonce's hash, so that several sign-ins can be under
    /// way, and holds it in a form that only this application can have made.
    /// </summary>
    private void WriteNonceCookie(string nonce) => Response.Cookies.Append(
        NonceCookieName(nonce),
        Options.StringDataFormat.Protect(nonce),
        Options.NonceCookie.Build(Context, TimeProvider.GetUtcNow()));

    /// <returns>The nonce if this browser began the sign-in that it belongs to, and only the first time.</returns>
    private string? ReadNonceCookie(string? nonce)
    {
        if (string.IsNullOrEmpty(nonce)) return null;

        var name = NonceCookieName(nonce);
        if (Request.Cookies[name] is not { } value || Options.StringDataFormat.Unprotect(value) != nonce) return null;

        Response.Cookies.Delete(name, Options.NonceCookie.Build(Context, TimeProvider.GetUtcNow()));
        return nonce;
    }

    private string NonceCookieName(string nonce) => Options.NonceCookie.Name + Sha256(nonce)[..22]; // 132 bits

    private static string Sha256(string text) => Base64UrlTextEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(text)));
}
