using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Api.Access;
using Platform.Contracts;
using Platform.Contracts.Calendars;
using Platform.Core.ICalendar;
using Platform.Tests.Support;

namespace Platform.Tests.Calendars;

public sealed class PersonFeedTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_person_reads_what_they_made_and_what_their_resource_has_and_no_more_after_they_left()
    {
        var tenant = await platform.NewTenantAsync();
        using var anybody = platform.Client();
        var feed = await FeedAsync(tenant);

        using var empty = await anybody.GetAsync(feed.Path);
        var mine = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync("""
            insert into bookings (id, uid, service_id, start_at, end_at, time_zone, status, before_buffer_minutes,
                after_buffer_minutes, version, created_at, updated_at, created_by, local_date)
            select 5, 'others', id, '2026-03-02T15:00Z', '2026-03-02T16:00Z', 'UTC', 'confirmed', 0, 0, 1, now(), now(),
                'user:1', '2026-03-02' from services
            """);
        using var head = await anybody.SendAsync(new(HttpMethod.Head, feed.Path));
        using var made = await anybody.GetAsync(feed.Path);
        using var request = new HttpRequestMessage(HttpMethod.Get, feed.Path);
        request.Headers.IfNoneMatch.Add(made.Headers.ETag!);
        using var same = await anybody.SendAsync(request);
        await tenant.ExecuteAsync($"""
            insert into allocations (booking_id, resource_id, unit, occupied)
            values (5, {tenant.DoctorId}, 1, '[2026-03-02T15:00Z,2026-03-02T16:00Z)')
            """);
        await platform.ExecutePlatformAsync($"""
            update memberships set kind = 'professional', resource_id = {tenant.DoctorId} where tenant_id_fk = {tenant.Id}
            """);
        Forget(tenant);
        using var linked = await anybody.GetAsync(feed.Path);
        await platform.ExecutePlatformAsync($"update memberships set active = false where tenant_id_fk = {tenant.Id}");
        Forget(tenant);
        using var left = await anybody.GetAsync(feed.Path);

        Assert.Empty(await EventsAsync(empty));
        Assert.Contains("BEGIN:VCALENDAR", await empty.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, made.Headers.ETag), (head.StatusCode, head.Headers.ETag));
        Assert.Equal([mine.Uid], await EventsAsync(made));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal([mine.Uid, "others"], await EventsAsync(linked));
        Assert.Equal((404, Codes.NotFound), await left.ProblemAsync());
    }

    [Fact]
    public async Task Replacing_or_deleting_it_ends_the_old_URL()
    {
        var tenant = await platform.NewTenantAsync();
        using var anybody = platform.Client();
        var before = await ReadAsync(tenant);
        var old = await FeedAsync(tenant);
        var current = await FeedAsync(tenant);
        var known = await ReadAsync(tenant);

        using var ended = await anybody.GetAsync(old.Path);
        using var works = await anybody.GetAsync(current.Path);
        using var deleted = await tenant.Client.DeleteAsync("/api/v1/me/feed");
        using var again = await tenant.Client.DeleteAsync("/api/v1/me/feed");
        using var gone = await anybody.GetAsync(current.Path);

        Assert.Equal((false, true, null), (before.Exists, known.Exists, known.Token));
        Assert.Equal((404, Codes.NotFound), await ended.ProblemAsync());
        Assert.Equal(HttpStatusCode.OK, works.StatusCode);
        Assert.Equal((204, 204), ((int)deleted.StatusCode, (int)again.StatusCode));
        Assert.Equal((404, Codes.NotFound), await gone.ProblemAsync());
    }

    private static async Task<PersonFeedResponse> ReadAsync(TestTenant tenant)
    {
        using var response = await tenant.Client.GetAsync("/api/v1/me/feed");
        return await response.DataAsync<PersonFeedResponse>();
    }

    private static async Task<PersonFeedResponse> FeedAsync(TestTenant tenant)
    {
        using var response = await tenant.Client.PostAsJsonAsync("/api/v1/me/feed", new CreateFeedRequest(), PlatformJson.Options);
        return await response.DataAsync<PersonFeedResponse>();
    }

    /// <summary>As two seconds do, for which members are known.</summary>
    private void Forget(TestTenant tenant)
    {
        using var scope = platform.Api.Services.CreateScope();
        scope.ServiceProvider.GetRequiredService<Members>().Forget(tenant.UserId, tenant.Id);
    }

    private static async Task<List<string>> EventsAsync(HttpResponseMessage response) =>
    [
        .. CalendarReader.Read(await response.Content.ReadAsStringAsync(), NodaTime.DateTimeZone.Utc).Select(e => e.Event!.Event.Uid),
    ];
}
