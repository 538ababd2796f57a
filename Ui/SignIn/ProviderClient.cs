using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Platform.Contracts;
using Platform.ServiceDefaults.Clients;

namespace Platform.Ui.SignIn;

/// <summary>
/// What the token endpoint said: tokens, a refusal by its error code, or neither if it could not be asked.
/// </summary>
internal readonly record struct TokenAnswer(OpenIdConnectMessage? Tokens, string? Error);

/// <summary>
/// Talks to the provider behind the browser's back, and checks what it signs. It uses the handler's own channel: the
/// resilient clients of the app would repeat a request that seems lost, and a refresh token that is used twice ends the
/// session.
/// </summary>
internal sealed class ProviderClient(
    IOptionsMonitor<OpenIdConnectOptions> providers, IOptions<SignInOptions> options, ClientAuthentication client,
    ILogger<ProviderClient> logger)
{
    /// <summary>Shorter than the lock of a session is held, so that no answer comes after the lock is lost.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>How far the clocks of two machines may be apart.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private static readonly string[] Algorithms =
        [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256];

    private static readonly TimeSpan KeyRefreshTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeyRefreshPoll = TimeSpan.FromMilliseconds(50);
    private static readonly JsonWebTokenHandler Reader = new() { MapInboundClaims = false };

    private OpenIdConnectOptions Provider => providers.Get(SignInSchemes.Provider);

    public Task<TokenAnswer> RefreshAsync(string refreshToken) => AskAsync(new()
    {
        ["grant_type"] = "refresh_token",
        ["refresh_token"] = refreshToken,
    });

    /// <summary>RFC 8693: an access token of the same session for another tenant.</summary>
    public Task<TokenAnswer> ExchangeAsync(string accessToken, string tenantSlug) => AskAsync(new()
    {
        ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange",
        ["subject_token"] = accessToken,
        ["subject_token_type"] = "urn:ietf:params:oauth:token-type:access_token",
        ["tenant"] = tenantSlug,
    });

    /// <summary>
    /// Validates an access token that we were given; what it says about the person is then ours to show.
    /// </summary>
    public Task<TokenValidationResult> ValidateAccessTokenAsync(string token) => ValidateAsync(token, new()
    {
        ValidAudience = Audiences.Api,
        ValidTypes = ["at+jwt"],
    });

    public Task<TokenValidationResult> ValidateIdTokenAsync(string token) => ValidateAsync(token, new()
    {
        ValidAudience = options.Value.ClientId,
    });

    /// <summary>Validates a token of the provider: signed by a current key, unexpired, of the one issuer.</summary>
    /// <param name="token">A JWT.</param>
    /// <param name="expected">Says the audience and type.</param>
    public async Task<TokenValidationResult> ValidateAsync(string token, TokenValidationParameters expected)
    {
        var manager = Provider.ConfigurationManager!;
        var configuration = await manager.GetConfigurationAsync(CancellationToken.None);
        Tighten(expected, options.Value);
        expected.IssuerSigningKeys = configuration.SigningKeys;

        var result = await Reader.ValidateTokenAsync(token, expected);
        if (result.Exception is not SecurityTokenSignatureKeyNotFoundException) return result;

        // Perhaps the keys have changed. The new ones are fetched in the background; wait for them.
        manager.RequestRefresh();
        for (var waited = TimeSpan.Zero; waited < KeyRefreshTimeout; waited += KeyRefreshPoll)
        {
            var newer = await manager.GetConfigurationAsync(CancellationToken.None);
            if (!ReferenceEquals(newer, configuration))
            {
                expected.IssuerSigningKeys = newer.SigningKeys;
                return await Reader.ValidateTokenAsync(token, expected);
            }

            await Task.Delay(KeyRefreshPoll);
        }

        return result;
    }

    /// <summary>
    /// What holds for every token: the issuer is configuration, and nothing that the metadata says changes it.
    /// </summary>
    public static void Tighten(TokenValidationParameters expected, SignInOptions options)
    {
        expected.ValidAlgorithms = Algorithms;
        expected.ClockSkew = ClockSkew;
        expected.IssuerValidator = (issuer, _, _) => issuer == options.Issuer
            ? issuer
            : throw new SecurityTokenInvalidIssuerException("The token is of another issuer.") { InvalidIssuer = issuer };
    }

    /// <summary>Not cancelled by a browser that goes away: the answer may hold the only good refresh token.</summary>
    private async Task<TokenAnswer> AskAsync(Dictionary<string, string> parameters)
    {
        client.AddTo(parameters);

        try
        {
            using var timeout = new CancellationTokenSource(Timeout);
            var configuration = await Provider.ConfigurationManager!.GetConfigurationAsync(timeout.Token);
            using var content = new FormUrlEncodedContent(parameters);
            using var response = await Provider.Backchannel.PostAsync(configuration.TokenEndpoint, content, timeout.Token);
            var answer = new OpenIdConnectMessage(await response.Content.ReadAsStringAsync(timeout.Token));

            if (response.IsSuccessStatusCode && !string.IsNullOrEmpty(answer.AccessToken)) return new(answer, null);
            if (IsRejection(response.StatusCode, answer.Error))
            {
                logger.LogWarning("The provider refused {Grant}: {Error}", parameters["grant_type"], answer.Error);
                return new(null, answer.Error);
            }

            logger.LogError("The token endpoint answered {Status} {Error}", (int)response.StatusCode, answer.Error);
        }
        catch (Exception e) when (
            e is HttpRequestException or OperationCanceledException or InvalidOperationException or ArgumentException
                or JsonException or IOException)
        {
            logger.LogError(e, "The token endpoint cannot be used");
        }

        return default;
    }

    /// <summary>A no, as opposed to "not now".</summary>
    private static bool IsRejection(HttpStatusCode status, string? error) =>
        (int)status is >= 400 and < 500
        && status is not HttpStatusCode.TooManyRequests
        && error is { Length: > 0 } and not ("temporarily_unavailable" or "server_error" or "slow_down");
}
