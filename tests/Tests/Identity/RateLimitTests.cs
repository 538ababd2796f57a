using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Platform.ServiceDefaults.RateLimits;
using Platform.Tests.Identity.Support;
using Platform.Tests.Support;

namespace Platform.Tests.Identity;

/// <summary>Rate limits by address and by client.</summary>
public sealed class RateLimitTests(IdentityFixture fixture) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    [Fact]
    public async Task Sign_ins_at_two_replicas_count_together()
    {
        var settings = new Dictionary<string, string> { ["RateLimits:KeyPrefix"] = $"{Guid.CreateVersion7():n}", ["RateLimits:SignIns"] = "3" };
        await using var one = await fixture.StartAsync(settings);
        await using var other = await fixture.StartAsync(settings);

        var statuses = new List<HttpStatusCode>();
        foreach (var app in (IdentityApp[])[one, other, one, other, one]) statuses.Add((await SignInAsync(app)).StatusCode);
        using var refused = await SignInAsync(other, "/account/accept");
        var token = await other.Client("api").TokenAsync(("grant_type", "client_credentials"));

        Assert.DoesNotContain(HttpStatusCode.TooManyRequests, statuses[..3]);
        Assert.All(statuses[3..], status => Assert.Equal(HttpStatusCode.TooManyRequests, status));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 61);
        Assert.Equal(200, token.Status);
    }

    [Fact]
    public async Task Invented_clients_share_the_limit_of_their_address()
    {
        await using var app = await fixture.StartAsync(new Dictionary<string, string> { ["RateLimits:TokensPerAddress"] = "3" });

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 4; i++) statuses.Add((await TokenAsync(app, RelyingParty.Basic($"invented-{i}", "secret"))).StatusCode);
        using var inForm = await TokenAsync(app, null, ("client_id", "invented-in-form"));

        Assert.DoesNotContain(HttpStatusCode.TooManyRequests, statuses[..3]);
        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[3]);
        Assert.Equal(HttpStatusCode.TooManyRequests, inForm.StatusCode);
        Assert.InRange(inForm.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 61);
    }

    [Fact]
    public async Task A_known_client_has_a_limit_of_its_own_however_it_is_named()
    {
        await using var app = await fixture.StartAsync(new Dictionary<string, string> { ["RateLimits:Tokens"] = "2" });

        using var first = await TokenAsync(app, RelyingParty.Basic("hub", "wrong"));
        using var second = await TokenAsync(app, null, ("client_id", "hub"));
        using var third = await TokenAsync(app, null, ("client_id", "hub"));
        var other = await app.Client("api").TokenAsync(("grant_type", "client_credentials"));
        var unknown = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++) unknown.Add((await TokenAsync(app, null, ("client_id", "invented"))).StatusCode);

        Assert.All([first.StatusCode, second.StatusCode, .. unknown], status => Assert.NotEqual(HttpStatusCode.TooManyRequests, status));
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 61);
        Assert.Equal(200, other.Status);
    }

    [Fact]
    public async Task Without_redis_it_is_healthy_and_limits_sign_ins_by_itself()
    {
        await using var app = await fixture.StartAsync(new Dictionary<string, string>
        {
            ["ConnectionStrings:redis"] = "127.0.0.1:1",
            ["RateLimits:RedisTimeout"] = "00:00:00.250",
            ["RateLimits:SignIns"] = "5",
        });
        using var unavailable = new MeterReading(
            app.Services.GetRequiredService<IMeterFactory>(), SharedRateLimits.UnavailableCounter);

        var health = await _http.GetStringAsync($"{app.Issuer}/health");
        var watch = Stopwatch.StartNew();
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 7; i++) statuses.Add((await SignInAsync(app)).StatusCode);
        var elapsed = watch.Elapsed;

        Assert.Equal("Healthy", health);
        Assert.DoesNotContain(HttpStatusCode.TooManyRequests, statuses[..5]);
        Assert.All(statuses[5..], status => Assert.Equal(HttpStatusCode.TooManyRequests, status));
        Assert.True(elapsed < TimeSpan.FromSeconds(10), $"{elapsed}"); // each would wait five seconds for the client of Redis
        Assert.Equal(7, unavailable.Sum);
    }

    public void Dispose() => _http.Dispose();

    private Task<HttpResponseMessage> SignInAsync(IdentityApp app, string path = "/account/login") =>
        _http.PostAsync($"{app.Issuer}{path}", new FormUrlEncodedContent([]));

    private Task<HttpResponseMessage> TokenAsync(
        IdentityApp app, AuthenticationHeaderValue? client, params IEnumerable<(string Name, string Value)> form)
    {
        var fields = form.Select(field => KeyValuePair.Create(field.Name, field.Value)).Append(new("grant_type", "refresh_token"));
        return _http.SendAsync(new(HttpMethod.Post, $"{app.Issuer}/connect/token")
        {
            Content = new FormUrlEncodedContent(fields),
            Headers = { Authorization = client },
        });
    }
}
