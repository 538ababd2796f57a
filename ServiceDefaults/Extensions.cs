using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Platform.ServiceDefaults;
using Platform.ServiceDefaults.Http;
using Platform.ServiceDefaults.Processes;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// What every process has: telemetry, health, forwarded headers, service discovery and resilient calls to others.
/// </summary>
public static class Extensions
{
    internal const string HealthPath = "/health";
    internal const string AlivePath = "/alive";

    /// <summary>
    /// Sources and meters of the product are named <c>Platform.… </c> and need no further registration.
    /// </summary>
    private const string OwnTelemetry = "Platform.*";

    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.AddTelemetry();
        builder.AddForwardedHeaders();
        builder.Services.AddHostedService<FailureExitCode>();
        builder.Services.AddHostedService<ProcessReport>();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), ["live"]);
        builder.Services.AddSingleton<IPostConfigureOptions<HealthCheckServiceOptions>, HealthCheckTimeouts>();

        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            // The sender of a POST knows whether it may be sent twice (an Idempotency-Key); this handler does not.
            http.AddStandardResilienceHandler(options =>
            {
                options.Retry.DisableForUnsafeHttpMethods();
                options.Retry.MaxRetryAttempts = 2; // a person waits: two quick tries, then the page that says so
                options.Retry.Delay = TimeSpan.FromMilliseconds(200);
            });
            http.AddServiceDiscovery();
        });

        return builder;
    }

    /// <summary>
    /// <c>/health</c>: may the process be given work (all checks); <c>/alive</c>: must it be restarted (the process
    /// alone). Both are mapped in every environment, because orchestrators ask there too; they answer with one word.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthChecks(HealthPath).AllowAnonymous();
        app.MapHealthChecks(AlivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") })
            .AllowAnonymous();

        return app;
    }

    private static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        // A line for each request and statement costs more than many requests do; the traces hold the same information.
        foreach (var chatty in (string[])["Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "Npgsql", "System.Net.Http"])
        {
            builder.Logging.AddFilter(chatty, LogLevel.Warning);
        }

        // Without a collector nobody would read what is recorded, and recording costs time with every request.
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) return;

        // When a whole stack ends, its collector may end first. By default a process would wait ten seconds for it.
        builder.Configuration["OTEL_EXPORTER_OTLP_TIMEOUT"] ??= "1000";

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        builder.Services.AddOpenTelemetry()
            .UseOtlpExporter()
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter("Npgsql", OwnTelemetry))
            .WithTracing(tracing => tracing
                .SetSampler(new ParentBasedSampler(new DropPolling()))
                .AddSource(builder.Environment.ApplicationName, OwnTelemetry, "Npgsql")
                .AddAspNetCoreInstrumentation(options => options.Filter = IsNoProbe)
                .AddHttpClientInstrumentation());
    }

    /// <summary>
    /// Drops calls that belong to no request, event or job: loops that look for work make several of them a second.
    /// </summary>
    private sealed class DropPolling : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
            new(samplingParameters.Kind is ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
    }

    private static bool IsNoProbe(HttpContext context) =>
        context.Request.Path.Value is not (HealthPath or AlivePath);
}
