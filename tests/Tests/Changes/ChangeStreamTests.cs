using System.Net.Http.Headers;
using Platform.Api.Changes;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Changes;
using Platform.Tests.Support;

namespace Platform.Tests.Changes;

public sealed class ChangeStreamTests(PlatformFixture platform)
{
    [Fact]
    public async Task The_stream_sends_changes_as_they_happen_and_resumes_from_the_last_id()
    {
        var tenant = await platform.NewTenantAsync();
        var before = await tenant.BookedAsync(tenant.AtNoon()); // before the stream is opened
        using var first = await FollowAsync(tenant);
        var reader = new StreamReader(await first.Content.ReadAsStreamAsync());
        Assert.Equal("retry: 2000", await reader.ReadLineAsync());

        var booked = await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddDays(1) });
        var events = new List<string>();
        while (!events.Any(e => e.Contains($"\"url\":\"/api/v1/bookings/{booked.Id}\"", StringComparison.Ordinal)))
        {
            events.Add(await NextAsync(reader));
        }

        await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{booked.Id}/cancel", """{ "reason": "Ill" }""");
        var id = events[^1].Split('\n')[0]["id: ".Length..];
        using var second = await FollowAsync(tenant, lastEventId: id);
        var resumed = new StreamReader(await second.Content.ReadAsStreamAsync());
        await resumed.ReadLineAsync();
        await resumed.ReadLineAsync();

        Assert.DoesNotContain(events, e => e.Contains($"/bookings/{before.Id}\"", StringComparison.Ordinal));
        Assert.Equal("text/event-stream", first.Content.Headers.ContentType?.MediaType);
        Assert.Contains("event: booking.changed", events[^1], StringComparison.Ordinal);
        Assert.Contains($"/bookings/{booked.Id}\"", await NextAsync(resumed), StringComparison.Ordinal);
        var feed = await tenant.SentAsync<ChangeFeed>("GET", $"/changes?after={id}"); // the same cursors
        Assert.Equal(booked.Id, Assert.Single(feed.Changes, c => c.Type == ChangeTypes.Booking).Id);
    }

    [Fact]
    public async Task A_stream_requires_its_media_type_a_valid_last_id_and_is_limited_per_tenant()
    {
        var tenant = await platform.NewTenantAsync();

        Assert.Equal((406, Codes.NotAcceptable, (string?)null), await tenant.RefusedAsync("GET", "/events/stream"));
        using var malformed = await FollowAsync(tenant, lastEventId: "no cursor");
        Assert.Equal(400, (int)malformed.StatusCode);

        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < OpenStreams.PerTenant; i++) open.Add(await FollowAsync(tenant));
        using var beyond = await FollowAsync(tenant);
        Assert.Equal((429, Codes.RateLimited), await beyond.ProblemAsync());
        open.ForEach(response => response.Dispose());
    }

    private static Task<HttpResponseMessage> FollowAsync(TestTenant tenant, string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events/stream");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return tenant.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The lines of the next event.</summary>
    private static async Task<string> NextAsync(StreamReader stream)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var lines = new List<string>();
        while (lines.Count == 0 || lines[^1].Length > 0)
        {
            var line = await stream.ReadLineAsync(timeout.Token) ?? throw new InvalidOperationException("The stream has ended.");
            if (line.Length > 0 || lines.Count > 0) lines.Add(line);
        }

        return string.Join('\n', lines);
    }
}
