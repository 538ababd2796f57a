using System.Net;
using Platform.Api.Calendars;
using Platform.Contracts;
using Platform.Contracts.Calendars;
using Platform.Core.ICalendar;
using Platform.Tests.Clients;
using Platform.Tests.Support;
using Platform.Tests.Worker;

namespace Platform.Tests.Calendars;

public sealed class CalendarRouteTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_booking_is_a_calendar_file_without_an_envelope()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set name = 'Visit 😀, عربي'");
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { Note = "Line 1\nLine 2;" });

        using var response = await tenant.Client.GetAsync($"/api/v1/bookings/{booking.Id}/calendar.ics");

        Assert.Equal("text/calendar; charset=utf-8", $"{response.Content.Headers.ContentType}");
        var e = Assert.Single(Events(await response.Content.ReadAsStringAsync()));
        Assert.Equal((booking.Uid, booking.Start, booking.End), (e.Uid, e.Start, e.End));
        Assert.Equal("Visit 😀, عربي: Ada", e.Summary);
        Assert.Equal("ada@example.com\nLine 1\nLine 2;", e.Description);
        Assert.Equal("Dr Who", e.Location);
        Assert.Equal(CalendarStatus.Confirmed, e.Status);
        using var cancelled = await tenant.Client.PostAsync($"/api/v1/bookings/{booking.Id}/cancel", null);
        Assert.Equal(CalendarStatus.Cancelled, Assert.Single(Events(
            await tenant.Client.GetStringAsync($"/api/v1/bookings/{booking.Id}/calendar.ics"))).Status);
    }

    [Fact]
    public async Task A_range_of_bookings_leaves_out_what_was_cancelled()
    {
        var tenant = await platform.NewTenantAsync();
        var first = await tenant.BookedAsync(tenant.AtNoon());
        var second = await tenant.BookedAsync(tenant.AtNoon() with { Start = first.Start.AddHours(1) });
        using var _ = await tenant.Client.PostAsync($"/api/v1/bookings/{second.Id}/cancel", null);

        var text = await tenant.Client.GetStringAsync(
            $"/api/v1/bookings/calendar.ics?from=2026-03-02&to=2026-03-03&resourceId={tenant.DoctorId}");

        Assert.Equal([first.Uid], Events(text).Select(e => e.Uid));
    }

    [Theory]
    [InlineData("/api/v1/bookings/999999/calendar.ics", 404, Codes.NotFound)]
    [InlineData("/api/v1/bookings/calendar.ics?from=2026-03-02&to=2026-03-03&resourceId=999999", 404, Codes.NotFound)]
    [InlineData("/api/v1/bookings/calendar.ics?from=2026-03-02&to=2026-03-01", 422, Codes.InvalidRange)]
    [InlineData("/api/v1/bookings/calendar.ics?from=2025-03-02&to=2027-03-01", 422, Codes.RangeTooLong)]
    [InlineData("/api/v1/bookings/calendar.ics", 400, Codes.ValidationFailed)]
    [InlineData("/public/api/v1/feeds/nonsense.ics", 404, Codes.NotFound)]
    [InlineData("/public/api/v1/feeds/1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics", 404, Codes.NotFound)]
    [InlineData("/public/api/v1/feeds/999999.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics", 404, Codes.NotFound)]
    public async Task Invalid_calendar_requests_are_refused(string path, int status, string code)
    {
        var tenant = await platform.UntouchedTenantAsync();

        using var response = await tenant.Client.GetAsync(path);

        Assert.Equal((status, code), await response.ProblemAsync());
    }

    [Fact]
    public async Task Anyone_with_the_URL_can_read_a_feed_and_it_contains_no_names()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { Note = "secret" });
        using var anybody = platform.Client();

        var feed = await FeedAsync(tenant, null);
        using var response = await anybody.GetAsync(feed.Path);

        Assert.StartsWith($"{tenant.Id}.", feed.Token, StringComparison.Ordinal);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(booking.Uid, Assert.Single(Events(text)).Uid);
        Assert.DoesNotContain("Ada", text);
        Assert.DoesNotContain("ada@example.com", text);
        Assert.DoesNotContain("secret", text);
        Assert.Contains("Ada", await anybody.GetStringAsync((await FeedAsync(tenant, """{ "details": true }""")).Path));
    }

    [Fact]
    public async Task A_feed_that_has_not_changed_is_not_sent_again()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        using var anybody = platform.Client();
        var feed = await FeedAsync(tenant, null);

        using var first = await anybody.GetAsync(feed.Path);
        using var same = await AskAsync(anybody, feed.Path, first);
        await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am });
        using var changed = await AskAsync(anybody, feed.Path, first);

        Assert.NotNull(first.Content.Headers.LastModified);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task Each_change_of_what_a_feed_shows_is_in_its_next_answer()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        using var anybody = platform.Client();
        var feed = await FeedAsync(tenant, """{ "details": true }""");
        var before = await ReadAsync();

        using var renamed = await tenant.SendAsync(HttpMethod.Patch, $"/api/v1/clients/{booking.Client!.Id}", """{ "name": "Grace" }""");
        var client = await ReadAsync();
        using var called = await tenant.SendAsync(HttpMethod.Patch, $"/api/v1/services/{tenant.ServiceId}", """{ "name": "Checkup" }""");
        var service = await ReadAsync();
        using var placed = await tenant.SendAsync(HttpMethod.Patch, $"/api/v1/resources/{tenant.DoctorId}", """{ "name": "Dr Why" }""");
        var resource = await ReadAsync();
        using var cancelled = await tenant.Client.PostAsync($"/api/v1/bookings/{booking.Id}/cancel", null);
        var empty = await ReadAsync();

        Assert.Contains("SUMMARY:Visit: Ada", before, StringComparison.Ordinal);
        Assert.Contains("SUMMARY:Visit: Grace", client, StringComparison.Ordinal);
        Assert.Contains("SUMMARY:Checkup: Grace", service, StringComparison.Ordinal);
        Assert.Contains("LOCATION:Dr Why", resource, StringComparison.Ordinal);
        Assert.DoesNotContain("BEGIN:VEVENT", empty, StringComparison.Ordinal);

        async Task<string> ReadAsync() => await anybody.GetStringAsync(feed.Path);
    }

    [Fact]
    public async Task An_unchanged_feed_takes_one_round_trip_and_callers_share_the_check_that_follows_theirs()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        using var anybody = platform.Client();
        var feed = await FeedAsync(tenant, null);
        using var first = await anybody.GetAsync(feed.Path);
        using var write = await tenant.SendAsync(HttpMethod.Post, $"/api/v1/resources/{tenant.DoctorId}/nothing", "{}");
        using var request = new HttpRequestMessage(HttpMethod.Get, feed.Path);
        var trace = platform.Api.Statements.Watch(request);

        using var kept = await anybody.SendAsync(request);

        Assert.Equal(await first.Content.ReadAsStringAsync(), await kept.Content.ReadAsStringAsync());
        Assert.Single(
            platform.Api.Statements.RoundTripsOf(trace),
            trip => trip.Any(statement => statement.Contains("search_path", StringComparison.Ordinal)));

        var (checks, gate, begun) = (new SharedChecks(), new TaskCompletionSource<string?>(), 0);
        var running = checks.JoinAsync(CheckAsync);
        await Eventually.TrueAsync(() => begun == 1);
        var (second, third) = (checks.JoinAsync(CheckAsync), checks.JoinAsync(CheckAsync));
        gate.SetResult("version");

        Assert.All(await Task.WhenAll(running, second, third), version => Assert.Equal("version", version));
        Assert.Equal(2, begun);

        Task<string?> CheckAsync()
        {
            Interlocked.Increment(ref begun);
            return gate.Task;
        }
    }

    [Fact]
    public async Task Replacing_or_deleting_a_feed_URL_ends_the_old_one()
    {
        var tenant = await platform.NewTenantAsync();
        using var anybody = platform.Client();

        var old = await FeedAsync(tenant, null);
        var current = await FeedAsync(tenant, null);
        using var ended = await anybody.GetAsync(old.Path);
        using var works = await anybody.GetAsync(current.Path);
        using var deleted = await tenant.Client.DeleteAsync($"/api/v1/resources/{tenant.DoctorId}/feed");
        using var again = await tenant.Client.DeleteAsync($"/api/v1/resources/{tenant.DoctorId}/feed");
        using var gone = await anybody.GetAsync(current.Path);

        Assert.Equal((404, Codes.NotFound), await ended.ProblemAsync());
        Assert.Equal(HttpStatusCode.OK, works.StatusCode);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (deleted.StatusCode, again.StatusCode));
        Assert.Equal((404, Codes.NotFound), await gone.ProblemAsync());
    }

    [Fact]
    public async Task Two_feed_URLs_created_concurrently_leave_one_that_works()
    {
        var tenant = await platform.NewTenantAsync();
        using var anybody = platform.Client();

        var feeds = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => FeedAsync(tenant, null)));

        var answers = await Task.WhenAll(feeds.Select(feed => anybody.GetAsync(feed.Path)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_of_one_tenant_opens_no_feed_of_another()
    {
        var (mine, other) = (await platform.NewTenantAsync(), await platform.NewTenantAsync());
        using var anybody = platform.Client();
        var feed = await FeedAsync(mine, null);

        using var forged = await anybody.GetAsync(feed.Path.Replace($"{mine.Id}.", $"{other.Id}.", StringComparison.Ordinal));
        using var foreign = await mine.SendAsync(HttpMethod.Post, $"/api/v1/resources/{other.DoctorId}/feed", "{}");

        Assert.Equal((404, Codes.NotFound), await forged.ProblemAsync());
        Assert.Equal((404, Codes.NotFound), await foreign.ProblemAsync());
    }

    private static async Task<FeedResponse> FeedAsync(TestTenant tenant, string? body)
    {
        using var response = await tenant.SendAsync(HttpMethod.Post, $"/api/v1/resources/{tenant.DoctorId}/feed", body);
        return await response.DataAsync<FeedResponse>();
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient client, string path, HttpResponseMessage known)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(known.Headers.ETag!);
        return client.SendAsync(request);
    }

    private static List<CalendarEvent> Events(string text)
    {
        var entries = CalendarReader.Read(text, Core.Availability.ZoneRules.Get("Etc/UTC"));
        Assert.All(entries, entry => Assert.Null(entry.Error));
        return [.. entries.Select(entry => entry.Event!.Event)];
    }
}
