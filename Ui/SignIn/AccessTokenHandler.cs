using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Platform.Contracts;

namespace Platform.Ui.SignIn;

/// <summary>
/// Makes a typed client call the API as the person who is signed in, in the tenant of their session:
/// <c>AddHttpClient&lt;HubApi&gt;().AddHttpMessageHandler&lt;AccessTokenHandler&gt;()</c>. A tenant that the caller has
/// set stays. Never put it on a client of another service: it would hand over the token.
/// </summary>
public sealed class AccessTokenHandler(IHttpContextAccessor accessor, IConfiguration configuration) : DelegatingHandler
{
    /// <summary>As the API calls it.</summary>
    private readonly string _tenantHeader = configuration["Tenancy:IdHeader"] ?? Headers.TenantId;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (accessor.HttpContext is { } http
            && await http.AuthenticateAsync(SignInSchemes.Session) is { Succeeded: true } session
            && session.Properties.GetTokenValue("access_token") is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

            if (session.Principal.FindFirst(ClaimNames.TenantId)?.Value is { } tenant
                && !request.Headers.Contains(_tenantHeader))
            {
                request.Headers.Add(_tenantHeader, tenant);
            }
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
