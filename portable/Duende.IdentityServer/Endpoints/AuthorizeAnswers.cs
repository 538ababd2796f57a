using System.Text;
using System.Text.Encodings.Web;
using Duende.IdentityServer.Configuration;
using Duende.IdentityServer.Models;
using Duende.IdentityServer.Protocol;
using Duende.IdentityServer.Stores;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace Duende.IdentityServer.Endpoints;

/// <summary>
/// Sends codes and errors to a client, or an error to a page of ours when there is no client to trust.
/// </summary>
internal sealed class AuthorizeAnswers(Sealer sealer, IOptions<IdentityServerOptions> options)
{
    public const string ErrorPurpose = "Error";

    private const string Script = "document.forms[0].submit()";

    /// <summary>base64 of the SHA-256 of <see cref="Script"/>.</summary>
    private static readonly string ScriptHash =
        Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(Script)));

    public Task RefuseAsync(HttpContext http, AuthorizeCheck check)
    {
        if (check.Return is { } back)
        {
            return SendAsync(
                http, back, new() { ["error"] = check.Error!.Code, ["error_description"] = check.Error.Description });
        }

        ShowError(http, check.Error!, check.Client);
        return Task.CompletedTask;
    }

    public void ShowError(HttpContext http, OAuthError error, Client? client)
    {
        var pages = options.Value.UserInteraction;
        var message = new ErrorMessage
        {
            Error = error.Code,
            ErrorDescription = error.Description,
            ClientId = client?.ClientId,
            RequestId = http.TraceIdentifier,
        };

        http.RedirectTo(QueryHelpers.AddQueryString(
            http.Request.PathBase + pages.ErrorUrl, pages.ErrorIdParameter, sealer.Seal(ErrorPurpose, message)));
    }

    public async Task SendAsync(HttpContext http, ReturnAddress to, Dictionary<string, string?> answer)
    {
        answer["iss"] = options.Value.IssuerUri;
        if (to.State is not null) answer["state"] = to.State;

        if (!to.FormPost)
        {
            http.RedirectTo(QueryHelpers.AddQueryString(to.RedirectUri, answer));
            return;
        }

        var html = HtmlEncoder.Default;
        var fields = string.Concat(answer.Select(
            pair => $"""<input type="hidden" name="{html.Encode(pair.Key)}" value="{html.Encode(pair.Value!)}">"""));

        http.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'sha256-{ScriptHash}'; frame-ancestors 'none'; base-uri 'none'";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync($"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>…</title></head>
            <body><form method="post" action="{html.Encode(to.RedirectUri)}">{fields}
            <noscript><button>OK</button></noscript></form><script>{Script}</script></body></html>
            """, http.RequestAborted);
    }
}
