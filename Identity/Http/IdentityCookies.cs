namespace Platform.Identity.Http;

internal static class IdentityCookies
{
    /// <summary>A session cookie of this process.</summary>
    /// <param name="name">Without prefix.</param>
    /// <param name="issuer">How browsers reach this process.</param>
    public static CookieBuilder For(string name, Uri issuer)
    {
        var cookie = new CookieBuilder();
        cookie.Harden(name, secure: issuer.Scheme == Uri.UriSchemeHttps || issuer.Host == "localhost");
        return cookie;
    }

    extension(CookieBuilder cookie)
    {
        /// <summary>
        /// The prefix <c>__Host- </c> keeps neighbours under the same domain from setting the cookie. Browsers accept
        /// it over HTTPS and from localhost only. On localhost all our applications share one cookie jar: their names
        /// must differ.
        /// </summary>
        public void Harden(string name, bool secure)
        {
            cookie.Name = secure ? $"__Host-{name}" : name;
            cookie.SecurePolicy = secure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
            cookie.SameSite = SameSiteMode.Lax;
            cookie.HttpOnly = true;
            cookie.Path = "/";
        }
    }
}
