using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

/// <summary>iCalendar files.</summary>
public sealed partial class ImportTests
{
    [Fact]
    public async Task A_calendar_is_imported_for_the_service_that_is_named()
    {
        var tenant = await platform.NewTenantAsync();

        var report = await tenant.ImportedAsync(Calendar, $"?serviceId={tenant.ServiceId}", "text/calendar");

        Assert.Equal(
            [("imported", null), ("refused", Codes.InvalidRecurrence), ("imported", null), ("refused", Codes.ValidationFailed)],
            report.Results.Select(r => (r.Status, r.Code)));
        Assert.Equal([3, 15, 21, 27], report.Results.Select(r => r.Line));
        var booking = await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{report.Results[0].BookingId}");
        Assert.Equal(("one@elsewhere.test", "pending", "America/Sao_Paulo", "First visit", "ada@example.test"),
            (booking.Uid, booking.Status, booking.TimeZone, booking.Note, booking.Client!.Email));
        Assert.Equal((new DateTimeOffset(2026, 3, 10, 9, 0, 0, TimeSpan.Zero), 45),
            (booking.Start, (booking.End - booking.Start).TotalMinutes));
    }

    [Fact]
    public async Task A_later_version_of_an_event_moves_changes_or_cancels_the_booking_it_became()
    {
        var tenant = await platform.NewTenantAsync();
        var query = $"?serviceId={tenant.ServiceId}";
        string Version(int sequence, string start, string rest = "", string method = "REQUEST") => Events(
            $"UID:a@x.test|SEQUENCE:{sequence}|DTSTART:{start}|DURATION:PT1H|SUMMARY:Visit {sequence}{rest}", method);

        var made = Assert.Single((await tenant.ImportedAsync(Version(1, "20260310T100000Z"), query, "text/calendar")).Results);
        var older = await tenant.ImportedAsync(Version(0, "20260310T120000Z"), query, "text/calendar");
        var same = await tenant.ImportedAsync(Version(1, "20260310T120000Z"), query, "text/calendar");
        var dry = await tenant.ImportedAsync(Version(3, "20260310T120000Z"), $"{query}&dryRun=true", "text/calendar");
        var moved = await tenant.ImportedAsync(Version(3, "20260311T220000Z"), query, "text/calendar"); // long after closing
        var movedTo = await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{made.BookingId}");
        var renamed = await tenant.ImportedAsync(Version(4, "20260311T220000Z", "!"), query, "text/calendar");
        var renamedTo = await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{made.BookingId}");
        var off = await tenant.ImportedAsync(Version(4, "20260311T220000Z", method: "CANCEL"), query, "text/calendar");
        var gone = await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{made.BookingId}");
        var again = await tenant.ImportedAsync(Version(5, "20260312T100000Z"), query, "text/calendar");

        Assert.Equal(
            ["skipped", "skipped", "updated", "updated", "updated", "updated", "refused"],
            new[] { older, same, dry, moved, renamed, off, again }.Select(r => Assert.Single(r.Results).Status));
        Assert.Equal((1, made.BookingId), (moved.Updated, moved.Results[0].BookingId));
        Assert.Equal(new DateTimeOffset(2026, 3, 11, 22, 0, 0, TimeSpan.Zero), movedTo.Start);
        Assert.Equal(("Visit 4!", "confirmed"), (renamedTo.Note, renamedTo.Status));
        Assert.Equal("cancelled", gone.Status);
        Assert.Equal(Codes.InvalidTransition, again.Results[0].Code);
        Assert.Equal(1, await tenant.CountAsync("select count(*) from bookings"));
        Assert.Equal(0, await tenant.CountAsync("select count(*) from allocations where active"));
        Assert.Empty(await tenant.SentAsync<List<AuditEntryResponse>>("GET", "/audit?action=booking.corrected"));
    }

    [Theory]
    [InlineData("20260227T120000Z", "REQUEST", "confirmed", "2026-02-27T12:00:00Z")]
    [InlineData("20260227T100000Z", "CANCEL", "cancelled", "2026-02-27T10:00:00Z")]
    public async Task A_later_version_of_a_past_event_is_imported_without_answers_to_fields_added_later(
        string start, string method, string status, string expected)
    {
        var tenant = await platform.NewTenantAsync();
        var query = $"?serviceId={tenant.ServiceId}";
        await tenant.ImportedAsync(Events("UID:a|DTSTART:20260227T100000Z|DURATION:PT1H"), query, "text/calendar");
        await tenant.SentAsync<CustomFieldResponse>(
            "POST", "/custom-fields", """
            { "appliesTo": "booking", "key": "plan", "label": "Plan", "type": "text", "required": true }
            """);

        var report = await tenant.ImportedAsync(
            Events($"UID:a|SEQUENCE:1|DTSTART:{start}|DURATION:PT1H", method), query, "text/calendar");

        var row = Assert.Single(report.Results);
        Assert.Equal(("updated", null), (row.Status, row.Code));
        var booking = await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{row.BookingId}");
        Assert.Equal((status, expected), (booking.Status, PlatformJson.WriteInstant(booking.Start)));
        var trail = await tenant.SentAsync<List<AuditEntryResponse>>("GET", "/audit?action=booking.corrected");
        Assert.Equal(row.BookingId, Assert.Single(trail).TargetId);
    }

