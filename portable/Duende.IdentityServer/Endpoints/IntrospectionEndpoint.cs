using System.Security.Claims;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Stores;
using Duende.IdentityServer.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using static Duende.IdentityServer.IdentityServerConstants;

namespace Duende.IdentityServer.Endpoints;

/// <summary>
/// RFC 7662. An API sees tokens for itself, a client those it was given; everybody else's look as if they did not exist.
/// </summary>
internal sealed class IntrospectionEndpoint(
    ClientAuthentication clients, TokenReader tokens, Grants grants) : IProviderEndpoint
{
    public async Task HandleAsync(HttpContext http)
    {
        var call = await AuthenticatedForm.ReadAsync(http, clients, apisToo: true);
        if (call is null) return;

        if (call.Form["token"] is not { } token)
        {
            await http.RefuseAsync(OAuthError.InvalidRequest("token is missing"));
            return;
        }

        var ct = http.RequestAborted;
        var answer = await AccessTokenAsync(call, token, ct) ?? await RefreshTokenAsync(call, token, ct)
            ?? new() { ["active"] = false };
        await http.WriteAsync(answer);
    }

    private async Task<Dictionary<string, object>?> AccessTokenAsync(
        AuthenticatedForm call, string token, CancellationToken ct)
    {
        if (await tokens.ReadAccessTokenAsync(token, ProfileIsActiveCallers.AccessTokenValidation, ct) is not { } user)
        {
            return null;
        }
        if (call.Api is { } api ? !user.HasClaim("aud", api.Name) : !user.HasClaim("client_id", call.Client!.ClientId))
        {
            return null;
        }

        var answer = new JsonWebToken(token).Claims.GroupBy(claim => claim.Type).ToDictionary(
            group => group.Key,
            object (group) => group.Select(Value).ToArray() is [var only] ? only : group.Select(Value).ToArray());
        answer["active"] = true;
        answer["token_type"] = "Bearer";
        return answer;
    }

    private async Task<Dictionary<string, object>?> RefreshTokenAsync(
        AuthenticatedForm call, string token, CancellationToken ct)
    {
        var row = await grants.FindAsync(PersistedGrantTypes.RefreshToken, token, ct);
        if (row is not { ConsumedTime: null } || row.ClientId != call.Client?.ClientId || row.Expiration <= grants.Now)
        {
            return null;
        }
        if (grants.Open(row) is not { } grant || !await grants.IsAliveAsync(grant.Family, ct)) return null;

        return new()
        {
            ["active"] = true,
            ["client_id"] = row.ClientId,
            ["sub"] = row.SubjectId,
            ["scope"] = string.Join(' ', grant.Scopes),
            ["exp"] = new DateTimeOffset(row.Expiration!.Value, TimeSpan.Zero).ToUnixTimeSeconds(),
        };
    }

    private static object Value(Claim claim) =>
        claim.ValueType is ClaimValueTypes.Integer or ClaimValueTypes.Integer32 or ClaimValueTypes.Integer64
            ? long.Parse(claim.Value, System.Globalization.CultureInfo.InvariantCulture)
            : claim.Value;
}

/// <summary>A form of somebody who has proved who they are: a client, or an API.</summary>
internal sealed record AuthenticatedForm(Parameters Form, Client? Client, ApiResource? Api)
{
    /// <returns>Null when the answer, a refusal, has been written.</returns>
    public static async Task<AuthenticatedForm?> ReadAsync(HttpContext http, ClientAuthentication clients, bool apisToo)
    {
        http.NoStore();
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            await http.RefuseMethodAsync("POST");
            return null;
        }

        var (form, status) = await Forms.ReadAsync(http.Request);
        if (form is null)
        {
            await http.RefuseAsync(
                OAuthError.InvalidRequest("The body must be a small URL-encoded form") with { Status = status });
            return null;
        }

        if (apisToo && clients.FindApi(http.Request, form) is { } api) return new(form, null, api);

        var check = await clients.CheckAsync(http.Request, form, http.RequestAborted);
        if (check.Client is { } client && (client.RequireClientSecret || !apisToo)) return new(form, client, null);

        await http.RefuseAsync(
            check.Error ?? new("invalid_client", "Client authentication failed", StatusCodes.Status401Unauthorized));
        return null;
    }
}
