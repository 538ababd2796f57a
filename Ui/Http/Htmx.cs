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
        /// <summary>Makes the browser itself go somewhere.</summary>
        public void HxRedirect(string url) => response.Headers["HX-Redirect"] = url;
    }
}
