using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Microsoft.AspNetCore.Authentication.OpenIdConnect;

/// <summary>
/// A relying party of the code flow. This file is the way back from the provider: from the message at the callback to a
/// ticket. What is refused here is listed in the README.
/// </summary>
public partial class OpenIdConnectHandler(
    IOptionsMonitor<OpenIdConnectOptions> options, ILoggerFactory logger, HtmlEncoder htmlEncoder, UrlEncoder encoder)
    : RemoteAuthenticationHandler<OpenIdConnectOptions>(options, logger, encoder), IAuthenticationSignOutHandler
{
    private const string CodeVerifierKey = "code_verifier";

    protected HttpClient Backchannel => Options.Backchannel;

    protected HtmlEncoder HtmlEncoder { get; } = htmlEncoder;

    protected new OpenIdConnectEvents Events
    {
        get => (OpenIdConnectEvents)base.Events;
        set => base.Events = value;
    }

    public override Task<bool> HandleRequestAsync()
    {
        if (Options.RemoteSignOutPath.HasValue && Options.RemoteSignOutPath == Request.Path)
        {
            return HandleRemoteSignOutAsync();
        }

        return Options.SignedOutCallbackPath.HasValue && Options.SignedOutCallbackPath == Request.Path
            ? HandleSignOutCallbackAsync()
            : base.HandleRequestAsync();
    }

    protected override Task<object> CreateEventsAsync() => Task.FromResult<object>(new OpenIdConnectEvents());

    protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
    {
        var parameters = await ReadParametersAsync();
        if (parameters is null) return HandleRequestResult.Fail("The callback takes GET, or POST of a form.");

        var received = new MessageReceivedContext(Context, Scheme, Options, null)
        {
            ProtocolMessage = new OpenIdConnectMessage(parameters.Select(p => KeyValuePair.Create(p.Key, p.Value.ToArray()))!),
        };
        await Events.MessageReceived(received);
        if (received.Result is not null) return received.Result;

        var message = received.ProtocolMessage;
        var properties = received.Properties is { Items.Count: > 0 } own
            ? own // an event has brought them
            : Options.StateDataFormat.Unprotect(message.State);

        if (properties is null)
        {
            return Options.SkipUnrecognizedRequests
                ? HandleRequestResult.SkipHandler()
                : HandleRequestResult.Fail("The state is missing, or not one of ours.");
        }

        if (parameters.FirstOrDefault(p => p.Value.Count > 1) is { Key: { } repeated })
        {
            return HandleRequestResult.Fail($"The parameter '{repeated}' is repeated.", properties);
        }

        if (!ValidateCorrelationId(properties)) return HandleRequestResult.Fail("Correlation failed.", properties);

        properties.Items.Remove(OpenIdConnectDefaults.UserstatePropertiesKey, out var userState);
        message.State = userState;

        try
        {
            return await AuthenticateAsync(message, properties);
        }
        catch (Exception exception) // whatever it was, nobody is signed in by it
        {
            Logger.LogWarning(exception, "The answer of the identity provider was refused.");

            var failed = new AuthenticationFailedContext(Context, Scheme, Options)
            {
                ProtocolMessage = message,
                Exception = exception,
            };
            await Events.AuthenticationFailed(failed);
            return failed.Result ?? HandleRequestResult.Fail(exception, properties);
        }
    }

    private async Task<HandleRequestResult> AuthenticateAsync(
        OpenIdConnectMessage message, AuthenticationProperties properties)
    {
        var configuration = await GetConfigurationAsync();
        RefuseOtherIssuer(message, configuration);

        if (!string.IsNullOrEmpty(message.Error))
        {
            var denied = message.Error is "access_denied"
                ? await HandleAccessDeniedErrorAsync(properties)
                : HandleRequestResult.NoResult();

            return denied.None ? HandleRequestResult.Fail(ProtocolError(message), properties) : denied;
        }

        if (!string.IsNullOrEmpty(message.IdToken) || !string.IsNullOrEmpty(message.AccessToken))
        {
            throw new OpenIdConnectProtocolException("Tokens came through the browser although only a code was asked for.");
        }

        if (string.IsNullOrEmpty(message.Code)) throw new OpenIdConnectProtocolException("The code is missing.");

        var codeReceived = new AuthorizationCodeReceivedContext(Context, Scheme, Options, properties)
        {
            ProtocolMessage = message,
            TokenEndpointRequest = TokenRequest(message.Code, properties),
            Backchannel = Backchannel,
        };
        await Events.AuthorizationCodeReceived(codeReceived);
        if (codeReceived.Result is not null) return codeReceived.Result;
        message = codeReceived.ProtocolMessage;
        properties = codeReceived.Properties!;

        var tokens = codeReceived.TokenEndpointResponse
            ?? await RedeemAuthorizationCodeAsync(codeReceived.TokenEndpointRequest!);

        var tokensReceived = new TokenResponseReceivedContext(Context, Scheme, Options, new ClaimsPrincipal(), properties)
        {
            ProtocolMessage = message,
            TokenEndpointResponse = tokens,
        };
        await Events.TokenResponseReceived(tokensReceived);
        if (tokensReceived.Result is not null) return tokensReceived.Result;
        tokens = tokensReceived.TokenEndpointResponse;
        properties = tokensReceived.Properties!;

        if (string.IsNullOrEmpty(tokens.IdToken)) throw new OpenIdConnectProtocolException("The id token is missing.");

        var (principal, jwt) = await ValidateIdTokenAsync(tokens.IdToken, properties);
        var nonce = ReadNonceCookie(jwt.Payload.Nonce);

        Options.ProtocolValidator.ValidateTokenResponse(new OpenIdConnectProtocolValidationContext
        {
            ClientId = Options.ClientId,
            ProtocolMessage = tokens,
            ValidatedIdToken = jwt,
            Nonce = nonce,
        });

        var validated = new TokenValidatedContext(Context, Scheme, Options, principal, properties)
        {
            ProtocolMessage = message,
            SecurityToken = jwt,
            TokenEndpointResponse = tokens,
            Nonce = nonce,
        };
        await Events.TokenValidated(validated);
        if (validated.Result is not null) return validated.Result;
        principal = validated.Principal!;
        properties = validated.Properties!;

        if (Options.SaveTokens) SaveTokens(properties, tokens);

        if (Options.GetClaimsFromUserInfoEndpoint && !string.IsNullOrEmpty(configuration.UserInfoEndpoint))
        {
            return await GetUserInformationAsync(tokens, jwt, principal, properties);
        }

        using var nothing = JsonDocument.Parse("{}");
        RunClaimActions(principal, nothing);
        return HandleRequestResult.Success(new AuthenticationTicket(principal, properties, Scheme.Name));
    }

    private async Task<ICollection<KeyValuePair<string, Extensions.Primitives.StringValues>>?> ReadParametersAsync()
    {
        if (HttpMethods.IsGet(Request.Method)) return [.. Request.Query];
        if (!HttpMethods.IsPost(Request.Method) || !Request.HasFormContentType) return null;

        try
        {
            return [.. await Request.ReadFormAsync(Context.RequestAborted)];
        }
        catch (InvalidDataException) // too many or too long fields
        {
            return null;
        }
    }

    /// <summary>
    /// RFC 9207, stricter: each answer names its issuer, so that none can be passed off as another's. Only an error may
    /// leave it out.
    /// </summary>
    private static void RefuseOtherIssuer(OpenIdConnectMessage message, OpenIdConnectConfiguration configuration)
    {
        var issuer = message.Iss;
        var isMissingFromError = string.IsNullOrEmpty(issuer) && !string.IsNullOrEmpty(message.Error);

        if (!isMissingFromError && issuer != configuration.Issuer)
        {
            throw new OpenIdConnectProtocolException("The answer does not name the expected issuer.");
        }
    }

    private void RunClaimActions(ClaimsPrincipal principal, JsonDocument user)
    {
        var identity = (ClaimsIdentity)principal.Identity!;
        foreach (var action in Options.ClaimActions) action.Run(user.RootElement, identity, ClaimsIssuer);
    }

    private void SaveTokens(AuthenticationProperties properties, OpenIdConnectMessage tokens)
    {
        List<AuthenticationToken> saved = [];
        Save(OpenIdConnectParameterNames.AccessToken, tokens.AccessToken);
        Save(OpenIdConnectParameterNames.IdToken, tokens.IdToken);
        Save(OpenIdConnectParameterNames.RefreshToken, tokens.RefreshToken);
        Save(OpenIdConnectParameterNames.TokenType, tokens.TokenType);

        if (int.TryParse(tokens.ExpiresIn, System.Globalization.CultureInfo.InvariantCulture, out var seconds))
        {
            Save("expires_at", (TimeProvider.GetUtcNow() + TimeSpan.FromSeconds(seconds))
                .ToString("o", System.Globalization.CultureInfo.InvariantCulture));
        }

        properties.StoreTokens(saved);

        void Save(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value)) saved.Add(new AuthenticationToken { Name = name, Value = value });
        }
    }

    private async Task<OpenIdConnectConfiguration> GetConfigurationAsync() =>
        await Options.ConfigurationManager!.GetConfigurationAsync(Context.RequestAborted);

    private static OpenIdConnectProtocolException ProtocolError(OpenIdConnectMessage message)
    {
        var exception = new OpenIdConnectProtocolException(
            $"The provider answered '{message.Error}': {message.ErrorDescription ?? "no description"}.");
        exception.Data["error"] = message.Error;
        exception.Data["error_description"] = message.ErrorDescription;
        exception.Data["error_uri"] = message.ErrorUri;
        return exception;
    }
}
