using System.Globalization;
using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Validation;
using Microsoft.Extensions.Options;
using static Duende.IdentityServer.IdentityServerConstants;

namespace Duende.IdentityServer.Protocol;

/// <summary>
/// Where an answer of the authorize endpoint may go, once the client and its address are known to be good.
/// </summary>
internal sealed record ReturnAddress(string RedirectUri, string? State, bool FormPost);

internal sealed record AuthorizeRequest(
    Client Client, ReturnAddress Return, ResourceValidationResult Resources, Parameters Parameters)
{
    private const string TenantPrefix = "tenant:";

    public IReadOnlyList<string> Prompts => Parameters.Words("prompt");

    /// <summary>From <c>acr_values=tenant:…</c>.</summary>
    public string? Tenant =>
        Array.Find(Parameters.Words("acr_values"), IsTenant)?[TenantPrefix.Length..];

    public IEnumerable<string> AcrValues =>
        Parameters.Words("acr_values").Where(value => !IsTenant(value));

    /// <summary>Oldest sign-in that will do; null when any will.</summary>
    public TimeSpan? MaxAge => Parameters["max_age"] is { } value
        ? TimeSpan.FromSeconds(long.Parse(value, CultureInfo.InvariantCulture))
        : null;

    private static bool IsTenant(string acrValue) => acrValue.StartsWith(TenantPrefix, StringComparison.Ordinal);
}

/// <summary>Exactly one of the two is set.</summary>
/// <param name="Return">
/// Where the error goes; null when nothing of the request can be trusted: then a page shows it.
/// </param>
internal sealed record AuthorizeCheck(
    AuthorizeRequest? Request, OAuthError? Error, Client? Client, ReturnAddress? Return);

/// <summary>Decides whether an authorize request is well-formed and the client may make it.</summary>
internal sealed class AuthorizeRules(ResourceCatalogue catalogue, IOptions<IdentityServerOptions> options)
{
    private static readonly string[] KnownPrompts = ["none", "login", "consent", "select_account"];

    public AuthorizeCheck Check(Parameters parameters, bool pushed)
    {
        if (parameters.IsRepeated("client_id") || parameters.IsRepeated("redirect_uri"))
        {
            return Page(OAuthError.InvalidRequest("A parameter is repeated"));
        }
        if (parameters["client_id"] is not { } clientId) return Page(OAuthError.InvalidRequest("client_id is missing"));
        if (catalogue.FindClient(clientId) is not { } client) return Page(new("unauthorized_client", "Unknown client"));
        if (parameters["redirect_uri"] is not { } redirectUri)
        {
            return Page(OAuthError.InvalidRequest("redirect_uri is missing"), client);
        }
        if (!client.RedirectUris.Contains(redirectUri, StringComparer.Ordinal))
        {
            return Page(OAuthError.InvalidRequest("redirect_uri is not registered"), client);
        }

        var state = parameters.IsRepeated("state") || parameters["state"]?.Length > 2048 ? null : parameters["state"];
        var back = new ReturnAddress(redirectUri, state, parameters["response_mode"] == "form_post");
        var resources = catalogue.Resolve(client, parameters.Words("scope"));

        return Fault(parameters, client, resources, pushed) is { } error
            ? new(null, error, client, back)
            : new(new(client, back, resources, parameters), null, client, back);
    }

    private OAuthError? Fault(Parameters parameters, Client client, ResourceValidationResult resources, bool pushed)
    {
        if (parameters.Fault() is { } fault) return OAuthError.InvalidRequest(fault);
        if (parameters["request"] is not null) return new("request_not_supported", "Request objects are not supported");
        if (parameters["request_uri"] is not null)
        {
            return new("request_uri_not_supported", "Only pushed requests can be referred to");
        }
        if (parameters["registration"] is not null)
        {
            return new("registration_not_supported", "Registration is not supported");
        }
        if (parameters["response_type"] is not { } responseType)
        {
            return OAuthError.InvalidRequest("response_type is missing");
        }
        if (responseType != "code") return new("unsupported_response_type", "Only the response type code is supported");
        if (!client.AllowedGrantTypes.Contains(GrantType.AuthorizationCode))
        {
            return new("unauthorized_client", "The client may not use this flow");
        }
        if (parameters["response_mode"] is not (null or "query" or "form_post"))
        {
            return OAuthError.InvalidRequest("Unknown response_mode");
        }
        if (!pushed && (client.RequirePushedAuthorization || options.Value.PushedAuthorization.Required))
        {
            return OAuthError.InvalidRequest("The request must be pushed");
        }

        return ScopeFault(client, resources) ?? PkceFault(parameters, client) ?? SignInFault(parameters);
    }

    private static OAuthError? ScopeFault(Client client, ResourceValidationResult resources)
    {
        if (!resources.RawScopeValues.Any()) return OAuthError.InvalidScope("scope is missing");
        if (resources.InvalidScopes.Count > 0) return OAuthError.InvalidScope("A scope is unknown or not allowed");

        var signsIn = resources.RawScopeValues.Contains(StandardScopes.OpenId);
        return !signsIn && client.AllowedScopes.Contains(StandardScopes.OpenId)
            ? OAuthError.InvalidScope("The scope openid is missing")
            : null;
    }

    private static OAuthError? PkceFault(Parameters parameters, Client client)
    {
        if (parameters["code_challenge"] is null)
        {
            if (parameters["code_challenge_method"] is not null)
            {
                return OAuthError.InvalidRequest("code_challenge is missing");
            }
            return client.RequirePkce ? OAuthError.InvalidRequest("code_challenge is missing") : null;
        }

        return parameters["code_challenge_method"] == "S256"
            ? null
            : OAuthError.InvalidRequest("code_challenge_method must be S256");
    }

    private static OAuthError? SignInFault(Parameters parameters)
    {
        var prompts = parameters.Words("prompt");
        if (prompts.Except(KnownPrompts).Any()) return OAuthError.InvalidRequest("Unknown prompt");
        if (prompts.Contains("none") && prompts.Length > 1)
        {
            return OAuthError.InvalidRequest("The prompt none stands alone");
        }

        return parameters["max_age"] is { } age && !IsSeconds(age)
            ? OAuthError.InvalidRequest("Invalid max_age")
            : null;
    }

    private static bool IsSeconds(string value) =>
        uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static AuthorizeCheck Page(OAuthError error, Client? client = null) => new(null, error, client, null);
}
