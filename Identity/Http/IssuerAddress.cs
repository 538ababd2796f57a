namespace Platform.Identity.Http;

internal static class IssuerAddress
{
    extension(WebApplication app)
    {
        /// <summary>
        /// Takes scheme and host of every request from the issuer, which says how browsers reach this process. Neither
        /// secure cookies nor the URLs in the metadata depend on headers then, or on the URL that another process of
        /// the platform uses.
        /// </summary>
        public void UseAddressOf(string issuer)
        {
            var url = new Uri(issuer);
            var host = new HostString(url.Authority);

            app.Use((context, next) =>
            {
                context.Request.Scheme = url.Scheme;
                context.Request.Host = host;
                return next(context);
            });
        }
    }
}
