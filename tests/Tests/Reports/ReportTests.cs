using System.Net;
using Platform.Contracts;
using Platform.Contracts.Reports;
using Platform.Tests.Support;

namespace Platform.Tests.Reports;

public sealed class ReportTests(PlatformFixture platform)
{
    private const string Week = "from=2026-03-02&to=2026-03-09";

    [Fact]
    public async Task Utilisation_is_booked_time_relative_to_open_time()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($$"""
            update services set before_buffer_minutes = 10, after_buffer_minutes = 5;
            insert into schedule_overrides (resource_id, date, start_minutes, end_minutes) values
                ({{tenant.DoctorId}}, '2026-03-03', '{}', '{}'), ({{tenant.DoctorId}}, '2026-03-07', '{600}', '{660}');
            insert into blackouts (category_id, during) values
                ({{tenant.CategoryId}}, '[2026-03-04 16:00+00,2026-03-05 10:00+00)');
            """);
        await tenant.BookedAsync(tenant.AtNoon());
        var cancelled = await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddDays(2) });
        using var _ = await tenant.Client.PostAsync($"/api/v1/bookings/{cancelled.Id}/cancel", null);

        var row = Assert.Single(await RowsAsync<UtilisationRow>(tenant, $"utilisation?{Week}"));

        // Five days of eight hours, less Tuesday, an hour of Wednesday and one of Thursday, and an hour of Saturday.
        Assert.Equal((31 * 60, 60, 75), (row.OpenMinutes, row.BookedMinutes, row.OccupiedMinutes));
        Assert.Equal(decimal.Round(1 / 31m, 4), row.Ratio);
        var part = Assert.Single(await RowsAsync<UtilisationRow>(
            tenant, $"utilisation?from=2026-03-02T12:30:00Z&to=2026-03-02T13:00:00Z&resourceId={tenant.DoctorId}"));
        Assert.Equal((30, 30, 30, 1m), (part.OpenMinutes, part.BookedMinutes, part.OccupiedMinutes, part.Ratio));
        var never = Assert.Single(await RowsAsync<UtilisationRow>(tenant, "utilisation?from=2026-03-08&to=2026-03-09"));
        Assert.Equal((0, (decimal?)null), (never.OpenMinutes, never.Ratio));
    }

    [Fact]
    public async Task A_resource_without_hours_keeps_the_organisations_and_a_shared_session_counts_once()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"""
            insert into resources (id, category_id, name) values (501, {tenant.CategoryId}, 'Room');
            insert into schedules (id, resource_id) values (501, null);
            insert into schedule_rules (schedule_id, day, start_minute, end_minute) values (501, 1, 22 * 60, 2 * 60);
            insert into bookings (id, uid, service_id, start_at, end_at, time_zone, status, before_buffer_minutes,
                after_buffer_minutes, version, created_at, updated_at)
            select n, 'u' || n, {tenant.ServiceId}, '2026-03-02 22:00+00', '2026-03-02 23:00+00', 'Etc/UTC', 'confirmed',
                0, 0, 1, now(), now() from generate_series(501, 503) n;
            insert into allocations (booking_id, resource_id, unit, occupied, session_key)
            select n, 501, 1, '[2026-03-02 22:00+00,2026-03-02 23:00+00)', 7 from generate_series(501, 503) n;
            """);

        var rows = await RowsAsync<UtilisationRow>(tenant, $"utilisation?{Week}");

        var room = Assert.Single(rows, row => row.ResourceName == "Room");
        Assert.Equal((240, 60, 60, 0.25m), (room.OpenMinutes, room.BookedMinutes, room.OccupiedMinutes, room.Ratio));
    }

    [Fact]
    public async Task Bookings_are_counted_by_status_service_day_and_resource()
    {
        var tenant = await platform.NewTenantAsync("America/Sao_Paulo"); // 09:00 there is 12:00 UTC
        var first = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.BookedAsync(tenant.AtNoon() with { Start = first.Start.AddHours(1) });
        await tenant.ExecuteAsync($$"""
            update bookings set status = 'no_show' where id = {{first.Id}};
            insert into bookings (uid, service_id, start_at, end_at, time_zone, status, before_buffer_minutes,
                after_buffer_minutes, version, created_at, updated_at)
            select 'u' || n, {{tenant.ServiceId}}, '2026-03-04 01:00+00', '2026-03-04 02:00+00', 'Etc/UTC',
                (array['cancelled', 'held'])[n], 0, 0, 2 - n, now(), now() from generate_series(1, 2) n;
            """);

        var byStatus = await RowsAsync<BookingsRow>(tenant, $"bookings?{Week}");
        var byDay = await RowsAsync<BookingsRow>(tenant, $"bookings?{Week}&groupBy=day");
        var byService = await RowsAsync<BookingsRow>(tenant, $"bookings?{Week}&groupBy=service");
        var byResource = await RowsAsync<BookingsRow>(tenant, $"bookings?{Week}&groupBy=resource");

        Assert.Equal(["cancelled 1", "confirmed 1", "no_show 1"], byStatus.Select(row => $"{row.Key} {row.Bookings}"));
        Assert.Equal(["2026-03-02 2", "2026-03-03 1"], byDay.Select(row => $"{row.Key} {row.Bookings}"));
        Assert.Equal([new($"{tenant.ServiceId}", "Visit", 3, 1, 1, 120)], byService);
        Assert.Equal([new($"{tenant.DoctorId}", "Dr Who", 2, 0, 1, 120)], byResource);
    }

    [Fact]
    public async Task No_shows_are_reported_relative_to_the_bookings_due_by_now()
    {
        var tenant = await platform.NewTenantAsync();
        await PastAsync(tenant, "no_show", "completed", "completed", "cancelled", "pending");
        await tenant.BookedAsync(tenant.AtNoon()); // still to come

        var rows = await RowsAsync<NoShowsRow>(tenant, "no-shows?from=2026-01-01&to=2026-12-31");
        var days = await RowsAsync<NoShowsRow>(tenant, "no-shows?from=2026-01-01&to=2026-12-31&groupBy=day");

        Assert.Equal([new($"{tenant.ServiceId}", "Visit", 3, 1, 0.3333m)], rows);
        Assert.Equal(["2026-02-02", "2026-02-03", "2026-02-04"], days.Select(row => row.Key));
    }

    [Fact]
    public async Task Lead_times_are_those_of_the_bookings_that_were_not_cancelled()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"""
            insert into platform.booking_facts (tenant_id, booking_id, version, service_id, resource_ids, booked_at, start_at, end_at, status)
            select {tenant.Id}, n, 1, {tenant.ServiceId}, '{"{}"}', timestamptz '2026-02-10T09:00Z' - n * interval '1 hour',
                '2026-02-10T09:00Z', '2026-02-10T10:00Z', case n when 9 then 'cancelled' else 'confirmed' end
            from unnest(array[1, 2, 6, 9]) n
            """);

        var row = Assert.Single(await RowsAsync<LeadTimesRow>(tenant, "lead-times?from=2026-02-01&to=2026-03-01"));

        Assert.Equal(($"{tenant.ServiceId}", 3L, 180L, 120L), (row.Key, row.Bookings, row.AverageMinutes, row.MedianMinutes));
    }

    [Fact]
    public async Task Revenue_sums_prices_and_fees_for_each_currency()
    {
        var tenant = await platform.NewTenantAsync();
        await PastAsync(tenant, "completed", "confirmed", "cancelled", "no_show", "completed");
        await tenant.ExecuteAsync("""
            update bookings set price = 35.50, currency = 'BRL';
            update bookings set currency = 'EUR' where uid = 'p5';
            update bookings set fee_due = 10, cancel_currency = 'BRL' where status = 'cancelled';
            """);

        var rows = await RowsAsync<RevenueRow>(tenant, "revenue?from=2026-02-01&to=2026-03-01");
        var days = await RowsAsync<RevenueRow>(tenant, "revenue?from=2026-02-01&to=2026-03-01&groupBy=day");

        Assert.Equal(
            [
                new($"{tenant.ServiceId}", "Visit", 2, new(71.00m, "BRL"), new(10m, "BRL")),
                new($"{tenant.ServiceId}", "Visit", 1, new(35.50m, "EUR"), new(0m, "EUR")),
            ],
            rows);
        Assert.Equal(["2026-02-02", "2026-02-03", "2026-02-04", "2026-02-06"], days.Select(row => row.Key));
    }

    [Theory]
    [InlineData("from=2026-03-09&to=2026-03-02", 422, Codes.InvalidRange)]
    [InlineData("from=2026-03-02&to=2026-03-02", 422, Codes.InvalidRange)]
    [InlineData("from=2025-01-01&to=2026-01-03", 422, Codes.RangeTooLong)]
    [InlineData("from=0001-01-01&to=9999-12-31", 422, Codes.InvalidRange)]
    [InlineData("from=0001-01-01T00:00:00Z&to=0001-01-02T00:00:00Z", 422, Codes.InvalidRange)]
    [InlineData("from=2026-02-30&to=2026-03-02", 400, Codes.ValidationFailed)]
    [InlineData("to=2026-03-02", 400, Codes.ValidationFailed)]
    public async Task A_range_has_an_end_and_at_most_366_days(string range, int status, string code)
    {
        var tenant = await platform.UntouchedTenantAsync();

        foreach (var report in (string[])["utilisation", "bookings", "no-shows", "revenue"])
        {
            using var response = await tenant.Client.GetAsync($"/api/v1/reports/{report}?{range}");
            Assert.Equal((status, code), await response.ProblemAsync());
        }

        using var longest = await tenant.Client.GetAsync("/api/v1/reports/bookings?from=2025-01-01&to=2026-01-02&groupBy=day");
        Assert.True(longest.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("bookings?groupBy=client")]
    [InlineData("revenue?groupBy=status")]
    [InlineData("no-shows?groupBy=1;drop")]
    public async Task An_unsupported_groupBy_returns_400(string report)
    {
        var tenant = await platform.NewTenantAsync();

        using var response = await tenant.Client.GetAsync($"/api/v1/reports/{report}&{Week}");

        Assert.Equal((400, Codes.ValidationFailed), await response.ProblemAsync());
    }

    [Fact]
    public async Task A_report_is_a_CSV_file_on_request_and_no_cell_is_a_formula()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync("""update services set name = '=cmd|"/c calc",' || chr(10) || '😀 عربي'""");

        using var response = await CsvAsync(tenant, $"bookings?{Week}&groupBy=service", "text/csv");
        using var rather = await CsvAsync(tenant, $"bookings?{Week}", "text/csv;q=0.5, application/json");

        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("bookings.csv", response.Content.Headers.ContentDisposition?.FileName);
        Assert.Equal(
            "key,name,bookings,cancelled,noShows,minutes\r\n"
            + $"{tenant.ServiceId},\"'=cmd|\"\"/c calc\"\",\n😀 عربي\",1,0,0,60\r\n",
            await response.Content.ReadAsStringAsync());
        Assert.Equal([0xEF, 0xBB, 0xBF], (await response.Content.ReadAsByteArrayAsync())[..3]);
        Assert.Equal("application/json", rather.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("", "pt-BR", ';', ',')]
    [InlineData("", "pt-BR,pt;q=0.9,en;q=0.8", ';', ',')]
    [InlineData("", "de", ';', ',')]
    [InlineData("", "en", ',', '.')]
    [InlineData("", "en, pt-BR;q=0.9", ',', '.')]
    [InlineData("", "xx-nonsense-!, *", ',', '.')]
    [InlineData("", null, ',', '.')]
    [InlineData("&separator=;", null, ';', ',')]
    [InlineData("&separator=,", "pt-BR", ',', '.')]
    [InlineData("&separator=tab", "pt-BR", '\t', '.')]
    public async Task A_file_uses_the_separator_and_number_format_of_the_callers_spreadsheet(
        string query, string? language, char separator, char point)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set price = 35.5, currency = 'BRL', name = 'a;b,c'");
        await tenant.BookedAsync(tenant.AtNoon());

        using var response = await CsvAsync(tenant, $"revenue?{Week}{query}", "text/csv", language);

        var lines = (await response.Content.ReadAsStringAsync()).Split("\r\n");
        Assert.Equal(string.Join(separator, "key", "name", "currency", "bookings", "revenue", "fees"), lines[0]);
        var name = separator == '\t' ? "a;b,c" : "\"a;b,c\"";
        Assert.StartsWith(string.Join(separator, $"{tenant.ServiceId}", name, "BRL", "1", $"35{point}50"), lines[1], StringComparison.Ordinal);
        Assert.Equal(["Accept", "Accept-Language"], response.Headers.Vary);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData(";;")]
    public async Task An_unsupported_separator_returns_400(string separator)
    {
        var tenant = await platform.NewTenantAsync();

        using var response = await CsvAsync(tenant, $"revenue?{Week}&separator={separator}", "text/csv");

        Assert.Equal((400, Codes.ValidationFailed), await response.ProblemAsync());
    }

    [Fact]
    public async Task A_file_that_is_refused_is_a_problem_document()
    {
        var tenant = await platform.NewTenantAsync();

        using var response = await CsvAsync(tenant, "revenue?from=2020-01-01&to=2026-01-01", "text/csv");

        Assert.Equal((422, Codes.RangeTooLong), await response.ProblemAsync());
    }

    [Fact]
    public async Task A_report_takes_one_round_trip_however_long_its_range()
    {
        var tenant = await platform.NewTenantAsync();

        foreach (var (report, statements) in ((string, int)[])[("utilisation", 5), ("bookings", 3), ("revenue", 3)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/reports/{report}?from=2025-06-01&to=2026-06-01");
            var trace = platform.Api.Statements.Watch(request);
            using var response = await tenant.Client.SendAsync(request);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var trips = platform.Api.Statements.RoundTripsOf(trace)
                .Where(trip => trip.Any(statement => statement.Contains("search_path", StringComparison.Ordinal))).ToList();
            Assert.Equal(statements, Assert.Single(trips).Count); // the first sets the tenant's search path
        }
    }

    /// <summary>A booking of each status, on the days from 2026-02-02 on.</summary>
    private static Task PastAsync(TestTenant tenant, params string[] statuses) => tenant.ExecuteAsync($"""
        insert into bookings (uid, service_id, start_at, end_at, time_zone, status, before_buffer_minutes,
            after_buffer_minutes, version, created_at, updated_at)
        select 'p' || n, {tenant.ServiceId}, '2026-02-01 12:00+00'::timestamptz + n * interval '1 day',
            '2026-02-01 13:00+00'::timestamptz + n * interval '1 day', 'Etc/UTC', status, 0, 0, 1, now(), now()
        from unnest(array['{string.Join("','", statuses)}']) with ordinality as wanted (status, n)
        """);

    private static async Task<List<T>> RowsAsync<T>(TestTenant tenant, string report)
    {
        await tenant.CollectFactsAsync();
        using var response = await tenant.Client.GetAsync($"/api/v1/reports/{report}");
        return await response.DataAsync<List<T>>();
    }

    private static async Task<HttpResponseMessage> CsvAsync(
        TestTenant tenant, string report, string accept, string? language = null)
    {
        await tenant.CollectFactsAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/reports/{report}");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (language is not null) request.Headers.TryAddWithoutValidation("Accept-Language", language);
        return await tenant.Client.SendAsync(request);
    }
}
