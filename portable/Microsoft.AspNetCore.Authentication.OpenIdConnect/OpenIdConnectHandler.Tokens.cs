using System.IdentityModel.Tokens.Jwt;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.AspNetCore.Authentication.OpenIdConnect;

/// <summary>The back channel: redeeming the code, validating the id token, asking for user information.</summary>
public partial class OpenIdConnectHandler
{
    /// <summary>How long a sign-in waits for the keys that its token asks for.</summary>
    private static readonly TimeSpan KeyRefreshTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan KeyRefreshPoll = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Signatures by a private key. With HMAC, the provider's public key could be used as the secret.
    /// </summary>
    private static readonly string[] Asymmetric =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    protected virtual async Task<OpenIdConnectMessage> RedeemAuthorizationCodeAsync(
        OpenIdConnectMessage tokenEndpointRequest)
    {
        var configuration = await GetConfigurationAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, configuration.TokenEndpoint)
        {
            Content = new FormUrlEncodedContent(tokenEndpointRequest.Parameters),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));

        using var response = await Backchannel.SendAsync(request, Context.RequestAborted);
        var message = await ReadMessageAsync(response);

        if (!response.IsSuccessStatusCode || !string.IsNullOrEmpty(message.Error)) throw ProtocolError(message);

        if (!string.Equals(message.TokenType, "Bearer", StringComparison.OrdinalIgnoreCase))
        {
            throw new OpenIdConnectProtocolException("The token endpoint gave another kind of token than Bearer.");
        }

        return message;
    }

    private OpenIdConnectMessage TokenRequest(string code, AuthenticationProperties properties)
    {
        var request = new OpenIdConnectMessage
        {
            ClientId = Options.ClientId,
            ClientSecret = Options.ClientSecret,
            Code = code,
            GrantType = OpenIdConnectGrantTypes.AuthorizationCode,
            EnableTelemetryParameters = false,
            RedirectUri = properties.Items[OpenIdConnectDefaults.RedirectUriForCodePropertiesKey],
        };

        if (properties.Items.Remove(CodeVerifierKey, out var verifier)) request.SetParameter(CodeVerifierKey, verifier);

        return request;
    }

    private static async Task<OpenIdConnectMessage> ReadMessageAsync(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentType?.MediaType is not "application/json")
        {
            throw new OpenIdConnectProtocolException(
                $"The token endpoint answered {(int)response.StatusCode} and not with JSON.");
        }

        return new OpenIdConnectMessage(await response.Content.ReadAsStringAsync());
    }

    private async Task<(ClaimsPrincipal Principal, JwtSecurityToken Jwt)> ValidateIdTokenAsync(
        string idToken, AuthenticationProperties properties)
    {
        var configuration = await GetConfigurationAsync();
        var result = await Options.TokenHandler.ValidateTokenAsync(idToken, ValidationParameters(configuration));

        if (result.Exception is SecurityTokenSignatureKeyNotFoundException && Options.RefreshOnIssuerKeyNotFound
            && await NewerConfigurationAsync(configuration) is { } newer)
        {
            result = await Options.TokenHandler.ValidateTokenAsync(idToken, ValidationParameters(newer));
        }

        if (!result.IsValid) throw result.Exception ?? new SecurityTokenValidationException("The id token is not valid.");

        var jwt = new JwtSecurityToken(idToken);
        RefuseOtherAudience(jwt);

        if (Options.UseTokenLifetime)
        {
            properties.IssuedUtc = jwt.ValidFrom == DateTime.MinValue ? null : new DateTimeOffset(jwt.ValidFrom);
            properties.ExpiresUtc = jwt.ValidTo == DateTime.MinValue ? null : new DateTimeOffset(jwt.ValidTo);
        }

        return (new ClaimsPrincipal(result.ClaimsIdentity), jwt);
    }

    private TokenValidationParameters ValidationParameters(OpenIdConnectConfiguration configuration)
    {
        var parameters = Options.TokenValidationParameters.Clone();
        parameters.ValidIssuers = [.. parameters.ValidIssuers ?? [], configuration.Issuer];
        parameters.IssuerSigningKeys = [.. parameters.IssuerSigningKeys ?? [], .. configuration.SigningKeys];
        parameters.ValidAlgorithms ??= Asymmetric;
        return parameters;
    }

    /// <summary>
    /// Asks for the provider's current keys and waits for them: the refresh runs in the background, and until it is
    /// done the old document is given out.
    /// </summary>
    /// <returns>Null if none came in time; refreshes are at least <c>RefreshInterval</c> apart.</returns>
    private async Task<OpenIdConnectConfiguration?> NewerConfigurationAsync(OpenIdConnectConfiguration old)
    {
        Options.ConfigurationManager!.RequestRefresh();

        var started = TimeProvider.GetTimestamp();
        while (TimeProvider.GetElapsedTime(started) < KeyRefreshTimeout)
        {
            var current = await GetConfigurationAsync();
            if (!ReferenceEquals(current, old)) return current;
            await Task.Delay(KeyRefreshPoll, Context.RequestAborted);
        }

        return null;
    }

    /// <summary>A token for us and somebody else might have been obtained by that somebody else.</summary>
    private void RefuseOtherAudience(JwtSecurityToken jwt)
    {
        var isForUsAlone = jwt.Audiences.ToList() is [var audience] && audience == Options.ClientId;
        var isToUs = jwt.Payload.Azp is null || jwt.Payload.Azp == Options.ClientId;

        if (!isForUsAlone || !isToUs)
        {
            throw new SecurityTokenInvalidAudienceException("The id token is not for this client alone.");
        }
    }

    protected virtual async Task<HandleRequestResult> GetUserInformationAsync(
        OpenIdConnectMessage message, JwtSecurityToken jwt, ClaimsPrincipal principal, AuthenticationProperties properties)
    {
        var configuration = await GetConfigurationAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, configuration.UserInfoEndpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", message.AccessToken);

        using var response = await Backchannel.SendAsync(request, Context.RequestAborted);
        response.EnsureSuccessStatusCode();

        if (response.Content.Headers.ContentType?.MediaType is not "application/json")
        {
            throw new OpenIdConnectProtocolException("The userinfo endpoint did not answer with JSON.");
        }

        var content = await response.Content.ReadAsStringAsync(Context.RequestAborted);
        using var user = JsonDocument.Parse(content);
        Options.ProtocolValidator.ValidateUserInfoResponse(new OpenIdConnectProtocolValidationContext
        {
            UserInfoEndpointResponse = content,
            ValidatedIdToken = jwt,
        });

        var received = new UserInformationReceivedContext(Context, Scheme, Options, principal, properties)
        {
            ProtocolMessage = message,
            User = user,
        };
        await Events.UserInformationReceived(received);
        if (received.Result is not null) return received.Result;

        RunClaimActions(received.Principal!, received.User);
        return HandleRequestResult.Success(
            new AuthenticationTicket(received.Principal!, received.Properties, Scheme.Name));
    }
}
