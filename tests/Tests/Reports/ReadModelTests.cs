using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Contracts.Events;
using Platform.Contracts.Reports;
using Platform.Core.Analytics;
using Platform.Core.Outbox;
using Platform.Tests.Clients;
using Platform.Tests.Support;
using Platform.Tests.Worker;
using Platform.Worker.Analytics;
using Platform.Worker.Streams;

namespace Platform.Tests.Reports;

/// <summary>What reports read: built of events, and how far behind them.</summary>
public sealed class ReadModelTests(PlatformFixture platform)
{
    private const string Columns = """
        position, event_id, event_type, event_version, tenant_id, aggregate_type, aggregate_id, aggregate_version, occurred_at,
        actor, traceparent, data
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_read_model_is_the_same_event_by_event_rebuilt_and_from_the_tables()
    {
        var tenant = await platform.NewTenantAsync();
        await WriteHistoryAsync(tenant);
        await using var connection = new NpgsqlConnection(platform.Databases.TenantDb);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct); // rolled back: other tests use the table

        foreach (var e in await EventsAsync(tenant)) await HandleAsync(connection, e);
        var incremental = await FactsAsync(connection, tenant);
        await ExecuteAsync(
            connection,
            new("delete from platform.event_log"),
            new($"""
                insert into platform.event_log ({Columns}, stream, entry_id, published_at)
                select {Columns}, 'stream', '1-0', now() from platform.outbox_messages where tenant_id = {tenant.Id}
                """),
            new($"update platform.booking_facts set status = 'wrong' where tenant_id = {tenant.Id}"));
        await ExecuteAsync(connection, [.. BookingFacts.Rebuild([tenant.Id])]);
        var rebuilt = await FactsAsync(connection, tenant);
        await ExecuteAsync(
            connection,
            new($"delete from platform.booking_facts where tenant_id = {tenant.Id}"), BookingFacts.AddWithoutEvents(tenant.Id));
        var fromTables = await FactsAsync(connection, tenant);
        await transaction.RollbackAsync(Ct);

        Assert.Equal(
            [
                "no_show 50.00 EUR Ada", "cancelled 50.00 EUR 10.50 EUR Ada", "confirmed 80.00 EUR Ada", "checked_in 80.00 EUR Ada",
                "cancelled 80.00 EUR Erased",
            ],
            incremental.Select(fact => fact.Split(';')[0]));
        Assert.Equal(incremental, rebuilt);
        Assert.Equal(incremental, fromTables);
    }

    [Fact]
    public async Task Bookings_of_a_merged_client_count_for_the_client_that_remains()
    {
        var tenant = await platform.NewTenantAsync();
        var (missed, kept) = (
            await tenant.BookedAsync(tenant.AtNoon("bob@example.com") with { Start = PlatformFixture.Monday9am }),
            await tenant.BookedAsync(tenant.AtNoon()));
        await tenant.SentAsync<JsonElement>("POST", $"/bookings/{missed.Id}/no-show");
        await tenant.ExecuteAsync($"update bookings set start_at = start_at - interval '1 hour' where id = {missed.Id}");
        await tenant.CollectFactsAsync();
        using var merge = await tenant.MergeAsync(kept.Client!.Id, missed.Client!.Id);

        var rows = await tenant.SentAsync<List<NoShowsRow>>("GET", "/reports/no-shows?from=2026-03-02&to=2026-03-09&groupBy=client");

        Assert.Equal([new($"{kept.Client.Id}", "Ada", 1, 1, 1m)], rows);
    }

    [Fact]
    public async Task A_report_says_how_old_its_figures_are()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync($"update platform.outbox_messages set occurred_at = '2026-03-01T08:00Z' where tenant_id = {tenant.Id}");

        var behind = await AnswerAsync("application/json");
        var file = await AnswerAsync("text/csv");
        await tenant.CollectFactsAsync();
        var complete = await AnswerAsync("application/json");

        Assert.Equal((0, "2026-03-01T08:00:00Z", 90_000), (behind.Rows, behind.AsOf, behind.Age));
        Assert.Equal(90_000, file.Age);
        Assert.Equal((1, "2026-03-02T09:00:00Z", 0), (complete.Rows, complete.AsOf, complete.Age));

        async Task<(int Rows, string? AsOf, int Age)> AnswerAsync(string type)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/reports/bookings?from=2026-03-02&to=2026-03-09");
            request.Headers.Accept.Add(new(type));
            using var response = await tenant.Client.SendAsync(request);
            var age = (int)response.Headers.Age!.Value.TotalSeconds;
            if (type == "text/csv") return (0, null, age);

            var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            return (body.GetProperty("data").GetArrayLength(), body.GetProperty("meta").GetProperty("asOf").GetString(), age);
        }
    }

    [Fact]
    public async Task A_report_waits_for_a_change_that_was_made_just_before()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync($"update platform.outbox_messages set occurred_at = now() where tenant_id = {tenant.Id}");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/reports/bookings?from=2026-03-02&to=2026-03-09");
        var trace = platform.Api.Statements.Watch(request);

        var asks = tenant.Client.SendAsync(request);
        await Eventually.TrueAsync(() => asks.IsCompleted || platform.Api.Statements.RoundTripsOf(trace)
            .Any(trip => trip.Any(statement => statement.Contains("group by 1, 2", StringComparison.Ordinal))));
        await tenant.CollectFactsAsync();

        using var response = await asks;
        Assert.Equal(1, Assert.Single(await response.DataAsync<List<BookingsRow>>()).Bookings);
    }

    /// <summary>
    /// Two prices, a no-show, a cancellation with a fee, a move, a check-in, a merged client and an erased one.
    /// </summary>
    private static async Task WriteHistoryAsync(TestTenant tenant)
    {
        await tenant.ExecuteAsync("""
            update services set price = 50, currency = 'EUR',
                cancellation = '{"deadlineMinutes": 180, "fee": {"amount": 10.50, "currency": "EUR"}}'
            """);
        var missed = await BookAsync("ada@example.com", 0);
        var cancelled = await BookAsync("bob@example.com", 1);
        await tenant.ExecuteAsync("update services set price = 80");
        var moved = await BookAsync("ada@example.com", 3);
        var arrived = await BookAsync("bob@example.com", 4);
        var forgotten = await BookAsync("cleo@example.com", 5);

        await tenant.SentAsync<JsonElement>("POST", $"/bookings/{missed.Id}/no-show");
        await tenant.SentAsync<JsonElement>("POST", $"/bookings/{cancelled.Id}/cancel", "{}");
        await tenant.SentAsync<JsonElement>(
            "POST", $"/bookings/{moved.Id}/reschedule", """{ "start": "2026-03-03T12:00:00Z" }""");
        await tenant.SentAsync<JsonElement>("POST", $"/bookings/{arrived.Id}/check-in");
        await tenant.SentAsync<JsonElement>("POST", $"/bookings/{forgotten.Id}/cancel", "{}");
        using var merge = await tenant.MergeAsync(missed.Client!.Id, cancelled.Client!.Id);
        using var erase = await tenant.EraseAsync(forgotten.Client!.Id);
        Assert.True(merge.IsSuccessStatusCode && erase.IsSuccessStatusCode);

        Task<Contracts.Bookings.BookingResponse> BookAsync(string email, int hours) =>
            tenant.BookedAsync(tenant.AtNoon(email) with { Start = PlatformFixture.Monday9am.AddHours(hours) });
    }

    private static async Task<List<EventEnvelope>> EventsAsync(TestTenant tenant)
    {
        var written = await tenant.QueryAsync(db => db.Outbox.Where(m => m.TenantId == tenant.Id)
            .OrderBy(m => m.Position).ToListAsync(Ct));
        return written.ConvertAll(m => new EventEnvelope(
            m.EventId, m.EventType, m.EventVersion, m.TenantId, m.AggregateType, m.AggregateId, m.AggregateVersion, m.OccurredAt,
            m.Actor, null, m.Data));
    }

    private static async Task HandleAsync(NpgsqlConnection connection, EventEnvelope e)
    {
        if (!CollectBookingFacts.Versions.ContainsKey(e.EventType)) return;

        var transaction = new EventTransaction();
        transaction.Join(connection);
        await new CollectBookingFacts(transaction).HandleAsync(e, Ct);
    }

    /// <summary>In the order in which they were booked; clients as they are known now.</summary>
    private static async Task<List<string>> FactsAsync(NpgsqlConnection connection, TestTenant tenant)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select concat_ws(' ', f.status, f.price, f.currency, f.fee, f.fee_currency, c.name) || ';'
                || concat_ws(' ', f.version, f.service_id, f.resource_ids, f.booked_at, f.start_at, f.end_at, c.id)
            from platform.booking_facts f
            join {tenant.Schema}.clients known on known.id = f.client_id
            join {tenant.Schema}.clients c on c.id = coalesce(known.merged_into_id, known.id)
            where f.tenant_id = {tenant.Id} order by f.booking_id
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        List<string> facts = [];
        while (await reader.ReadAsync(Ct)) facts.Add(reader.GetString(0));
        return facts;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, params NpgsqlBatchCommand[] statements)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements) batch.BatchCommands.Add(statement);
        await batch.ExecuteNonQueryAsync(Ct);
    }
}