    [Fact]
    public async Task An_update_to_a_taken_time_is_refused()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        var query = $"?serviceId={tenant.ServiceId}";
        await tenant.ImportedAsync(Events("UID:a|DTSTART:20260302T100000Z|DURATION:PT1H"), query, "text/calendar");

        var report = await tenant.ImportedAsync(
            Events("UID:a|SEQUENCE:1|DTSTART:20260302T120000Z|DURATION:PT1H"), query, "text/calendar");

        Assert.Equal((1, Codes.BookingConflict), (report.Refused, report.Results[0].Code));
        Assert.Equal(1, await tenant.CountAsync("select count(*) from bookings where start_at = '2026-03-02 10:00Z' and sequence = 0"));
    }

    [Fact]
    public async Task An_imported_calendar_skips_series_and_uses_the_last_version_of_an_event()
    {
        var tenant = await platform.NewTenantAsync();

        var report = await tenant.ImportedAsync(
            Events(
                "UID:s|DTSTART:20260303T100000Z|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=5",
                "UID:s|RECURRENCE-ID:20260310T100000Z|DTSTART:20260311T100000Z|DURATION:PT1H",
                "UID:one|SEQUENCE:2|DTSTART:20260304T100000Z|DURATION:PT1H",
                "UID:one|SEQUENCE:1|DTSTART:20260304T120000Z|DURATION:PT1H",
                "UID:m|RECURRENCE-ID:20260310T100000Z|DTSTART:20260305T100000Z|DURATION:PT1H",
                "UID:m|RECURRENCE-ID;TZID=America/Sao_Paulo:20260310T070000|DTSTART:20260305T120000Z|DURATION:PT1H",
                "UID:m|RECURRENCE-ID;TZID=Asia/Tokyo:20260310T070000|DTSTART:20260305T140000Z|DURATION:PT1H",
                "UID:free|DTSTART:20260306T100000Z|DURATION:PT1H|TRANSP:TRANSPARENT"),
            $"?serviceId={tenant.ServiceId}", "text/calendar");

        Assert.Equal(
            ["refused", "refused", "imported", "skipped", "skipped", "imported", "imported", "skipped"],
            report.Results.Select(r => r.Status));
        Assert.All(report.Results.Take(2), r => Assert.Equal(Codes.InvalidRecurrence, r.Code));
        Assert.Equal(3, await tenant.CountAsync("select count(*) from bookings"));
    }

    [Theory]
    [InlineData("DTSTART;VALUE=DATE:20260310", "2026-03-09T15:00:00Z", 24 * 60)] // of Tokyo
    [InlineData("DTSTART:20260310T090000|DTEND:20260310T100000", "2026-03-10T00:00:00Z", 60)]
    [InlineData("DTSTART:20260310T090000", "2026-03-10T00:00:00Z", 60)] // as long as the service
    [InlineData("DTSTART;TZID=My own:20260310T090000", "2026-03-10T14:00:00Z", 60)]
    public async Task Times_without_a_zone_use_that_of_the_resource_and_zones_of_the_file_apply(
        string lines, string start, int minutes)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update resources set time_zone = 'Asia/Tokyo'");
        const string zone = "BEGIN:VTIMEZONE\nTZID:My own\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:-0500\n"
            + "TZOFFSETTO:-0500\nEND:STANDARD\nEND:VTIMEZONE\n";

        var report = await tenant.ImportedAsync(
            Events($"UID:a|{lines}").Replace("BEGIN:VEVENT", $"{zone}BEGIN:VEVENT"), $"?serviceId={tenant.ServiceId}", "text/calendar");

        var booking = await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{Assert.Single(report.Results).BookingId}");
        Assert.Equal((start, minutes), (PlatformJson.WriteInstant(booking.Start), (int)(booking.End - booking.Start).TotalMinutes));
    }

    [Fact]
    public async Task The_organizer_is_not_imported_as_a_client_whatever_the_case_of_the_address()
    {
        var tenant = await platform.NewTenantAsync();

        var report = await tenant.ImportedAsync(
            Events("UID:a|DTSTART:20260310T100000Z|ORGANIZER:MAILTO:Practice@Example.test"
                + "|attendee;cn=Practice:mailto:practice@example.test|Attendee;CN=Ada:mailto:ada@example.test"),
            $"?serviceId={tenant.ServiceId}", "text/calendar");

        var booking = await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{Assert.Single(report.Results).BookingId}");
        Assert.Equal("ada@example.test", booking.Client!.Email);
    }
}
