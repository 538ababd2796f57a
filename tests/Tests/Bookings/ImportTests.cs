using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Core.Outbox;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

/// <summary>
/// Files of other systems. The doctor is open on weekdays from 9 to 17; it is Monday, 2026-03-02, 09:00.
/// </summary>
public sealed partial class ImportTests(PlatformFixture platform)
{
    private const string Header = "externalId,start,end,service,resources,clientName,clientEmail,clientPhone,status,note";

    private const string Calendar = """
        BEGIN:VCALENDAR
        VERSION:2.0
        BEGIN:VEVENT
        UID:one@elsewhere.test
        DTSTART;TZID=America/Sao_Paulo:20260310T060000
        DURATION:PT45M
        SUMMARY:First visit
        LOCATION:Dr Who
        STATUS:TENTATIVE
        ORGANIZER;CN=Practice:mailto:practice@example.test
        ATTENDEE;CN=Room 5;CUTYPE=ROOM:mailto:room5@example.test
        ATTENDEE;CN=Practice:mailto:practice@example.test
        ATTENDEE;CN=Ada:mailto:ada@example.test
        END:VEVENT
        BEGIN:VEVENT
        UID:weekly@elsewhere.test
        DTSTART:20260311T090000Z
        DTEND:20260311T100000Z
        RRULE:FREQ=WEEKLY
        END:VEVENT
        BEGIN:VEVENT
        UID:gone@elsewhere.test
        DTSTART:20260310T090000Z
        DTEND:20260310T100000Z
        STATUS:CANCELLED
        END:VEVENT
        BEGIN:VEVENT
        UID:nowhen@elsewhere.test
        END:VEVENT
        END:VCALENDAR
        """;

