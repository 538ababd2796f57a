using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Duende.IdentityServer.Endpoints;

/// <summary>
/// RFC 9126: a client hands in its authorize request beforehand, over a channel where it can prove who it is.
/// </summary>
internal sealed class PushedEndpoint(
    ClientAuthentication clients, AuthorizeRules rules, AuthorizeRequests requests,
    IOptions<IdentityServerOptions> options) : IProviderEndpoint
{
    private static readonly string[] Credentials = ["client_secret", "client_assertion", "client_assertion_type"];

    public async Task HandleAsync(HttpContext http)
    {
        var call = await AuthenticatedForm.ReadAsync(http, clients, apisToo: false);
        if (call is null) return;

        if (call.Form["request_uri"] is not null)
        {
            await http.RefuseAsync(OAuthError.InvalidRequest("request_uri has no place in a pushed request"));
            return;
        }

        var values = call.Form.Values.Where(pair => !Credentials.Contains(pair.Key)).ToDictionary();
        values["client_id"] = call.Client!.ClientId;
        var parameters = new Parameters(values);

        if (rules.Check(parameters, pushed: true).Error is { } error)
        {
            await http.RefuseAsync(error);
            return;
        }

        var lifetime = TimeSpan.FromSeconds(Math.Clamp(options.Value.PushedAuthorization.Lifetime, 60, 600));
        var uri = await requests.PushAsync(parameters, lifetime, http.RequestAborted);
        await http.WriteAsync(
            new { request_uri = uri, expires_in = (int)lifetime.TotalSeconds }, StatusCodes.Status201Created);
    }
}
