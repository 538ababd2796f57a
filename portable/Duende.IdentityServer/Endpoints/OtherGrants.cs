using Duende.IdentityServer.Models;
using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Services;
using Duende.IdentityServer.Tokens;
using Duende.IdentityServer.Validation;
using static Duende.IdentityServer.IdentityServerConstants;

namespace Duende.IdentityServer.Endpoints;

/// <summary>A client's own token. There is no user in it.</summary>
internal sealed class ClientCredentialsGrant(TokenFactory factory, ResourceCatalogue catalogue) : IGrantHandler
{
    public string GrantType => Models.GrantType.ClientCredentials;

    public async Task<TokenAnswer> HandleAsync(TokenCall call, CancellationToken ct)
    {
        if (!call.Client.RequireClientSecret)
        {
            return new OAuthError("unauthorized_client", "The client cannot keep a secret");
        }

        var scopes = call.Form.Words("scope") is { Length: > 0 } asked ? asked : [.. AllowedApiScopes(call.Client)];
        var resources = catalogue.Resolve(call.Client, scopes);
        if (!resources.Succeeded || resources.Resources is not { OfflineAccess: false, IdentityResources.Count: 0 })
        {
            return OAuthError.InvalidScope("A scope is unknown, not allowed, or for users only");
        }

        call.Request.ValidatedResources = resources;
        return new(UserTokens.Answer(call, await factory.AccessTokenAsync(new(call.Request, Family: null), ct)), null);
    }

    private IEnumerable<string> AllowedApiScopes(Client client) =>
        client.AllowedScopes.Where(scope => catalogue.Scopes.Any(api => api.Name == scope));
}

/// <summary>Grant types of the application. They never give a refresh token or an ID token.</summary>
internal sealed class ExtensionGrants(
    IEnumerable<IExtensionGrantValidator> validators, TokenFactory factory, ResourceCatalogue catalogue,
    IProfileService profile)
{
    public IEnumerable<string> Names => validators.Select(validator => validator.GrantType);

    public IGrantHandler? Find(string grantType) =>
        validators.FirstOrDefault(validator => validator.GrantType == grantType) is { } found
            ? new Handler(this, found)
            : null;

    private sealed class Handler(ExtensionGrants owner, IExtensionGrantValidator validator) : IGrantHandler
    {
        public string GrantType => validator.GrantType;

        public Task<TokenAnswer> HandleAsync(TokenCall call, CancellationToken ct) =>
            owner.HandleAsync(validator, call, ct);
    }

    private async Task<TokenAnswer> HandleAsync(
        IExtensionGrantValidator validator, TokenCall call, CancellationToken ct)
    {
        string[] scopes = call.Form.Words("scope") is { Length: > 0 } asked
            ? asked
            : [.. call.Client.AllowedScopes.Where(scope => catalogue.Scopes.Any(api => api.Name == scope))];
        var resources = catalogue.Resolve(call.Client, scopes);
        if (!resources.Succeeded || resources.Resources.OfflineAccess)
        {
            return OAuthError.InvalidScope("A scope is unknown or not allowed");
        }

        call.Request.ValidatedResources = resources;
        call.Request.RequestedScopes = scopes;

        var context = new ExtensionGrantValidationContext { Request = call.Request };
        await validator.ValidateAsync(context);
        if (context.Result.IsError)
        {
            return new OAuthError(
                context.Result.Error ?? "invalid_grant", context.Result.ErrorDescription ?? "The grant is not valid");
        }

        string? family = null;
        if (context.Result.Subject is { } user)
        {
            var active = new IsActiveContext(user, call.Client, ProfileIsActiveCallers.ExtensionGrantValidation);
            await profile.IsActiveAsync(active);
            if (!active.IsActive) return OAuthError.InvalidGrant("The user is not active");

            call.Request.Subject = user;
            family = user.FindFirst(TokenFactory.FamilyClaim)?.Value;
        }

        var answer = UserTokens.Answer(call, await factory.AccessTokenAsync(new(call.Request, family), ct));
        foreach (var (name, value) in context.Result.CustomResponse) answer.TryAdd(name, value);
        return new(answer, null);
    }
}
