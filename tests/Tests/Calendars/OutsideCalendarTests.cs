using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Calendars;
using Platform.Tests.Bookings;
using Platform.Tests.Support;
using Platform.Tests.Worker;
using static Platform.Tests.Calendars.OutsideWorld;

namespace Platform.Tests.Calendars;

[Collection(UsesOutsideWorld.Name)]
public sealed class OutsideCalendarTests(OutsideWorld world)
{
    private static readonly DateTimeOffset Noon = PlatformFixture.Monday9am.AddHours(3);

    [Fact]
    public async Task Busy_times_block_slots_holds_bookings_and_moves_until_they_go()
    {
        var tenant = await world.Platform.NewTenantAsync();
        world.Serve("/blocks.ics", Calendar("1200", "1330"));

        var calendar = await world.ConnectAsync(tenant, "/blocks.ics");

        Assert.Equal((1, 0, null), (calendar.BusyTimes, calendar.Unreadable, calendar.LastError));
        Assert.Equal(PlatformFixture.Monday9am, calendar.LastSuccessAt);
        Assert.InRange(calendar.NextPollAt!.Value, PlatformFixture.Monday9am.AddMinutes(4), PlatformFixture.Monday9am.AddMinutes(6));
        Assert.Equal(["02 09:00", "02 10:00", "02 11:00", "02 14:00", "02 15:00", "02 16:00"], await tenant.StartsAsync());
        var booking = await tenant.BookedAsync(tenant.AtNoon("b@x.org") with { Start = Noon.AddHours(-1) });
        using var refused = await tenant.BookAsync(tenant.AtNoon());
        using var held = await tenant.HoldAsync(Noon.AddHours(1));
        using var moved = await tenant.SendAsync(
            "POST", $"/bookings/{booking.Id}/reschedule", """{ "start": "2026-03-02T13:00:00Z" }""");
        foreach (var response in (HttpResponseMessage[])[refused, held, moved])
        {
            Assert.Equal((409, Codes.BusyElsewhere), await response.ProblemAsync());
            var body = await response.BodyAsync();
            Assert.Equal("Dr Who", body.GetProperty("resources")[0].GetProperty("name").GetString());
            Assert.Equal("2026-03-02T14:00:00Z", body.GetProperty("nextSlots")[0].GetProperty("start").GetString());
        }

        using var anybody = world.Platform.Client();
        using var stranger = await anybody.PostAsJsonAsync(
            $"/public/api/v1/{tenant.Slug}/bookings",
            new PublicBookingRequest(tenant.ServiceId, Noon, new("Ada", "ada@example.com"), Consent: true), PlatformJson.Options);
        Assert.Equal((409, Codes.BookingConflict), await stranger.ProblemAsync());

        using var deleted = await tenant.Client.DeleteAsync(PathOf(calendar));
        Assert.Equal(204, (int)deleted.StatusCode);
        await tenant.BookedAsync(tenant.AtNoon());
        Assert.Equal(0, await tenant.CountAsync("select count(*) from outside_busy_times"));
        Assert.Equal(0, await tenant.CountAsync($"select count(*) from platform.calendar_polls where tenant_id = {tenant.Id}"));
    }

    [Fact]
    public async Task A_booking_that_meets_a_later_busy_time_stays_and_is_listed_for_attention()
    {
        var tenant = await world.Platform.NewTenantAsync();
        var met = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.BookedAsync(tenant.AtNoon("b@x.org") with { Start = Noon.AddHours(2) });
        world.Serve("/later.ics", Calendar("1200", "1330"));
        await world.ConnectAsync(tenant, "/later.ics");

        var found = Assert.Single(await tenant.AttentionAsync());

        var reason = Assert.Single(found.Reasons);
        Assert.Equal(
            (met.Id, Codes.BusyElsewhere, tenant.DoctorId, "Dr Who is busy in another calendar then."),
            (found.Booking!.Id, reason.Code, reason.ResourceId, reason.Message));
        Assert.Equal(
            [new(tenant.DoctorId, Noon, Noon.AddHours(1.5))],
            await tenant.SentAsync<List<BusyTimeResponse>>("GET", $"/busy-times?from=2026-03-02&to=2026-03-03&resourceId={tenant.DoctorId}"));
        Assert.Empty(await tenant.SentAsync<List<BusyTimeResponse>>("GET", "/busy-times?from=2026-03-03&to=2026-03-04"));
        Assert.Equal((422, Codes.RangeTooLong, "to"), await tenant.RefusedAsync("GET", "/busy-times?from=2026-03-03&to=2026-06-04"));
        Assert.Equal((404, Codes.NotFound, "resourceId"), await tenant.RefusedAsync("GET", "/busy-times?from=2026-03-03&to=2026-03-04&resourceId=1"));
        await tenant.ExecuteAsync("update bookings set source = 'import'");
        Assert.Empty(await tenant.AttentionAsync());
    }

