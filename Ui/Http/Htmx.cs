using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Platform.Ui.Http;

/// <summary>The few headers of htmx that the applications use.</summary>
public static class Htmx
{
    extension(HttpRequest request)
    {
        /// <summary>The request was sent by script; it cannot follow a redirect to another origin.</summary>
        public bool IsHtmx => request.Headers["HX-Request"] == "true";
    }

    extension(HttpResponse response)
    {
        /// <summary>
        /// A short message. The JSON encoder escapes to ASCII: Kestrel takes nothing else in a header.
        /// </summary>
        public void Toast(string text, string kind = "ok") =>
            response.Headers["HX-Trigger"] = JsonSerializer.Serialize(new { toast = new { text, kind } });

        /// <summary>Makes the browser itself go somewhere.</summary>
        public void HxRedirect(string url) => response.Headers["HX-Redirect"] = url;
    }
}
