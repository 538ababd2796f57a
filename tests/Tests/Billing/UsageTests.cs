using System.Text.Json;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Billing;
using Platform.Contracts.Events;
using Platform.Tests.Licensing;
using Platform.Tests.Support;
using Platform.Worker.Billing;
using Platform.Worker.Streams;

namespace Platform.Tests.Billing;

/// <summary>Bills compared with the events of grants. The API's clock is fixed at 2026-03-02, 09:00 UTC.</summary>
public sealed class UsageTests(PlatformFixture platform)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_events_of_a_months_grants_add_up_to_its_summary()
    {
        var tenant = await platform.NewCustomerAsync("America/Sao_Paulo");
        await platform.LicenseAsync(tenant);
        var trial = await platform.LicenseAsync(tenant, 5, "pm", """, "trialEndsAt": "2026-04-01T00:00:00Z" """);
        var members = await platform.MembersAsync(tenant, 2);
        await tenant.GrantedAsync(tenant.UserId);
        await tenant.GrantedAsync(members[0]);
        await tenant.GrantedAsync(members[0], "pm");
        await tenant.GrantedAsync(members[1]);
        await tenant.RevokedAsync(members[1]);

        var pending = await UsageAsync(tenant);
        await HandleEventsAsync(tenant);
        await HandleEventsAsync(tenant); // delivered twice
        var usage = await UsageAsync(tenant);
        var summary = await platform.StaffAsync<BillingSummary>("GET", $"/billing/summary?month=2026-03&tenantId={tenant.Id}");

        Assert.Equal("trial", trial.Status);
        Assert.Equal((false, 7, 2), (pending.Agrees, pending.PendingEvents, pending.Differences.Count));
        Assert.Equal((true, 0, 1), (usage.Agrees, usage.PendingEvents, usage.Tenants));
        Assert.Equal(2, summary.Lines.Sum(line => line.Quantity));
    }

    [Fact]
    public async Task A_seat_without_an_event_and_an_event_without_a_seat_are_differences()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        var member = await platform.MemberAsync(tenant);
        await tenant.GrantedAsync(tenant.UserId);
        await HandleEventsAsync(tenant);
        await platform.ExecutePlatformAsync(
            $"update user_application_access set user_id_fk = {member}, price_snapshot = 1 where tenant_id_fk = {tenant.Id}");

        var usage = await UsageAsync(tenant);
        var all = await platform.StaffAsync<BillingUsage>("GET", "/billing/usage?month=2026-03");

        Assert.Equal(
            [("tq", "admin", 1m, 1, 0), ("tq", "admin", 80m, 0, 1)],
            usage.Differences.Select(d => (d.Application, d.UserType, d.UnitPrice.Amount, d.Billed, d.Used)));
        Assert.False(all.Agrees);
        Assert.Equal(usage.Differences, all.Differences.Where(d => d.TenantId == tenant.Id));
    }

    [Theory]
    [InlineData("month=2026-13", 422, Codes.InvalidDate)]
    [InlineData("month=2026-03&tenantId=999999999", 404, Codes.NotFound)]
    public async Task An_unknown_month_or_tenant_is_refused(string query, int status, string code) =>
        Assert.Equal((status, code), await platform.StaffRefusedAsync("GET", $"/billing/usage?{query}"));

    [Theory]
    [InlineData("2026-02-28T12:00:00Z", null, "monthly", 1)]
    [InlineData("2026-02-28T12:00:00Z", "2026-03-01T00:00:00Z", "monthly", 0)] // ended as the month began
    [InlineData("2026-03-05T12:00:00Z", "2026-03-05T12:00:00Z", "monthly", 0)] // never active
    [InlineData("2026-04-01T00:00:00Z", null, "monthly", 0)]
    [InlineData("2025-03-31T23:59:59Z", null, "yearly", 1)]
    [InlineData("2025-04-01T00:00:00Z", null, "yearly", 0)]
    public async Task Usage_counts_seats_by_the_rules_of_the_bill(string from, string? to, string cycle, int count)
    {
        var tenant = await platform.NewCustomerAsync();
        var grant = new GrantSnapshot(
            tenant.Id, tenant.UserId, "tq", null, 35m, "BRL", "admin", cycle, DateTimeOffset.Parse(from, null),
            to is null ? null : DateTimeOffset.Parse(to, null));
        await HandleAsync([Event(tenant, 2, new GrantChanged(grant)), Event(tenant, 1, new GrantCreated(grant with { Price = 1 }))]);

        var usage = await UsageAsync(tenant);

        Assert.Equal(count, usage.Differences.Sum(d => d.Used));
        Assert.All(usage.Differences, d => Assert.Equal(new Money(35m, "BRL"), d.UnitPrice));
    }

    private Task<BillingUsage> UsageAsync(TestTenant tenant) =>
        platform.StaffAsync<BillingUsage>("GET", $"/billing/usage?month=2026-03&tenantId={tenant.Id}");

    private static EventEnvelope Event<T>(TestTenant tenant, long version, T data) where T : IEventData => new(
        Guid.CreateVersion7(), T.EventType, T.EventVersion, tenant.Id, T.AggregateType, tenant.Id, version,
        PlatformFixture.Monday9am, "system", null, JsonSerializer.SerializeToElement(data, PlatformJson.Options));

    /// <summary>What the Worker does with the tenant's events in the outbox.</summary>
    private async Task HandleEventsAsync(TestTenant tenant)
    {
        await using var connection = new NpgsqlConnection(platform.Databases.PlatformDb);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(
            $"""
            select event_id, event_type, event_version, aggregate_type, aggregate_id, aggregate_version, occurred_at, data::text
            from platform.outbox_messages where tenant_id = {tenant.Id} order by position
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        List<EventEnvelope> events = [];
        while (await reader.ReadAsync(Ct))
        {
            events.Add(new(
                reader.GetGuid(0), reader.GetString(1), reader.GetInt32(2), tenant.Id, reader.GetString(3), reader.GetInt64(4),
                reader.GetInt64(5), reader.GetFieldValue<DateTimeOffset>(6), "system", null,
                JsonSerializer.Deserialize<JsonElement>(reader.GetString(7))));
        }

        await HandleAsync(events);
    }

    private async Task HandleAsync(IEnumerable<EventEnvelope> events)
    {
        await using var connection = new NpgsqlConnection(platform.Databases.TenantDb);
        await connection.OpenAsync(Ct);
        var transaction = new EventTransaction();
        transaction.Join(connection);
        foreach (var e in events.Where(e => CollectUsage.Versions.TryGetValue(e.EventType, out var known) && known == e.EventVersion))
        {
            await new CollectUsage(transaction).HandleAsync(e, Ct);
        }
    }
}
