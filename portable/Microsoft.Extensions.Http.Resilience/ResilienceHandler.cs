using System.Threading.RateLimiting;
using Polly;
using Polly.RateLimiting;

namespace Polly.RateLimiting
{
    /// <summary>Too many requests were under way at once.</summary>
    public sealed class RateLimiterRejectedException(string message) : ExecutionRejectedException(message)
    {
        public RateLimiterRejectedException() : this("The rate limiter let no further request through.")
        {
        }
    }
}

namespace Microsoft.Extensions.Http.Resilience
{
    /// <summary>Sends a request through a pipeline; the same message again at each attempt.</summary>
    internal sealed class ResilienceHandler(ResiliencePipeline<HttpResponseMessage> pipeline) : DelegatingHandler
    {
        private static readonly ResiliencePropertyKey<HttpRequestMessage?> Request = new("Resilience.Http.RequestMessage");

        public static HttpRequestMessage? RequestOf(ResilienceContext context) =>
            context.Properties.GetValue(Request, null);

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var context = ResilienceContextPool.Shared.Get(cancellationToken);
            context.Properties.Set(Request, request);

            try
            {
                return await pipeline.ExecuteAsync(
                    static async (context, handler) => await handler.AttemptAsync(RequestOf(context)!, context.CancellationToken),
                    context,
                    this);
            }
            finally
            {
                ResilienceContextPool.Shared.Return(context);
            }
        }

        private Task<HttpResponseMessage> AttemptAsync(HttpRequestMessage request, CancellationToken ct) =>
            base.SendAsync(request, ct);
    }

    internal sealed class ConcurrencyStrategy(ConcurrencyLimiter limiter) : ResilienceStrategy<HttpResponseMessage>
    {
        protected override async ValueTask<Outcome<HttpResponseMessage>> ExecuteCore<TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<HttpResponseMessage>>> callback,
            ResilienceContext context,
            TState state)
        {
            using var lease = await limiter.AcquireAsync(1, context.CancellationToken);

            return lease.IsAcquired
                ? await callback(context, state)
                : Outcome.FromException<HttpResponseMessage>(new RateLimiterRejectedException());
        }
    }
}
