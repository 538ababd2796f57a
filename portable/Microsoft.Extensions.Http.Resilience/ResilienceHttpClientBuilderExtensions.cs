using System.Threading.RateLimiting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace Microsoft.Extensions.DependencyInjection
{
    public static class ResilienceHttpClientBuilderExtensions
    {
        public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(
            this IHttpClientBuilder builder, IConfigurationSection section) =>
            builder.AddStandardResilienceHandler().Configure(section);

        public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(
            this IHttpClientBuilder builder, Action<HttpStandardResilienceOptions> configure) =>
            builder.AddStandardResilienceHandler().Configure(configure);

        /// <summary>
        /// Limits, times and repeats requests of this client. All handlers of the client share one circuit breaker.
        /// </summary>
        public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(this IHttpClientBuilder builder)
        {
            ArgumentNullException.ThrowIfNull(builder);

            var name = $"{builder.Name}-standard";

            builder.Services.AddOptions<HttpStandardResilienceOptions>(name)
                .Validate(
                    options => options.AttemptTimeout.Timeout <= options.TotalRequestTimeout.Timeout,
                    "An attempt may not last longer than the whole request: AttemptTimeout, TotalRequestTimeout.")
                .Validate(
                    options => options.CircuitBreaker.SamplingDuration >= options.AttemptTimeout.Timeout * 2,
                    "CircuitBreaker.SamplingDuration must be at least twice AttemptTimeout, or it sees no failure.")
                .ValidateOnStart();

            builder.Services.AddKeyedSingleton(name, (services, _) => Build(
                services.GetRequiredService<IOptionsMonitor<HttpStandardResilienceOptions>>().Get(name)));

            builder.AddHttpMessageHandler(services => new ResilienceHandler(
                services.GetRequiredKeyedService<ResiliencePipeline<HttpResponseMessage>>(name)));

            // The pipeline's timeouts take its place: HttpClient's own would cut retries short.
            builder.ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan);

            return new StandardPipeline(name, builder.Services);
        }

        private static ResiliencePipeline<HttpResponseMessage> Build(HttpStandardResilienceOptions options) =>
            new ResiliencePipelineBuilder<HttpResponseMessage>()
                .AddStrategy(
                    _ => new ConcurrencyStrategy(new ConcurrencyLimiter(options.RateLimiter.DefaultRateLimiterOptions)),
                    options.RateLimiter)
                .AddTimeout(options.TotalRequestTimeout)
                .AddRetry(options.Retry)
                .AddCircuitBreaker(options.CircuitBreaker)
                .AddTimeout(options.AttemptTimeout)
                .Build();

        private sealed record StandardPipeline(string PipelineName, IServiceCollection Services)
            : IHttpStandardResiliencePipelineBuilder;
    }
}

namespace Microsoft.Extensions.Http.Resilience
{
    public interface IHttpStandardResiliencePipelineBuilder
    {
        string PipelineName { get; }

        IServiceCollection Services { get; }
    }

    public static class HttpStandardResiliencePipelineBuilderExtensions
    {
        public static IHttpStandardResiliencePipelineBuilder Configure(
            this IHttpStandardResiliencePipelineBuilder builder, IConfigurationSection section)
        {
            builder.Services.Configure<HttpStandardResilienceOptions>(builder.PipelineName, section);
            return builder;
        }

        public static IHttpStandardResiliencePipelineBuilder Configure(
            this IHttpStandardResiliencePipelineBuilder builder, Action<HttpStandardResilienceOptions> configure)
        {
            builder.Services.Configure(builder.PipelineName, configure);
            return builder;
        }
    }
}
