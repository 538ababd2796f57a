using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Instrumentation.AspNetCore;

namespace OpenTelemetry.Instrumentation.AspNetCore
{
    public class AspNetCoreTraceInstrumentationOptions
    {
        /// <summary>False for a request leaves it, and all that happens within it, out of traces.</summary>
        public Func<HttpContext, bool>? Filter { get; set; }
    }
}

namespace OpenTelemetry.Trace
{
    public static class AspNetCoreInstrumentationTracerProviderBuilderExtensions
    {
        public static TracerProviderBuilder AddAspNetCoreInstrumentation(this TracerProviderBuilder builder) =>
            builder.AddAspNetCoreInstrumentation(null);

        public static TracerProviderBuilder AddAspNetCoreInstrumentation(
            this TracerProviderBuilder builder,
            Action<AspNetCoreTraceInstrumentationOptions>? configureAspNetCoreTraceInstrumentationOptions)
        {
            ArgumentNullException.ThrowIfNull(builder);

            // ASP.NET Core 10 writes the tags of a request's start itself, but only once it is told to.
            AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);

            if (configureAspNetCoreTraceInstrumentationOptions is { } configure)
            {
                builder.ConfigureServices(services => services.Configure(configure));
            }

            return builder
                .AddSource("Microsoft.AspNetCore")
                .AddSource("Microsoft.AspNetCore.SignalR.Server")
                .AddInstrumentation(services => new RequestListener(
                    services.GetRequiredService<IOptions<AspNetCoreTraceInstrumentationOptions>>().Value));
        }
    }
}

namespace OpenTelemetry.Metrics
{
    public static class AspNetCoreInstrumentationMeterProviderBuilderExtensions
    {
        public static MeterProviderBuilder AddAspNetCoreInstrumentation(this MeterProviderBuilder builder)
        {
            ArgumentNullException.ThrowIfNull(builder);

            return builder.AddMeter(
                "Microsoft.AspNetCore.Authentication",
                "Microsoft.AspNetCore.Authorization",
                "Microsoft.AspNetCore.Diagnostics",
                "Microsoft.AspNetCore.Hosting",
                "Microsoft.AspNetCore.Http.Connections",
                "Microsoft.AspNetCore.Identity",
                "Microsoft.AspNetCore.MemoryPool",
                "Microsoft.AspNetCore.RateLimiting",
                "Microsoft.AspNetCore.Routing",
                "Microsoft.AspNetCore.Server.Kestrel");
        }
    }
}

namespace OpenTelemetry.Instrumentation.AspNetCore
{
    /// <summary>
    /// The hosting layer tells of a request's start and end through a diagnostic listener, while its activity is
    /// current: the place to drop what the filter refuses, together with its children (the sampler does not see the
    /// request), and to add what is known only at the end.
    /// </summary>
    internal sealed class RequestListener :
        IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private const string Started = "Microsoft.AspNetCore.Hosting.HttpRequestIn.Start";
        private const string Ended = "Microsoft.AspNetCore.Hosting.HttpRequestIn.Stop";

        private readonly Func<HttpContext, bool>? _filter;
        private readonly List<IDisposable> _subscriptions = [];

        public RequestListener(AspNetCoreTraceInstrumentationOptions options)
        {
            _filter = options.Filter;
            Keep(DiagnosticListener.AllListeners.Subscribe(this));
        }

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.AspNetCore") Keep(value.Subscribe(this, name => name is Started or Ended));
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Value is not HttpContext context) return;
            if (Activity.Current is not { IsAllDataRequested: true } activity) return;

            if (value.Key == Ended) Complete(activity, context);
            else if (!Wanted(context)) Drop(activity);
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose()
        {
            lock (_subscriptions) _subscriptions.ForEach(subscription => subscription.Dispose());
        }

        private static void Drop(Activity activity)
        {
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }

        private static void Complete(Activity activity, HttpContext context)
        {
            var status = context.Response.StatusCode;
            activity.SetTag("http.response.status_code", status);
            if (status >= StatusCodes.Status500InternalServerError) activity.SetStatus(ActivityStatusCode.Error);

            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
            if (route is not null) activity.SetTag("http.route", route);
            activity.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
        }

        /// <summary>A filter that throws loses its request's trace, not the request.</summary>
        private bool Wanted(HttpContext context)
        {
            try
            {
                return _filter is null || _filter(context);
            }
            catch (Exception)
            {
                return false;
            }
        }

        private void Keep(IDisposable subscription)
        {
            lock (_subscriptions) _subscriptions.Add(subscription);
        }
    }
}
