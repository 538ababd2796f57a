using Microsoft.Extensions.Caching.Memory;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Platform.Api.Access;

/// <summary>
/// Validates each access token once: verifying a signature takes longer than the rest of a small request. A token counts
/// as valid for as long as the keys and the other facts of its issuer are those that it was validated with, and never
/// after it expires. The key is the whole token, so another signature is another token.
/// </summary>
internal sealed class ValidatedTokens(TimeProvider clock) : JsonWebTokenHandler, IDisposable
{
    private const int MaxTokens = 10_000;

    private readonly MemoryCache _tokens = new(new MemoryCacheOptions { SizeLimit = MaxTokens });

    public override async Task<TokenValidationResult> ValidateTokenAsync(
        string token, TokenValidationParameters validationParameters)
    {
        var issuer = validationParameters.ConfigurationManager is { } manager
            ? await manager.GetBaseConfigurationAsync(CancellationToken.None)
            : null;
        if (_tokens.TryGetValue(token, out Validated? known)
            && ReferenceEquals(known!.Issuer, issuer) && IsInForce(known.Result.SecurityToken, validationParameters))
        {
            return known.Result;
        }

        var result = await base.ValidateTokenAsync(token, validationParameters);
        if (result.IsValid && validationParameters.ConfigurationManager is not null)
        {
            _tokens.Set(token, new Validated(result, issuer), new MemoryCacheEntryOptions
            {
                Size = 1,
                AbsoluteExpiration = new DateTimeOffset(result.SecurityToken.ValidTo, TimeSpan.Zero) + validationParameters.ClockSkew,
            });
        }

        return result;
    }

    public void Dispose() => _tokens.Dispose();

    private bool IsInForce(SecurityToken token, TokenValidationParameters rules)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return token.ValidFrom <= now + rules.ClockSkew && token.ValidTo > now - rules.ClockSkew;
    }

    /// <param name="Issuer">What was known of the issuer then; replaced as a whole when it is read again.</param>
    private sealed record Validated(TokenValidationResult Result, BaseConfiguration? Issuer);
}