    [Fact]
    public async Task A_busy_time_that_is_stored_between_reading_and_writing_refuses_the_booking()
    {
        var tenant = await world.Platform.NewTenantAsync();
        await tenant.ExecuteAsync("update resources set capacity = 2"); // so that the write waits for the row of the resource
        await using var connection = new NpgsqlConnection(world.Platform.Databases.TenantDb);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync($"set local search_path to {tenant.Schema}; select from resources where id = {tenant.DoctorId} for update");

        var booking = tenant.BookAsync(tenant.AtNoon());
        await Eventually.TrueAsync(async () => await tenant.CountAsync(
            $"select count(*) from pg_stat_activity where {connection.ProcessID} = any(pg_blocking_pids(pid))") > 0);
        await ExecuteAsync($"""
            insert into outside_busy_times (calendar_id, resource_id, during)
            values ({tenant.CalendarId}, {tenant.DoctorId}, '[2026-03-02T12:30Z,2026-03-02T12:45Z)')
            """);
        await transaction.CommitAsync();

        using var refused = await booking;
        Assert.Equal((409, Codes.BusyElsewhere), await refused.ProblemAsync());

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task Buffers_do_not_overlap_busy_times_and_all_places_are_taken()
    {
        var tenant = await world.Platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set after_buffer_minutes = 30; update resources set capacity = 5");
        world.Serve("/capacity.ics", Calendar("1215", "1230"));

        await world.ConnectAsync(tenant, "/capacity.ics");

        Assert.Equal(
            ["02 09:00", "02 10:00", "02 13:00", "02 14:00", "02 15:00", "02 16:00"], await tenant.StartsAsync());
        await tenant.ExecuteAsync("update services set after_buffer_minutes = 0, capacity = 8"); // sessions
        Assert.DoesNotContain("02 12:00", await tenant.StartsAsync());
        Assert.Contains("02 11:00", await tenant.StartsAsync());
    }

    [Fact]
    public async Task Busy_wholes_keep_their_parts_and_busy_parts_their_whole()
    {
        var tenant = await world.Platform.NewTenantAsync();
        await tenant.ExecuteAsync($"""
            insert into resources (id, category_id, name, parent_id) values (77, {tenant.CategoryId}, 'Half', {tenant.DoctorId});
            update schedules set resource_id = null;
            insert into services (id, name, durations_minutes, slot_interval_minutes, booking_window_days) values (78, 'Small', '{"{60}"}', 60, 60);
            insert into service_resources (service_id, resource_id) values (78, 77);
            """);
        world.Serve("/whole.ics", Calendar("1200", "1300"));
        world.Serve("/part.ics", Calendar("1500", "1600"));

        await world.ConnectAsync(tenant, "/whole.ics");
        await world.ConnectAsync(tenant, "/part.ics", resource: 77);

        string[] free = ["02 09:00", "02 10:00", "02 11:00", "02 13:00", "02 14:00", "02 16:00"];
        Assert.Equal(free, await tenant.StartsAsync());
        Assert.Equal(free, await tenant.StartsAsync(serviceId: 78));
        await tenant.ExecuteAsync("update resources set parent_id = null where id = 77");
        Assert.Contains("02 12:00", await tenant.StartsAsync(serviceId: 78));
        Assert.DoesNotContain("02 15:00", await tenant.StartsAsync(serviceId: 78));
    }

    [Fact]
    public async Task Polls_ask_for_changes_and_keep_what_they_have_while_a_calendar_cannot_be_read()
    {
        var tenant = await world.Platform.NewTenantAsync();
        world.Serve("/changes.ics", Calendar("1200", "1300"), "\"1\"");
        var first = await world.ConnectAsync(tenant, "/changes.ics");
        var version = await tenant.ValueAsync("select xmin::text from outside_busy_times");

        var same = await world.PollNowAsync(tenant, first);
        Assert.Equal(version, await tenant.ValueAsync("select xmin::text from outside_busy_times")); // 304: not written again
        world.Answers["/changes.ics"] = context => Task.FromResult(context.Response.StatusCode = 404);
        var gone = await world.PollNowAsync(tenant, first);
        var kept = await tenant.StartsAsync();
        world.Serve("/changes.ics", Calendar("1400", "1500"), "\"2\"");
        var back = await world.PollNowAsync(tenant, first);

        Assert.Null(same.LastError);
        Assert.Equal((CalendarProblems.NotFound, 404), (gone.LastError!.Code, gone.LastError.Status));
        Assert.StartsWith("There is no calendar at this URL.", gone.LastError.Message, StringComparison.Ordinal);
        Assert.True(gone.NextPollAt >= PlatformFixture.Monday9am.AddMinutes(54)); // slower: only a person can end it
        Assert.Equal(1, gone.BusyTimes);
        Assert.DoesNotContain("02 12:00", kept);
        Assert.Null(back.LastError);
        var now = await tenant.StartsAsync();
        Assert.Contains("02 12:00", now);
        Assert.DoesNotContain("02 14:00", now);
    }

    [Fact]
    public async Task Whatever_a_server_does_is_an_error_in_plain_words()
    {
        var tenant = await world.Platform.NewTenantAsync();
        Dictionary<string, Func<HttpContext, Task>> servers = new()
        {
            [CalendarProblems.Unauthorized] = context => Task.FromResult(context.Response.StatusCode = 401),
            [CalendarProblems.Gone] = context => Task.FromResult(context.Response.StatusCode = 410),
            [CalendarProblems.Refused] = context => Task.FromResult(context.Response.StatusCode = 500),
            [CalendarProblems.NotACalendar] = context => context.Response.WriteAsync("<html>Sign in</html>"),
            [CalendarProblems.TooLarge] = context => context.Response.WriteAsync(new string('x', 200_000)),
            [CalendarProblems.Timeout] = context => Task.Delay(Timeout.Infinite, context.RequestAborted),
            [CalendarProblems.Unreachable] = context =>
            {
                context.Abort();
                return Task.CompletedTask;
            },
            ["bomb"] = async context =>
            {
                context.Response.Headers.ContentEncoding = "gzip";
                await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
                await gzip.WriteAsync(new byte[10_000_000]);
            },
            [CalendarProblems.NotAllowed] = context =>
            {
                context.Response.Redirect("http://127.0.0.1:1/secret");
                return Task.CompletedTask;
            },
        };
        foreach (var (name, answer) in servers)
        {
            world.Answers[$"/bad/{name}"] = answer;
            await OutsideWorld.ConnectAsync(tenant, new CreateOutsideCalendarRequest(name, world.UrlOf($"/bad/{name}")));
        }

        await world.PollAsync();

        using var response = await tenant.Client.GetAsync($"/api/v1/resources/{tenant.DoctorId}/calendars");
        var read = (await response.DataAsync<List<OutsideCalendarResponse>>()).FindAll(c => c.Id != tenant.CalendarId);
        Assert.Equal(servers.Count, read.Count);
        Assert.All(read, c => Assert.Equal(c.Name == "bomb" ? CalendarProblems.TooLarge : c.Name, c.LastError?.Code));
        Assert.All(read, c => Assert.EndsWith(".", c.LastError!.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Packed_files_redirects_and_our_own_bookings_are_read_for_what_they_are()
    {
        var tenant = await world.Platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        world.Answers["/moved.ics"] = context =>
        {
            context.Response.Redirect("/packed.ics", permanent: true);
            return Task.CompletedTask;
        };
        world.Answers["/packed.ics"] = async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(
                Calendar("1200", "1300", uid: booking.Uid) + Calendar("1000", "1100", "TRANSP:TRANSPARENT")
                + Calendar("1400", "1500", uid: "other")));
        };

        var calendar = await world.ConnectAsync(tenant, "/moved.ics");

        Assert.Equal(1, calendar.BusyTimes);
        Assert.Equal(["02 09:00", "02 10:00", "02 11:00", "02 13:00", "02 15:00", "02 16:00"], await tenant.StartsAsync());
        using var cancelled = await tenant.SendAsync("POST", $"/bookings/{booking.Id}/cancel", "{}");
        await world.PollNowAsync(tenant, calendar);
        Assert.Contains("02 12:00", await tenant.StartsAsync());
    }

    [Theory]
    [InlineData("""{ "name": "x", "url": "https://192.168.0.1/a.ics" }""", 422, Codes.UrlNotAllowed)]
    [InlineData("""{ "name": "x", "url": "http://example.com/a.ics" }""", 422, Codes.UrlNotAllowed)]
    [InlineData("""{ "name": "x", "url": "webcal://localhost/a.ics" }""", 422, Codes.UrlNotAllowed)]
    [InlineData("""{ "name": "x", "url": "https://u:p@example.com/a.ics" }""", 422, Codes.UrlNotAllowed)]
    [InlineData("""{ "name": "x", "url": "file:///etc/passwd" }""", 422, Codes.UrlNotAllowed)]
    [InlineData("""{ "name": "x", "url": "https://example.com/", "kind": "caldav" }""", 422, Codes.ValidationFailed)]
    [InlineData("""{ "name": "x", "url": "https://example.com/", "kind": "carddav" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "x", "url": "https://example.com/", "userName": "u" }""", 422, Codes.ValidationFailed)]
    [InlineData("""{ "url": "https://example.com/" }""", 400, Codes.ValidationFailed)]
    public async Task Invalid_calendars_are_refused(string body, int status, string code)
    {
        var tenant = await world.Platform.UntouchedTenantAsync();

        using var response = await tenant.SendAsync("POST", $"/resources/{tenant.DoctorId}/calendars", body);

        Assert.Equal((status, code), await response.ProblemAsync());
    }

    [Fact]
    public async Task Secrets_are_stored_encrypted_and_shown_nowhere_and_calendars_are_their_tenants_own()
    {
        var (tenant, other) = (await world.Platform.NewTenantAsync(), await world.Platform.NewTenantAsync());
        const string secret = "private-0123456789abcdef";

        using var created = await tenant.Client.PostAsJsonAsync(
            $"/api/v1/resources/{tenant.DoctorId}/calendars",
            new CreateOutsideCalendarRequest("Mine", $"webcal://calendar.example.com/ical/{secret}/basic.ics"), PlatformJson.Options);

        var calendar = await created.DataAsync<OutsideCalendarResponse>();
        Assert.Equal("https://calendar.example.com/…/basic.ics", calendar.Url);
        Assert.DoesNotContain(secret, await created.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var rows = $"{await tenant.ValueAsync("select string_agg(row_to_json(c)::text, '') from outside_calendars c")}"
            + await tenant.ValueAsync($"select string_agg(row_to_json(a)::text, '') from platform.audit_outbox a where tenant_id = {tenant.Id}");
        Assert.Contains("calendar.example.com", rows, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, rows, StringComparison.Ordinal);
        using var foreign = await other.Client.GetAsync(PathOf(calendar));
        using var foreignList = await other.Client.GetAsync($"/api/v1/resources/{tenant.DoctorId}/calendars");
        Assert.Equal((404, Codes.NotFound), await foreign.ProblemAsync());
        Assert.Equal((404, Codes.NotFound), await foreignList.ProblemAsync());

        // Connected again by the tail of another resource's list: still unknown.
        using var elsewhere = await tenant.Client.GetAsync($"/api/v1/resources/{tenant.DoctorId + 1}/calendars/{calendar.Id}");
        Assert.Equal((404, Codes.NotFound), await elsewhere.ProblemAsync());
        await tenant.ExecuteAsync($"delete from outside_calendars; delete from platform.calendar_polls where tenant_id = {tenant.Id}");
    }
}
