using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace Platform.Portable.Resilience;

public sealed class StandardHandlerTests
{
    [Fact]
    public void The_defaults_are_those_of_the_package()
    {
        var options = new HttpStandardResilienceOptions();

        Assert.Equal((1000, 0), (options.RateLimiter.DefaultRateLimiterOptions.PermitLimit, options.RateLimiter.DefaultRateLimiterOptions.QueueLimit));
        Assert.Equal(TimeSpan.FromSeconds(30), options.TotalRequestTimeout.Timeout);
        Assert.Equal((3, TimeSpan.FromSeconds(2), true), (options.Retry.MaxRetryAttempts, options.Retry.Delay, options.Retry.UseJitter));
        Assert.Equal((0.1, 100), (options.CircuitBreaker.FailureRatio, options.CircuitBreaker.MinimumThroughput));
        Assert.Equal((30, 5), (options.CircuitBreaker.SamplingDuration.TotalSeconds, options.CircuitBreaker.BreakDuration.TotalSeconds));
        Assert.Equal(TimeSpan.FromSeconds(10), options.AttemptTimeout.Timeout);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, 4)]
    [InlineData(HttpStatusCode.ServiceUnavailable, 4)]
    [InlineData(HttpStatusCode.TooManyRequests, 4)]
    [InlineData(HttpStatusCode.RequestTimeout, 4)]
    [InlineData(HttpStatusCode.NotFound, 1)]
    [InlineData(HttpStatusCode.Conflict, 1)]
    public async Task What_may_pass_is_tried_four_times(HttpStatusCode status, int attempts)
    {
        using var far = new FarEnd(_ => new HttpResponseMessage(status));

        using var response = await far.Client().GetAsync(FarEnd.Address);

        Assert.Equal((status, attempts), (response.StatusCode, far.Requests));
    }

    [Fact]
    public async Task A_lost_connection_is_tried_again()
    {
        using var far = new FarEnd(n => n < 3 ? throw new HttpRequestException("lost") : new HttpResponseMessage(HttpStatusCode.OK));

        using var response = await far.Client().GetAsync(FarEnd.Address);

        Assert.Equal((HttpStatusCode.OK, 3), (response.StatusCode, far.Requests));
    }

    [Theory]
    [InlineData("POST", 1)]
    [InlineData("PUT", 1)]
    [InlineData("PATCH", 1)]
    [InlineData("DELETE", 1)]
    [InlineData("GET", 4)]
    [InlineData("HEAD", 4)]
    public async Task Unsafe_methods_are_sent_once_when_told_so(string method, int attempts)
    {
        using var far = new FarEnd(_ => throw new HttpRequestException("lost"));
#pragma warning disable EXTEXP0001 // as in the package
        var client = far.Client(options => options.Retry.DisableForUnsafeHttpMethods());
#pragma warning restore EXTEXP0001
        using var request = new HttpRequestMessage(new HttpMethod(method), FarEnd.Address);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request));

        Assert.Equal(attempts, far.Requests);
    }

    [Fact]
    public async Task The_server_says_when_to_come_back()
    {
        using var far = new FarEnd(n => n > 1 ? new HttpResponseMessage(HttpStatusCode.OK) : new HttpResponseMessage(HttpStatusCode.TooManyRequests)
        {
            Headers = { RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromMilliseconds(1)) },
        });
        var client = far.Client(options => options.Retry.Delay = TimeSpan.FromMinutes(1));

        using var response = await client.GetAsync(FarEnd.Address).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal((HttpStatusCode.OK, 2), (response.StatusCode, far.Requests));
    }

    [Fact]
    public async Task A_slow_attempt_is_given_up_and_tried_again()
    {
        using var far = new FarEnd(async (n, ct) =>
        {
            if (n == 1) await Task.Delay(Timeout.Infinite, ct);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });

        using var response = await far.Client(o => o.AttemptTimeout.Timeout = TimeSpan.FromMilliseconds(50)).GetAsync(FarEnd.Address);

        Assert.Equal((HttpStatusCode.OK, 2), (response.StatusCode, far.Requests));
    }

    [Fact]
    public async Task The_whole_request_has_a_limit_of_its_own()
    {
        using var far = new FarEnd(async (_, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        var client = far.Client(options =>
        {
            options.AttemptTimeout.Timeout = TimeSpan.FromMilliseconds(100);
            options.TotalRequestTimeout.Timeout = TimeSpan.FromMilliseconds(150);
            options.Retry.MaxRetryAttempts = 1000;
        });
        var started = Stopwatch.GetTimestamp();

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => client.GetAsync(FarEnd.Address));

        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 10);
        Assert.InRange(far.Requests, 1, 10);
    }

    [Fact]
    public async Task After_many_failures_the_circuit_opens()
    {
        using var far = new FarEnd(_ => new HttpResponseMessage(HttpStatusCode.InternalServerError));
        var client = far.Client(options => options.CircuitBreaker.MinimumThroughput = 5);

        using (await client.GetAsync(FarEnd.Address))
        {
        }

        await Assert.ThrowsAsync<BrokenCircuitException>(() => client.GetAsync(FarEnd.Address));
        Assert.Equal(5, far.Requests);
    }

    [Fact]
    public async Task Too_many_at_once_are_turned_away()
    {
        var release = new TaskCompletionSource();
        using var far = new FarEnd(async (_, _) =>
        {
            await release.Task;
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        var client = far.Client(options => options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 1);

        var first = client.GetAsync(FarEnd.Address);
        await Assert.ThrowsAsync<RateLimiterRejectedException>(() => client.GetAsync(FarEnd.Address));
        release.SetResult();

        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
    }

    [Fact]
    public void Limits_that_contradict_each_other_are_refused()
    {
        using var far = new FarEnd(_ => new HttpResponseMessage(HttpStatusCode.OK));

        Assert.Throws<OptionsValidationException>(
            () => far.Client(options => options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(31)));
        Assert.Throws<OptionsValidationException>(
            () => far.Client(options => options.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(19)));
    }

    /// <summary>The other side: counts requests and answers the n-th as told.</summary>
    private sealed class FarEnd(Func<int, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        public const string Address = "http://far.example/";

        private int _requests;

        public FarEnd(Func<int, HttpResponseMessage> answer) : this((n, _) => Task.FromResult(answer(n)))
        {
        }

        public int Requests => _requests;

        public HttpClient Client(Action<HttpStandardResilienceOptions>? configure = null)
        {
            var services = new ServiceCollection();
            services.AddHttpClient("client").ConfigurePrimaryHttpMessageHandler(() => this)
                .AddStandardResilienceHandler(options =>
                {
                    options.Retry.Delay = TimeSpan.FromMilliseconds(1);
                    configure?.Invoke(options);
                });

            return services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("client");
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await answer(Interlocked.Increment(ref _requests), cancellationToken);
            response.RequestMessage = request;
            return response;
        }
    }
}