    [Fact]
    public async Task Valid_rows_become_bookings_though_others_are_refused_and_each_row_has_its_result()
    {
        var tenant = await platform.NewTenantAsync();
        var taken = await tenant.BookedAsync(tenant.AtNoon());

        var report = await tenant.ImportedAsync($""""
            {Header}
            past,2024-01-06T23:07:00Z,2024-01-06T23:50:00Z,Visit,,Old Client,old@x.test,,completed,"moved, ""twice"""
            taken,2026-03-02T12:30:00Z,,{tenant.ServiceId},,,,,,
            again,2026-03-03T03:00:00Z,,Visit,{tenant.DoctorId},Ada,ADA@example.com,+55 11 98765-4321,,
            service,2026-03-04T09:00:00Z,,Nonsense,,,,,,
            resource,2026-03-04T09:00:00Z,,Visit,999,,,,,
            phone,2026-03-04T09:00:00Z,,Visit,,Bo,,12,,
            email,2026-03-04T09:00:00Z,,Visit,,Bo,nonsense,,,
            zone,2026-03-04T09:00,,Visit,,,,,,
            when,yesterday,,Visit,,,,,,
            state,2026-03-04T09:00:00Z,,Visit,,,,,lost,
            early,2026-03-04T09:00:00Z,,Visit,,,,,completed,
            short,2026-03-04T09:00:00Z,2026-03-04T09:00:00Z,Visit,,,,,,
            age,1700-03-04T09:00:00Z,,Visit,,,,,,
            more,2026-03-04T09:00:00Z,,Visit,,,,,,,,x,
            past,2026-03-04T09:00:00Z,,Visit,,,,,,
            """");

        Assert.Equal((15, 2, 1, 12), (report.Rows, report.Imported, report.Skipped, report.Refused));
        Assert.Equal(
            [
                ("past", "imported", null, null), ("taken", "refused", Codes.BookingConflict, null),
                ("again", "imported", null, null), ("service", "refused", Codes.UnknownService, "service"),
                ("resource", "refused", Codes.UnknownResource, "resources"), ("phone", "refused", Codes.InvalidPhone, "client.phone"),
                ("email", "refused", Codes.ValidationFailed, "client.email"), ("zone", "refused", Codes.TimeZoneMissing, "timeZone"),
                ("when", "refused", Codes.ValidationFailed, "start"), ("state", "refused", Codes.ValidationFailed, "status"),
                ("early", "refused", Codes.InvalidTransition, "status"), ("short", "refused", Codes.InvalidRange, "end"),
                ("age", "refused", Codes.InvalidDate, "start"), (null, "refused", Codes.ValidationFailed, null),
                ("past", "skipped", null, null),
            ],
            report.Results.Select(r => (r.ExternalId, r.Status, r.Code, r.Field)));
        Assert.Equal(Enumerable.Range(1, 15).Select(row => (row, row + 1)), report.Results.Select(r => (r.Row, r.Line)));
        var old = await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{report.Results[0].BookingId}");
        Assert.Equal(("completed", "import", 43, "moved, \"twice\""),
            (old.Status, old.Source, (old.End - old.Start).TotalMinutes, old.Note));
        var known = await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{report.Results[2].BookingId}");
        Assert.Equal(("confirmed", taken.Client!.Id), (known.Status, known.Client!.Id));
    }

    [Fact]
    public async Task Each_imported_booking_has_its_history_and_its_event_like_any_other()
    {
        var tenant = await platform.NewTenantAsync();

        var report = await tenant.ImportedAsync($"{Header}\na,2026-03-03T10:00:00Z,,Visit,,Ada,ada@x.test,,,");

        var id = Assert.Single(report.Results).BookingId!.Value;
        var history = await tenant.SentAsync<List<BookingEventResponse>>("GET", $"/bookings/{id}/events");
        Assert.Equal((BookingCreated.EventType, $"user:{tenant.UserId}"), (Assert.Single(history).EventType, history[0].Actor));
        var sent = Assert.Single(await tenant.QueryAsync(db => Task.FromResult(db.Outbox.Where(m => m.TenantId == tenant.Id).ToList())));
        Assert.Equal((BookingCreated.EventType, id, 1), (sent.EventType, sent.AggregateId, sent.AggregateVersion));
        Assert.Equal("import", sent.Data.GetProperty("booking").GetProperty("source").GetString());
        Assert.DoesNotContain("03 10:00", await tenant.StartsAsync("from=2026-03-03T00:00:00Z&to=2026-03-04T00:00:00Z"));
    }

    [Fact]
    public async Task A_file_that_is_imported_twice_changes_nothing_the_second_time()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update resources set capacity = 5");
        var file = $"""
            {Header}
            a,2026-03-03T10:00:00Z,,Visit,,Ada,,,,
            ,2026-03-03T10:00:00Z,,Visit,,Bo,,,,
            ,2026-03-03T10:00:00Z,,Visit,,Bo,,,,
            ,2026-03-03T10:00:00Z,,Visit,,Cy,,,cancelled,
            """;
        var first = await tenant.ImportedAsync(file);
        var before = await tenant.RowsAsync();

        var second = await tenant.ImportedAsync(file);

        Assert.Equal((4, 0), (first.Imported, second.Imported));
        Assert.Equal(4, second.Skipped);
        Assert.Equal(first.Results.Select(r => r.BookingId), second.Results.Select(r => r.BookingId));
        Assert.Equal(before, await tenant.RowsAsync());
        Assert.Equal(3, await tenant.CountAsync("select count(*) from allocations where active"));
    }

    [Fact]
    public async Task A_dry_run_reports_the_results_and_writes_nothing()
    {
        var tenant = await platform.NewTenantAsync();
        var file = $"""
            {Header}
            a,2026-03-03T10:00:00Z,,Visit,,Ada,ada@x.test,,,
            b,2026-03-03T10:30:00Z,,Visit,,Ada,ada@x.test,,,
            """;
        var before = await tenant.RowsAsync();

        var dry = await tenant.ImportedAsync(file, "?dryRun=true");
        var after = await tenant.RowsAsync();
        var real = await tenant.ImportedAsync(file);

        Assert.Equal(before, after);
        Assert.True(dry.DryRun);
        Assert.All(dry.Results, r => Assert.Null(r.BookingId));
        Assert.Equal([("imported", null), ("refused", Codes.BookingConflict)], dry.Results.Select(r => (r.Status, r.Code)));
        Assert.Equal(dry.Results.Select(r => (r.Status, r.Code)), real.Results.Select(r => (r.Status, r.Code)));
    }

    [Fact]
    public async Task The_same_file_for_another_resource_is_other_rows()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(1);
        const string file = "start\n2026-03-03T10:00:00Z";
        var query = $"?serviceId={tenant.ServiceId}&resourceId=";

        var first = await tenant.ImportedAsync(file, $"{query}{tenant.DoctorId}");
        var other = await tenant.ImportedAsync(file, $"{query}1");
        var again = await tenant.ImportedAsync(file, $"{query}1");

        Assert.Equal((1, 1, 1), (first.Imported, other.Imported, again.Skipped));
    }

    [Fact]
    public async Task Importing_our_own_calendar_changes_nothing()
    {
        var tenant = await platform.NewTenantAsync();
        var booked = await tenant.BookedAsync(tenant.AtNoon());
        using var calendar = await tenant.Client.GetAsync("/api/v1/bookings/calendar.ics?from=2026-03-01&to=2026-04-01");

        var report = await tenant.ImportedAsync(await calendar.Content.ReadAsStringAsync(), "", "text/calendar");

        var row = Assert.Single(report.Results);
        Assert.Equal(("skipped", booked.Id, booked.Uid), (row.Status, row.BookingId, row.ExternalId));
    }

    [Fact]
    public async Task Imported_rows_count_towards_capacity_and_take_the_resource_they_name()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(2);
        await tenant.ExecuteAsync("update resources set capacity = 2 where id = 1; update resources set active = false where id = 2;");

        var report = await tenant.ImportedAsync(string.Join('\n',
            "externalId;start;resources;partySize;Favourite colour",
            "a;2026-03-03T10:00:00Z;R1;2;red",
            "b;2026-03-03T10:59:00Z;R1;1;red",
            "c;2026-03-03T10:00:00Z;R2;;blue",
            "d;2026-03-03T10:00:00Z;;;blue",
            "e;2026-03-03T10:00:00Z;;;blue",
            "f;2026-03-03T10:00:00Z;R1;3;blue"), $"?serviceId={tenant.ServiceId}");

        Assert.Equal(
            [null, Codes.BookingConflict, null, null, Codes.BookingConflict, Codes.CapacityFull],
            report.Results.Select(r => r.Code));
        Assert.Equal(["Favourite colour"], report.IgnoredColumns);
        var any = await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{report.Results[3].BookingId}");
        Assert.Equal(tenant.DoctorId, Assert.Single(any.Resources).Id);
    }

    private static string Events(params string[] events) => Events(events, "PUBLISH");

    private static string Events(string lines, string method) => Events([lines], method);

    private static string Events(string[] events, string method) =>
        $"BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:{method}\n"
        + string.Concat(events.Select(lines => $"BEGIN:VEVENT\n{lines.Replace('|', '\n')}\nEND:VEVENT\n")) + "END:VCALENDAR\n";

    [Theory]
    [InlineData("text/csv", "name\nAda", 422, Codes.InvalidFile)]
    [InlineData("text/csv", "", 422, Codes.InvalidFile)]
    [InlineData("text/csv", "start,start\nx,y", 422, Codes.InvalidFile)]
    [InlineData("text/csv", "start\n\u0000", 400, Codes.MalformedRequest)]
    [InlineData("text/calendar", "start\n2026-03-03T10:00:00Z", 422, Codes.InvalidFile)]
    [InlineData("application/json", "{}", 415, Codes.UnsupportedMediaType)]
    public async Task A_file_without_readable_bookings_is_refused_as_a_whole(
        string type, string file, int status, string code)
    {
        var tenant = await platform.NewTenantAsync();

        using var response = await tenant.ImportAsync(file, "", type);

        Assert.Equal((status, code), await response.ProblemAsync());
    }

    [Fact]
    public async Task A_file_may_have_five_thousand_rows_in_five_megabytes()
    {
        var tenant = await platform.NewTenantAsync();
        var rows = "start\n" + string.Concat(Enumerable.Repeat("2026-03-03T10:00:00Z\n", 5_001));
        var bytes = "start,note\n" + new string('x', 5 * 1024 * 1024);

        using var tooMany = await tenant.ImportAsync(rows);
        using var tooLarge = await tenant.ImportAsync(bytes);

        Assert.Equal((422, Codes.TooManyRows), await tooMany.ProblemAsync());
        Assert.Equal((413, Codes.PayloadTooLarge), await tooLarge.ProblemAsync());
    }

    [Theory]
    [InlineData("?serviceId=1", 404, Codes.NotFound)]
    [InlineData("?resourceId=1", 404, Codes.NotFound)]
    [InlineData("?serviceId=x", 400, Codes.ValidationFailed)]
    public async Task An_import_for_an_unknown_service_or_resource_is_refused(string query, int status, string code)
    {
        var tenant = await platform.NewTenantAsync();

        using var response = await tenant.ImportAsync("start\n2026-03-03T10:00:00Z", query);

        Assert.Equal((status, code), await response.ProblemAsync());
    }

    [Fact]
    public async Task Only_managers_import()
    {
        var tenant = await platform.NewTenantAsync();
        await platform.ExecutePlatformAsync($"""
            update memberships set user_type_id_fk = 1 where user_id_fk = {tenant.UserId};
            delete from membership_roles where membership_id_fk = {tenant.UserId};
            """);

        using var response = await tenant.ImportAsync("start\n2026-03-03T10:00:00Z");

        Assert.Equal((403, Codes.Forbidden), await response.ProblemAsync());
    }

    [Fact]
    public async Task Rows_are_written_in_batches_of_a_hundred_with_two_round_trips_each()
    {
        var tenant = await platform.NewTenantAsync();
        var file = "externalId,start,durationMinutes\n" + string.Concat(Enumerable.Range(0, 250).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"r{i},{PlatformJson.WriteInstant(PlatformFixture.Monday9am.AddMinutes(-30 * i))},30\n")));
        using var request = ImportAnswers.Request(file, $"?serviceId={tenant.ServiceId}", "text/csv");
        var trace = platform.Api.Statements.Watch(request);

        using var response = await tenant.Client.SendAsync(request);

        var report = await response.DataAsync<ImportReport>();
        Assert.Equal(250, report.Imported);
        var trips = platform.Api.Statements.RoundTripsOf(trace).Where(t => t.Any(s => s.Contains("search_path"))).ToList();
        Assert.Equal(2 + (2 * 3) + 1, trips.Count); // the last is the audit row
    }

    [Fact]
    public async Task Concurrent_imports_book_each_slot_once_and_report_each_conflict_by_row()
    {
        var tenant = await platform.NewTenantAsync();
        string File(int n) => "externalId,start\n" + string.Concat(Enumerable.Range(0, 60).Select(i =>
            $"f{n}-{i},{PlatformJson.WriteInstant(PlatformFixture.Monday9am.AddHours(n % 2 == 0 ? i : 59 - i))}\n"));

        var reports = await Task.WhenAll(Enumerable.Range(0, 4).Append(0).Select(
            n => tenant.ImportedAsync(File(n), $"?serviceId={tenant.ServiceId}")));

        Assert.Equal(60, reports.SelectMany(r => r.Results).Where(r => r.Status == "imported").Select(r => r.BookingId).Distinct().Count());
        Assert.All(reports.SelectMany(r => r.Results).Where(r => r.Status == "refused"), r => Assert.Equal(Codes.BookingConflict, r.Code));
        Assert.Equal(60, await tenant.CountAsync("select count(*) from bookings"));
        Assert.Equal(60, await tenant.CountAsync("select count(*) from allocations where active"));
    }
}

internal static class ImportAnswers
{
    public static HttpRequestMessage Request(string file, string query, string type) => new(HttpMethod.Post, $"/api/v1/bookings/import{query}")
    {
        Content = new StringContent(file, Encoding.UTF8, new MediaTypeHeaderValue(type)),
        Headers = { ExpectContinue = file.Length > 64 * 1024 },
    };

    extension(TestTenant tenant)
    {
        public async Task<HttpResponseMessage> ImportAsync(string file, string query = "", string type = "text/csv")
        {
            using var request = Request(file, query, type);
            return await tenant.Client.SendAsync(request);
        }

        public async Task<ImportReport> ImportedAsync(string file, string query = "", string type = "text/csv")
        {
            using var response = await tenant.ImportAsync(file, query, type);
            return await response.DataAsync<ImportReport>();
        }

        /// <summary>How many rows each table that an import writes to has.</summary>
        public async Task<string> RowsAsync() => string.Join(' ', await Task.WhenAll(
            ((string[])["bookings", "allocations", "clients", "booking_events", $"platform.outbox_messages where tenant_id = {tenant.Id}"])
            .Select(async table => $"{await tenant.CountAsync($"select count(*) from {table}")}")));
    }
}
