using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Duende.IdentityServer.Protocol;

/// <summary>A refusal as OAuth words it. The description is ASCII, ours, and never repeats what was sent.</summary>
internal sealed record OAuthError(string Code, string Description, int Status = StatusCodes.Status400BadRequest)
{
    public static OAuthError InvalidRequest(string description) => new("invalid_request", description);

    public static OAuthError InvalidGrant(string description) => new("invalid_grant", description);

    public static OAuthError InvalidScope(string description) => new("invalid_scope", description);
}

internal static class Answers
{
    private static readonly JsonSerializerOptions Json =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Default };

    extension(HttpContext http)
    {
        public void NoStore()
        {
            http.Response.Headers.CacheControl = "no-store";
            http.Response.Headers.Pragma = "no-cache";
            http.Response.Headers.XContentTypeOptions = "nosniff";
        }

        public async Task WriteAsync(object value, int status = StatusCodes.Status200OK)
        {
            http.Response.StatusCode = status;
            http.Response.Headers.XContentTypeOptions = "nosniff";
            http.Response.ContentType = "application/json; charset=utf-8";
            await http.Response.WriteAsync(JsonSerializer.Serialize(value, Json), http.RequestAborted);
        }

        public Task RefuseAsync(OAuthError error)
        {
            if (error is { Code: "invalid_client", Status: 401 })
            {
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"identity\"";
            }
            return http.WriteAsync(new { error = error.Code, error_description = error.Description }, error.Status);
        }

        public Task RefuseMethodAsync(string allow)
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = allow;
            return Task.CompletedTask;
        }

        /// <summary>303 after a POST, 302 after a GET; never one that repeats a POST.</summary>
        public void RedirectTo(string url)
        {
            http.Response.StatusCode = HttpMethods.IsPost(http.Request.Method)
                ? StatusCodes.Status303SeeOther
                : StatusCodes.Status302Found;
            http.Response.Headers.Location = url;
        }
    }
}
