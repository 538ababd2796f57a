using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Extensions;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Services;
using Duende.IdentityServer.Stores;
using Duende.IdentityServer.Validation;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using static Duende.IdentityServer.IdentityServerConstants;

namespace Duende.IdentityServer.Tokens;

/// <param name="Family">Key of the authorization that the token belongs to; absent on a client's own tokens.</param>
internal sealed record AccessTokenOrder(ValidatedRequest Request, string? Family)
{
    public Client Client => Request.Client;
}

/// <summary>Makes ID tokens, access tokens (RFC 9068) and logout tokens.</summary>
internal sealed class TokenFactory(
    SigningKeys keys, IProfileService profile, IOptions<IdentityServerOptions> options, TimeProvider clock)
{
    public const string FamilyClaim = "grant_id";

    /// <summary>What the profile service cannot say of a user.</summary>
    private static readonly HashSet<string> Reserved =
    [
        "iss", "sub", "aud", "exp", "iat", "nbf", "jti", "nonce", "at_hash", "c_hash", "auth_time", "acr", "amr", "azp",
        "idp", "sid", "scope", "client_id", "cnf", FamilyClaim,
    ];

    /// <summary>Level 1 of ISO 29115: one factor.</summary>
    private const string AuthenticationLevel = "1";

    public async Task<string> AccessTokenAsync(AccessTokenOrder order, CancellationToken ct)
    {
        var resources = order.Request.ValidatedResources;
        var audiences = resources.Resources.ApiResources.Select(api => api.Name).ToArray();
        var claims = new Dictionary<string, object>
        {
            ["client_id"] = order.Client.ClientId,
            ["jti"] = Handles.New(),
            ["scope"] = string.Join(' ', resources.RawScopeValues),
            ["aud"] = audiences switch { [] => options.Value.IssuerUri!, [var one] => one, _ => audiences },
        };

        if (order.Request.Subject is { } user)
        {
            AddAuthentication(claims, user, order.Request.SessionId);
            if (order.Family is not null) claims[FamilyClaim] = order.Family;
            Merge(claims, await UserClaimsAsync(order, user));
        }
        else
        {
            claims["sub"] = order.Client.ClientId;
            var prefix = order.Client.ClientClaimsPrefix;
            Merge(claims, order.Client.Claims.Select(claim => new Claim(prefix + claim.Type, claim.Value, claim.ValueType)));
        }

        return await SignAsync("at+jwt", claims, TimeSpan.FromSeconds(order.Request.AccessTokenLifetime), ct);
    }

    public async Task<string> IdTokenAsync(
        ValidatedRequest request, string? nonce, string accessToken, CancellationToken ct)
    {
        var claims = new Dictionary<string, object>
        {
            ["aud"] = request.Client.ClientId,
            ["at_hash"] = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))[..16]),
        };
        if (nonce is not null) claims["nonce"] = nonce;
        AddAuthentication(claims, request.Subject!, request.SessionId);

        return await SignAsync("JWT", claims, TimeSpan.FromSeconds(request.Client.IdentityTokenLifetime), ct);
    }

    public Task<string> LogoutTokenAsync(string clientId, string subject, string sessionId, CancellationToken ct) =>
        SignAsync("logout+jwt", new()
        {
            ["aud"] = clientId,
            ["sub"] = subject,
            ["sid"] = sessionId,
            ["jti"] = Handles.New(),
            ["events"] = JsonSerializer.SerializeToElement(
                new Dictionary<string, object> { ["http://schemas.openid.net/event/backchannel-logout"] = new { } }),
        }, TimeSpan.FromMinutes(2), ct);

    /// <summary>One value is written as itself, several as an array.</summary>
    public static void Merge(Dictionary<string, object> target, IEnumerable<Claim> claims)
    {
        var sayable = claims.Where(claim => !Reserved.Contains(claim.Type) && claim.Value.Length > 0);
        foreach (var group in sayable.GroupBy(claim => claim.Type))
        {
            var values = group.Select(ToJson).Distinct().ToArray();
            target[group.Key] = values is [var only] ? only : values;
        }
    }

    private async Task<IEnumerable<Claim>> UserClaimsAsync(AccessTokenOrder order, ClaimsPrincipal user)
    {
        var resources = order.Request.ValidatedResources.Resources;
        var wanted = resources.ApiResources.SelectMany(api => api.UserClaims)
            .Concat(resources.ApiScopes.SelectMany(scope => scope.UserClaims))
            .Distinct();

        var context = new ProfileDataRequestContext(
            user, order.Client, ProfileDataCallers.ClaimsProviderAccessToken, [.. wanted])
        {
            ValidatedRequest = order.Request,
            RequestedResources = order.Request.ValidatedResources,
        };
        await profile.GetProfileDataAsync(context);
        return context.IssuedClaims;
    }

    private static void AddAuthentication(Dictionary<string, object> claims, ClaimsPrincipal user, string? sessionId)
    {
        claims["sub"] = user.GetSubjectId();
        claims["auth_time"] = user.GetAuthenticationTimeEpoch();
        claims["acr"] = AuthenticationLevel;
        claims["amr"] = user.FindAll("amr").Select(claim => claim.Value).Distinct().ToArray();
        if (user.FindFirst("idp") is { } idp) claims["idp"] = idp.Value;
        if (sessionId is not null) claims["sid"] = sessionId;
    }

    private async Task<string> SignAsync(
        string type, Dictionary<string, object> claims, TimeSpan lifetime, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        claims["iss"] = options.Value.IssuerUri!;
        claims["iat"] = now.ToUnixTimeSeconds();
        claims["exp"] = (now + lifetime).ToUnixTimeSeconds();

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                TokenType = type,
                Claims = claims,
                SigningCredentials = (await keys.GetAsync(ct)).Active,
            });
    }

    private static object ToJson(Claim claim) => claim.ValueType switch
    {
        ClaimValueTypes.Integer or ClaimValueTypes.Integer32 or ClaimValueTypes.Integer64
            when long.TryParse(claim.Value, CultureInfo.InvariantCulture, out var number) => number,
        ClaimValueTypes.Boolean when bool.TryParse(claim.Value, out var flag) => flag,
        "json" => JsonSerializer.Deserialize<JsonElement>(claim.Value),
        _ => claim.Value,
    };
}
