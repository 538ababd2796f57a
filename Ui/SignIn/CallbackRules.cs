using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Platform.Ui.SignIn;

/// <summary>
/// What the answer of a provider at our callback must be like, beyond what the handler of ASP.NET Core checks.
/// </summary>
public static class CallbackRules
{
    /// <param name="issuer">Of the provider that was asked.</param>
    /// <param name="namesIssuer">Whether every answer but an error names it (RFC 9207).</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? ErrorOf(HttpRequest request, string issuer, bool namesIssuer)
    {
        var query = request.Query;
        var isError = query.ContainsKey(OpenIdConnectParameterNames.Error);
        var named = query[OpenIdConnectParameterNames.Iss].ToString();

        return HttpMethods.IsGet(request.Method) switch
        {
            false => "came by another method than GET",
            _ when query.Any(parameter => parameter.Value.Count > 1) => "repeats a parameter",
            _ when named.Length == 0 && namesIssuer && !isError => "names no issuer",
            _ when named.Length > 0 && named != issuer => "names another issuer",
            _ when query.ContainsKey("id_token") || query.ContainsKey("access_token") => "brings tokens",
            _ => null,
        };
    }
}
