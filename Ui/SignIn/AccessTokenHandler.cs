using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Platform.Contracts;

namespace Platform.Ui.SignIn;

/// <summary>
/// Makes a typed client call the API as the person who is signed in, in the tenant of their session:
/// <c>AddHttpClient&lt;HubApi&gt;().AddHttpMessageHandler&lt;AccessTokenHandler&gt;()</c>. A tenant that the caller has
/// set stays. Never put it on a client of another service: it would hand over the token.
/// </summary>
public sealed class AccessTokenHandler(IHttpContextAccessor accessor) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (accessor.HttpContext is { } http
            && await http.AuthenticateAsync(SignInSchemes.Session) is { Succeeded: true } session
            && session.Properties.GetTokenValue("access_token") is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

            if (session.Principal.FindFirst(ClaimNames.TenantId)?.Value is { } tenant
                && !request.Headers.Contains(Headers.TenantId))
            {
                request.Headers.Add(Headers.TenantId, tenant);
            }
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
