using System.Text.Unicode;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.WebEncoders;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Platform.Ui.Frame;
using Platform.Ui.Http;
using Platform.Ui.Localization;
using Platform.Ui.SignIn;
using Polly;
using StackExchange.Redis;

namespace Platform.Ui;

/// <summary>What a web app needs to look and behave like the others, in three calls.</summary>
public static class UiSetup
{
    /// <summary>Razor Pages with our languages, messages, cookies and error pages.</summary>
    public static IMvcBuilder AddUi(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

        services.TryAddSingleton(TimeProvider.System);
        services.AddLocalization();
        services.Configure<RequestLocalizationOptions>(Languages.Configure);
        // Portuguese letters stay letters in the HTML instead of &#xE7;
        services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new(UnicodeRanges.All));

        services.AddSingleton<IPostConfigureOptions<MvcOptions>, ValidationTexts>();
        services.Configure<MvcViewOptions>(options => options.HtmlHelperOptions.ClientValidationEnabled = false);
        NameCookies(services, builder.Environment);

        return services.AddRazorPages().AddDataAnnotationsLocalization(options =>
            options.DataAnnotationLocalizerProvider = (_, factory) => factory.Create(typeof(UiText)));
    }

    /// <summary>A typed client of the API that calls it for the person who is signed in (<c>AddSignIn</c>).</summary>
    public static IHttpClientBuilder AddApi<TClient>(this WebApplicationBuilder builder) where TClient : ApiClient =>
        builder.Services
            .AddTransient<CallerAddressHandler>()
            .AddHttpClient<TClient>(http => http.BaseAddress = new("https+http://api"))
            .AddHttpMessageHandler<CallerAddressHandler>()
            .AddHttpMessageHandler<AccessTokenHandler>();

    /// <summary>
    /// Error pages, language and routing, in that order; who is asking and whether they may comes after it.
    /// </summary>
    public static WebApplication UseUi(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandlingPath = "/error/500",
            StatusCodeSelector = StatusOf,
        });
        app.UseStatusCodePagesWithReExecute("/error/{0}");
        app.UseDialogRedirects();
        app.UseRequestLocalization();
        app.UseRouting();
        return app;
    }

    /// <summary>An unavailable server is no fault of the page: the reader may try again.</summary>
    private static int StatusOf(Exception exception) => exception switch
    {
        RedisException or TimeoutException or HttpRequestException or ExecutionRejectedException =>
            StatusCodes.Status503ServiceUnavailable,
        OpenIdConnectProtocolException => StatusCodes.Status503ServiceUnavailable, // Identity did not take a request to sign in
        BadHttpRequestException bad => bad.StatusCode,
        { InnerException: { } inner } => StatusOf(inner),
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>The pages, with the scripts and styles that they name.</summary>
    public static PageActionEndpointConventionBuilder MapUi(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        return app.MapRazorPages().WithStaticAssets();
    }

    /// <summary>
    /// Cookies do not distinguish ports, and in Development all apps are on localhost: each carries its app's name. The
    /// <c>__Host-</c> prefix needs TLS, which Development does without.
    /// </summary>
    private static void NameCookies(IServiceCollection services, IHostEnvironment environment)
    {
        var prefix = environment.IsDevelopment() ? "" : "__Host-";
        var secure = environment.IsDevelopment() ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;

        services.Configure<AntiforgeryOptions>(options =>
        {
            options.HeaderName = "RequestVerificationToken";
            options.Cookie.Name = $"{prefix}{environment.ApplicationName}.forgery";
            options.Cookie.SecurePolicy = secure;
            options.Cookie.SameSite = SameSiteMode.Lax; // strict would drop it on the way back from signing in
            options.SuppressXFrameOptionsHeader = true; // frame-ancestors says it
        });
        services.Configure<CookieTempDataProviderOptions>(options =>
        {
            options.Cookie.Name = $"{prefix}{environment.ApplicationName}.notice";
            options.Cookie.SecurePolicy = secure;
        });
    }
}
