using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Duende.IdentityServer.Endpoints;

/// <summary>
/// The provider's metadata (OpenID Connect Discovery and RFC 8414, one document) and its public keys.
/// </summary>
internal sealed class DiscoveryEndpoint(
    ResourceCatalogue catalogue, ExtensionGrants extensions, ClientAssertions assertions, SigningKeys keys,
    IOptions<IdentityServerOptions> options)
    : IProviderEndpoint
{
    public async Task HandleAsync(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            await http.RefuseMethodAsync("GET");
            return;
        }

        http.Response.Headers.CacheControl = "public, max-age=300";
        http.Response.Headers.AccessControlAllowOrigin = "*";
        await http.WriteAsync(
            http.Request.Path == ProviderPaths.Jwks ? await KeysAsync(http.RequestAborted) : Metadata());
    }

    private async Task<object> KeysAsync(CancellationToken ct)
    {
        var all = (await keys.GetAsync(ct)).All;
        return new
        {
            keys = all.Select(key => new
            {
                kty = "RSA",
                use = "sig",
                alg = SecurityAlgorithms.RsaSha256,
                kid = key.KeyId,
                n = Base64UrlEncoder.Encode(key.Parameters.Modulus),
                e = Base64UrlEncoder.Encode(key.Parameters.Exponent),
            }),
        };
    }

    private Dictionary<string, object> Metadata()
    {
        var issuer = options.Value.IssuerUri;
        string[] methods = assertions.Enabled
            ? ["client_secret_basic", "client_secret_post", "private_key_jwt"]
            : ["client_secret_basic", "client_secret_post"];

        var metadata = new Dictionary<string, object>
        {
            ["issuer"] = issuer!,
            ["authorization_endpoint"] = issuer + ProviderPaths.Authorize,
            ["token_endpoint"] = issuer + ProviderPaths.Token,
            ["userinfo_endpoint"] = issuer + ProviderPaths.UserInfo,
            ["jwks_uri"] = issuer + ProviderPaths.Jwks,
            ["end_session_endpoint"] = issuer + ProviderPaths.EndSession,
            ["revocation_endpoint"] = issuer + ProviderPaths.Revocation,
            ["introspection_endpoint"] = issuer + ProviderPaths.Introspection,
            ["pushed_authorization_request_endpoint"] = issuer + ProviderPaths.Pushed,
            ["require_pushed_authorization_requests"] = options.Value.PushedAuthorization.Required,
            ["scopes_supported"] = Scopes(),
            ["claims_supported"] = catalogue.Identity.SelectMany(resource => resource.UserClaims).Distinct(),
            ["grant_types_supported"] =
                (string[])["authorization_code", "refresh_token", "client_credentials", .. extensions.Names],
            ["response_types_supported"] = (string[])["code"],
            ["response_modes_supported"] = (string[])["query", "form_post"],
            ["subject_types_supported"] = (string[])["public"],
            ["id_token_signing_alg_values_supported"] = (string[])[SecurityAlgorithms.RsaSha256],
            ["code_challenge_methods_supported"] = (string[])["S256"],
            ["prompt_values_supported"] = (string[])["none", "login", "select_account"],
            ["token_endpoint_auth_methods_supported"] = methods,
            ["revocation_endpoint_auth_methods_supported"] = methods,
            ["introspection_endpoint_auth_methods_supported"] = methods,
            ["authorization_response_iss_parameter_supported"] = true,
            ["backchannel_logout_supported"] = true,
            ["backchannel_logout_session_supported"] = true,
            ["claims_parameter_supported"] = false,
            ["request_parameter_supported"] = false,
            ["request_uri_parameter_supported"] = false,
        };
        if (assertions.Enabled)
        {
            metadata["token_endpoint_auth_signing_alg_values_supported"] = ClientAssertions.Algorithms;
        }
        return metadata;
    }

    private IEnumerable<string> Scopes() =>
        catalogue.Identity.Concat<Resource>(catalogue.Scopes)
            .Where(resource => resource is { Enabled: true, ShowInDiscoveryDocument: true })
            .Select(resource => resource.Name)
            .Append(IdentityServerConstants.StandardScopes.OfflineAccess);
}
