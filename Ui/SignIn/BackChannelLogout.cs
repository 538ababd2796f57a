using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using StackExchange.Redis;

namespace Platform.Ui.SignIn;

/// <summary>
/// OpenID Connect Back-Channel Logout 1.0: the provider notifies us, server to server, that a session has ended.
/// Anybody may post here, so the token is checked whole before anything is done.
/// </summary>
internal sealed class BackChannelLogout(
    SessionStore sessions,
    ProviderClient provider,
    IConnectionMultiplexer redis,
    IOptions<SignInOptions> options,
    TimeProvider clock,
    ILogger<BackChannelLogout> logger)
{
    private const string Event = "http://schemas.openid.net/event/backchannel-logout";
    private const int MaxRequestBytes = 16 * 1024; // bytes; a logout token has about one thousand

    public static void Map(IEndpointRouteBuilder app) => app
        .MapPost(SignInPaths.BackChannelLogout, (HttpContext http, BackChannelLogout logout) => logout.AnswerAsync(http))
        .AllowAnonymous()
        .DisableAntiforgery()
        .WithMetadata(new RequestSizeLimitAttribute(MaxRequestBytes))
        .ExcludeFromDescription();

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";

        var refusal = await TokenOfAsync(http.Request) is { } token
            ? await EndSessionsAsync(token)
            : "one logout_token in a form is required";

        if (refusal is null) return Results.Ok();

        logger.LogWarning("A back-channel logout was refused: {Reason}", refusal);
        return Results.Json(
            new { error = "invalid_request", error_description = refusal }, statusCode: StatusCodes.Status400BadRequest);
    }

    private static async Task<string?> TokenOfAsync(HttpRequest request)
    {
        if (!request.HasFormContentType) return null;

        try
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            return form["logout_token"] is [{ Length: > 0 } token] ? token : null;
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }

    /// <returns>Null when it is done, else why it was not.</returns>
    private async Task<string?> EndSessionsAsync(string logoutToken)
    {
        var result = await provider.ValidateAsync(logoutToken, new()
        {
            ValidTypes = ["logout+jwt"],
            AudienceValidator = (audiences, _, _) => audiences.Contains(options.Value.ClientId),
        });

        if (!result.IsValid) return "the token is not valid";

        var token = (JsonWebToken)result.SecurityToken;
        if (Check(token) is { } refusal) return refusal;

        var db = redis.GetDatabase();
        var used = sessions.Key("logout", WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.UTF8.GetBytes(token.Id))));
        TimeSpan? stillGood = (token.ValidTo - clock.GetUtcNow().UtcDateTime) + (2 * ProviderClient.ClockSkew);

        if (!await db.StringSetAsync(used, 1, stillGood, When.NotExists)) return "the token has been used";

        try
        {
            var ended = await sessions.EndAllAsync(Text(token, "sid"), Text(token, "sub"));
            logger.LogInformation("The provider ended {Count} sessions", ended);
            return null;
        }
        catch
        {
            await db.KeyDeleteAsync(used); // it was not done, so the provider may ask again
            throw;
        }
    }

    private string? Check(JsonWebToken token)
    {
        if (string.IsNullOrEmpty(token.Id)) return "jti is missing";
        if (token.IssuedAt == DateTime.MinValue) return "iat is missing";
        if (token.IssuedAt > clock.GetUtcNow().UtcDateTime + ProviderClient.ClockSkew) return "iat is in the future";
        if (token.TryGetPayloadValue<object>("nonce", out _)) return "a nonce has no place here";
        if (Text(token, "sid") is null && Text(token, "sub") is null) return "neither sid nor sub is there";
        return IsLogout(token) ? null : "events does not say logout";
    }

    private static bool IsLogout(JsonWebToken token) =>
        token.TryGetPayloadValue<JsonElement>("events", out var events)
        && events.ValueKind is JsonValueKind.Object
        && events.EnumerateObject().ToList() is [{ Name: Event, Value.ValueKind: JsonValueKind.Object } logout]
        && !logout.Value.EnumerateObject().Any();

    private static string? Text(JsonWebToken token, string claim) =>
        token.TryGetPayloadValue<string>(claim, out var value) && !string.IsNullOrEmpty(value) ? value : null;
}
