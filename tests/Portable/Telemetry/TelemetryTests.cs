using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Platform.Portable.Telemetry;

/// <summary>What a process with the usual instrumentation emits.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task A_request_and_the_call_within_it_are_one_trace_and_probes_leave_none()
    {
        await using var process = await Process.StartAsync();
        using var client = new HttpClient();

        await client.GetStringAsync($"{process.Url}/probe");
        await client.GetStringAsync($"{process.Url}/outer/17");
        process.Flush();

        var spans = process.Spans.ToList();
        Assert.DoesNotContain(spans, span => (string?)span.GetTagItem("url.path") == "/probe");
        var outer = Assert.Single(spans, span => (string?)span.GetTagItem("url.path") == "/outer/17");
        var call = Assert.Single(spans, span => span.Source.Name == "System.Net.Http" && span.ParentSpanId == outer.SpanId);
        var inner = Assert.Single(spans, span => (string?)span.GetTagItem("url.path") == "/inner");
        Assert.Equal(call.SpanId, inner.ParentSpanId);
        Assert.Equal(outer.TraceId, inner.TraceId);
        Assert.Equal(("/outer/{id}", "GET", 200), (outer.GetTagItem("http.route"), outer.GetTagItem("http.request.method"), outer.GetTagItem("http.response.status_code")));
        Assert.Equal("GET /outer/{id}", outer.DisplayName);
        Assert.DoesNotContain(spans, span => span.DisplayName == "within a probe");
    }

    [Fact]
    public async Task Requests_calls_and_the_runtime_are_measured()
    {
        await using var process = await Process.StartAsync();
        using var client = new HttpClient();

        await client.GetStringAsync($"{process.Url}/outer/1");
        process.Flush();

        var names = process.Metrics.Select(metric => metric.Name).ToHashSet();
        Assert.Contains("http.server.request.duration", names);
        Assert.Contains("http.client.request.duration", names);
        Assert.Contains("dotnet.gc.collections", names);
        Assert.Contains("kestrel.active_connections", names);
        Assert.Contains("test.things", names);
    }

    [Fact]
    public async Task Providers_live_from_the_start_of_the_host_to_its_end()
    {
        var spans = new ConcurrentQueue<Activity>();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
            .AddSource("Test.Lifetime").AddProcessor(new SimpleActivityExportProcessor(new Collector(spans))));
        using var source = new ActivitySource("Test.Lifetime");
        var host = builder.Build();

        using (source.StartActivity("before")) { }
        await host.StartAsync();
        using (source.StartActivity("during")) { }
        await host.StopAsync();
        host.Dispose();
        using (source.StartActivity("after")) { }

        Assert.Equal(["during"], spans.Select(span => span.DisplayName));
    }

    [Fact]
    public async Task All_signals_go_to_the_collector_when_asked()
    {
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = await StartCollectorAsync(received);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.Single();
        builder.Configuration["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        builder.Configuration["OTEL_SERVICE_NAME"] = "the-service";
        builder.Logging.AddOpenTelemetry(logging => logging.IncludeScopes = true);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddAttributes([new("test.kind", "the-kind")]))
            .WithTracing(tracing => tracing.AddSource("Test.Exported"))
            .WithMetrics(metrics => metrics.AddMeter("Test.Exported"))
            .UseOtlpExporter();
        using var source = new ActivitySource("Test.Exported");
        using var meter = new Meter("Test.Exported");

        using (var host = builder.Build())
        {
            await host.StartAsync();
            using (source.StartActivity("the-span")) { }
            meter.CreateCounter<int>("the-counter").Add(1);
            host.Services.GetRequiredService<ILogger<TelemetryTests>>().LogInformation("the-line");
            await host.StopAsync();
        }

        Assert.Contains("the-span", received["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("the-counter", received["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("the-line", received["/v1/logs"], StringComparison.Ordinal);
        Assert.All(received.Values, body => Assert.Contains("the-service", body, StringComparison.Ordinal));
        Assert.All(received.Values, body => Assert.Contains("the-kind", body, StringComparison.Ordinal));
    }

    private static async Task<WebApplication> StartCollectorAsync(ConcurrentDictionary<string, string> received)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new StreamReader(context.Request.Body, Encoding.Latin1);
            received[context.Request.Path] = await body.ReadToEndAsync();
        });
        await app.StartAsync();
        return app;
    }

    private sealed class Process : IAsyncDisposable
    {
        private static readonly ActivitySource Source = new("Test.Process");
        private static readonly Meter Meter = new("Test.Process");

        private WebApplication _app = null!;

        public string Url => _app.Urls.Single();

        public ConcurrentQueue<Activity> Spans { get; } = new();

        public List<Metric> Metrics { get; } = [];

        public static async Task<Process> StartAsync()
        {
            var process = new Process();
            var builder = WebApplication.CreateEmptyBuilder(new());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            builder.Services.AddRoutingCore().AddHttpClient();
            builder.Services.AddOpenTelemetry()
                .WithTracing(tracing => tracing
                    .AddSource("Test.Process")
                    .AddAspNetCoreInstrumentation(options => options.Filter = context => context.Request.Path != "/probe")
                    .AddHttpClientInstrumentation()
                    .AddProcessor(new SimpleActivityExportProcessor(new Collector(process.Spans))))
                .WithMetrics(metrics => metrics
                    .AddMeter("Test.*")
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddReader(new BaseExportingMetricReader(new MetricCollector(process.Metrics))));

            var app = process._app = builder.Build();
            var things = Meter.CreateCounter<int>("test.things");
            app.MapGet("/inner", () => "inner");
            app.MapGet("/probe", () =>
            {
                using var span = Source.StartActivity("within a probe");
                return "probe";
            });
            app.MapGet("/outer/{id}", async (int id, HttpClient client) =>
            {
                things.Add(id);
                return await client.GetStringAsync($"{app.Urls.Single()}/inner");
            });
            await app.StartAsync();
            return process;
        }

        public void Flush()
        {
            _app.Services.GetRequiredService<TracerProvider>().ForceFlush();
            _app.Services.GetRequiredService<MeterProvider>().ForceFlush();
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }

    private sealed class Collector(ConcurrentQueue<Activity> spans) : BaseExporter<Activity>
    {
        public override ExportResult Export(in Batch<Activity> batch)
        {
            foreach (var span in batch) spans.Enqueue(span);
            return ExportResult.Success;
        }
    }

    private sealed class MetricCollector(List<Metric> metrics) : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch) metrics.Add(metric);
            return ExportResult.Success;
        }
    }
}
