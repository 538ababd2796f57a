using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Events;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Services;
using Duende.IdentityServer.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Duende.IdentityServer.Endpoints;

/// <summary>A call of the token endpoint by a client that has proved who it is.</summary>
internal sealed record TokenCall(ValidatedTokenRequest Request, Parameters Form)
{
    public Client Client => Request.Client;
}

/// <summary>Either an answer or an error, with what the audit may know of it.</summary>
internal sealed record TokenAnswer(
    Dictionary<string, object>? Body, OAuthError? Error, string? Subject = null, string? Alert = null)
{
    public static implicit operator TokenAnswer(OAuthError error) => new(null, error);
}

internal interface IGrantHandler
{
    string GrantType { get; }

    Task<TokenAnswer> HandleAsync(TokenCall call, CancellationToken ct);
}

internal sealed class TokenEndpoint(
    ClientAuthentication clients,
    IEnumerable<IGrantHandler> handlers,
    ExtensionGrants extensions,
    IEventService events,
    IOptions<IdentityServerOptions> options) : IProviderEndpoint
{
    public async Task HandleAsync(HttpContext http)
    {
        http.NoStore();
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            await http.RefuseMethodAsync("POST");
            return;
        }

        var (form, status) = await Forms.ReadAsync(http.Request);
        if (form is null)
        {
            await http.RefuseAsync(
                OAuthError.InvalidRequest("The body must be a small URL-encoded form") with { Status = status });
            return;
        }

        var check = await clients.CheckAsync(http.Request, form, http.RequestAborted);
        if (check.Client is not { } client)
        {
            await http.RefuseAsync(check.Error!);
            return;
        }

        var answer = await AnswerAsync(client, form, http.RequestAborted);
        if (answer.Error is { } error)
        {
            await events.RaiseAsync(new TokenIssuedFailureEvent(
                client.ClientId, answer.Subject, form["grant_type"], error.Code, answer.Alert ?? error.Description));
            await http.RefuseAsync(error);
            return;
        }

        await http.WriteAsync(answer.Body!);
    }

    private async Task<TokenAnswer> AnswerAsync(Client client, Parameters form, CancellationToken ct)
    {
        if (form["grant_type"] is not { } grantType) return OAuthError.InvalidRequest("grant_type is missing");

        var handler = handlers.FirstOrDefault(handler => handler.GrantType == grantType) ?? extensions.Find(grantType);
        if (handler is null) return new OAuthError("unsupported_grant_type", "Unknown grant_type");

        var allowed = client.AllowedGrantTypes.Contains(grantType)
            || (grantType == RefreshGrant.Name && client.AllowOfflineAccess);
        if (!allowed) return new OAuthError("unauthorized_client", "The client may not use this grant_type");

        var request = new ValidatedTokenRequest
        {
            Raw = form.ToCollection(),
            Client = client,
            ClientId = client.ClientId,
            GrantType = grantType,
            IssuerName = options.Value.IssuerUri!,
            AccessTokenLifetime = client.AccessTokenLifetime,
            RequestedScopes = form.Words("scope"),
        };
        return await handler.HandleAsync(new(request, form), ct);
    }
}
