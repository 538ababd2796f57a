using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Portable;

/// <summary>The variables by which a project knows where telemetry goes and under which name.</summary>
internal static class Telemetry
{
    /// <summary>Configuration key of the address; set by the dashboard once it runs, or by people with a collector.</summary>
    public const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string NameHole = "{{service-name}}", InstanceHole = "{{service-instance-id}}";

    public static void Configure(IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> project) =>
        project.WithEnvironment(context =>
        {
            var variables = context.EnvironmentVariables;
            variables["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";
            variables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
            variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
            variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
            variables["OTEL_SERVICE_NAME"] = NameHole;
            variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={InstanceHole}";

            // Without a dashboard nobody listens; exporters that retry for ever would only cost.
            if (builder.Configuration[EndpointKey] is { Length: > 0 } endpoint) variables[EndpointKey] = endpoint;

            if (builder.Configuration["AppHost:OtlpApiKey"] is { Length: > 0 } key)
            {
                variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={key}";
            }

            if (!builder.Environment.IsDevelopment()) return;

            foreach (var name in (string[])["OTEL_BLRP_SCHEDULE_DELAY", "OTEL_BSP_SCHEDULE_DELAY", "OTEL_METRIC_EXPORT_INTERVAL"])
            {
                variables[name] = "1000"; // ms
            }

            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
            variables["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true";
            variables["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
            variables["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
        });

    /// <summary>Name and number of an instance are known only when it starts.</summary>
    public static string Fill(string value, Instance instance) =>
        value.Replace(NameHole, instance.Resource.Name).Replace(InstanceHole, instance.Suffix);
}
