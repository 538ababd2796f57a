using Microsoft.AspNetCore.Localization;
using Platform.Ui.Http;
using Platform.Ui.Localization;

namespace Platform.Hub.Web.Public;

/// <summary>The public booking pages, in three calls.</summary>
public static class PublicSetup
{
    private const string EmbedScript = "/embed.js";

    public static void AddPublicPages(this WebApplicationBuilder builder)
    {
        builder.Services.AddTransient<CallerAddressHandler>();
        builder.Services.AddHttpClient<PublicApi>(http => http.BaseAddress = new("https+http://api"))
            .AddHttpMessageHandler<CallerAddressHandler>(); // and no token
        builder.Services.Configure<RouteOptions>(options => options.SetParameterPolicy<SlugConstraint>("slug"));
        builder.Services.Configure<RequestLocalizationOptions>(options =>
            options.RequestCultureProviders.Add(new CustomRequestCultureProvider(OfTenantAsync)));
    }

    /// <summary>Before the headers of all pages, and before routing.</summary>
    public static void UsePublicPages(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            // The first that is registered runs last.
            context.Response.OnStarting(() =>
            {
                context.Features.Get<PublicHeaders>()?.Apply(context.Response.Headers);
                if (context.Request.Path == EmbedScript)
                {
                    context.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
                }

                return Task.CompletedTask;
            });
            return next(context);
        });
        app.UseMiddleware<TenantHostMiddleware>();
    }

    public static void MapPublicPages(this WebApplication app)
    {
        app.MapGet("/{slug:slug}/brand.css", Brand).AllowAnonymous();
        app.MapGet("/{slug:slug}/manage/{token}/calendar.ics", Calendar).AllowAnonymous();
        app.MapGet(EmbedScript, Embed).AllowAnonymous();
        app.MapGet("/robots.txt", () => "User-agent: *\nDisallow: /t/\nDisallow: /signin\n").AllowAnonymous();
    }

    /// <summary>A visitor whose browser asks for no language of ours reads that of the tenant.</summary>
    private static async Task<ProviderCultureResult?> OfTenantAsync(HttpContext http)
    {
        if (http.Request.Path.Value?.Split('/') is not [_, var slug, ..] || !SlugConstraint.IsSlug(slug)) return null;

        var tenant = await http.RequestServices.GetRequiredService<PublicApi>().TenantAsync(slug, http.RequestAborted);
        return tenant.Ok ? Languages.FirstOf([tenant.Data.Locale]) : null;
    }

    private static async Task<IResult> Brand(string slug, PublicApi api, HttpContext http, CancellationToken ct)
    {
        var tenant = await api.TenantAsync(slug, ct);
        if (!tenant.Ok) return Results.StatusCode(tenant.Problem.Status == 404 ? 404 : 503);

        var site = PublicSite.Of(tenant.Data, http);
        http.Response.Headers.CacheControl = http.Request.Query["v"] == site.BrandVersion
            ? "public, max-age=31536000, immutable"
            : "public, max-age=60";
        return Results.Text(BrandStyles.Of(site.Branding), "text/css");
    }

    private static async Task<IResult> Calendar(
        string slug, string token, PublicApi api, HttpContext http, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        return await api.CalendarAsync(slug, token, ct) is { } file
            ? Results.File(file, "text/calendar; charset=utf-8", "booking.ics")
            : Results.NotFound();
    }

    /// <summary>The script that shows the pages in a frame of another site, at a URL that never changes.</summary>
    private static IResult Embed(IWebHostEnvironment environment, HttpContext http)
    {
        http.Response.Headers.CacheControl = "public, max-age=3600";
        return environment.WebRootFileProvider.GetFileInfo("ui/embed.js") is { Exists: true } file
            ? Results.Stream(file.CreateReadStream(), "text/javascript")
            : Results.NotFound();
    }
}
