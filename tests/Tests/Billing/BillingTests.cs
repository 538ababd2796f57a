using System.Globalization;
using System.Net.Http.Headers;
using Platform.Contracts;
using Platform.Contracts.Billing;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Billing;

/// <summary>
/// Months as they are billed. The API's clock is fixed at 2026-03-02, 09:00 UTC; some tests close February.
/// </summary>
public sealed class BillingTests(PlatformFixture platform)
{
    [Theory]
    [InlineData("2026-02-10 12:00Z", null, 1)]
    [InlineData("2025-06-01 12:00Z", null, 1)]
    [InlineData("2026-02-10 12:00Z", "2026-02-10 12:05Z", 1)]
    [InlineData("2026-01-10 12:00Z", "2026-02-01 03:00:00.000001Z", 1)] // a microsecond into February, in São Paulo
    [InlineData("2026-01-10 12:00Z", "2026-02-01 03:00Z", 0)]
    [InlineData("2026-03-01 02:59:59.999999Z", null, 1)]
    [InlineData("2026-03-01 03:00Z", null, 0)]
    [InlineData("2026-02-10 12:00Z", "2026-02-10 12:00Z", 0)] // never active
    public async Task A_seat_that_was_taken_at_any_time_of_the_month_is_billed_whole(string from, string? to, int count)
    {
        var tenant = await CustomerAsync("America/Sao_Paulo");
        await GrantAsync(tenant, tenant.UserId, from, to, price: "35.00");

        var bill = await BillAsync(tenant, "2026-02");

        Assert.Equal(count, bill.Lines.Sum(line => line.Quantity));
        Assert.Equal(count * 35.00m, bill.Totals.Sum(total => total.Amount));
    }

    [Theory]
    [InlineData("2025-02-10 12:00Z", 1)]
    [InlineData("2026-02-28 12:00Z", 1)]
    [InlineData("2024-02-29 12:00Z", 1)]
    [InlineData("2025-03-01 02:59:59.999999Z", 1)] // still February in São Paulo
    [InlineData("2025-03-01 03:00Z", 0)]
    [InlineData("2025-11-10 12:00Z", 0)]
    public async Task A_seat_paid_by_the_year_is_billed_in_the_month_in_which_its_year_begins(string from, int count)
    {
        var tenant = await CustomerAsync("America/Sao_Paulo");
        await GrantAsync(tenant, tenant.UserId, from, null, "350.00", cycle: "yearly");

        Assert.Equal(count, (await BillAsync(tenant, "2026-02")).Lines.Count(line => line.BillingCycle == "yearly"));
    }

    [Fact]
    public async Task Lines_are_of_one_kind_and_price_and_currencies_are_never_added()
    {
        var tenant = await CustomerAsync("Europe/Lisbon");
        var members = await platform.MembersAsync(tenant, 3);
        await GrantAsync(tenant, members[0], "2026-02-01 12:00Z", null, "35.00");
        await GrantAsync(tenant, members[1], "2026-02-02 12:00Z", null, "35.00");
        await GrantAsync(tenant, members[2], "2026-02-03 12:00Z", null, "80.50", type: 3);
        await GrantAsync(tenant, members[2], "2026-02-03 12:00Z", null, "9.99", type: 3, currency: "EUR", application: 2);

        var bill = await BillAsync(tenant, "2026-02");

        Assert.Equal(
            [
                ("pm", "admin", 1, new Money(9.99m, "EUR"), new Money(9.99m, "EUR")),
                ("tq", "operations", 2, new Money(35m, "BRL"), new Money(70m, "BRL")),
                ("tq", "admin", 1, new Money(80.5m, "BRL"), new Money(80.5m, "BRL")),
            ],
            bill.Lines.Select(l => (l.Application, l.UserType, l.Quantity, l.UnitPrice, l.Amount)));
        Assert.Equal([new Money(150.5m, "BRL"), new Money(9.99m, "EUR")], bill.Totals);
    }

    [Fact]
    public async Task A_seat_revoked_and_granted_again_is_billed_once_at_the_same_price_and_twice_at_another()
    {
        var tenant = await CustomerAsync();
        await GrantAsync(tenant, tenant.UserId, "2026-01-10 12:00Z", "2026-02-05 12:00Z", "35.00");
        await GrantAsync(tenant, tenant.UserId, "2026-02-06 12:00Z", "2026-02-07 12:00Z", "35.00");
        await GrantAsync(tenant, tenant.UserId, "2026-02-07 12:00Z", null, "55.00", type: 2);

        var bill = await BillAsync(tenant, "2026-02");

        Assert.Equal([(1, 35m), (1, 55m)], bill.Lines.Select(l => (l.Quantity, l.Amount.Amount)));
    }

    [Fact]
    public async Task Seats_of_a_trial_are_free()
    {
        var tenant = await CustomerAsync();
        await GrantAsync(tenant, tenant.UserId, "2026-02-10 12:00Z", null, "35.00");
        await platform.ExecutePlatformAsync($"update tenant_applications set status = 'trial', trial_ends_at = '2026-04-01Z' where tenant_id_fk = {tenant.Id}");

        Assert.Empty((await BillAsync(tenant, "2026-02")).Lines);
    }

    [Fact]
    public async Task A_closed_month_stays_as_it_was_and_is_corrected_in_the_open_one()
    {
        var tenant = await CustomerAsync();
        await GrantAsync(tenant, tenant.UserId, "2026-02-10 12:00Z", null, "35.00");
        var adjustment = $$"""
            { "tenantId": {{tenant.Id}}, "correctsMonth": "2026-02", "amount": { "amount": -10.50, "currency": "BRL" },
              "reason": "=promised", "application": "tq" }
            """;
        var tooEarly = await platform.StaffRefusedAsync("POST", "/billing/adjustments", adjustment);

        var closings = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            platform.StaffAsync<MonthClosed>("POST", "/billing/months/2026-02/close")));
        await GrantAsync(tenant, await platform.MemberAsync(tenant), "2026-02-11 12:00Z", null, "99.00");
        await platform.ExecutePlatformAsync($"update user_application_access set price_snapshot = 1 where tenant_id_fk = {tenant.Id}");
        var closed = await BillAsync(tenant, "2026-02");
        var made = await platform.StaffAsync<BillingAdjustment>("POST", "/billing/adjustments", adjustment);
        var open = await BillAsync(tenant, "2026-03");

        Assert.Equal((409, Codes.MonthNotClosed), tooEarly);
        Assert.True(closings.Sum(c => c.Closed) >= 1);
        Assert.Equal((true, 35m, 1), (closed.IsClosed, Assert.Single(closed.Totals).Amount, Assert.Single(closed.Lines).Quantity));
        Assert.Equal(("2026-03", "2026-02", -10.50m), (made.Month, made.CorrectsMonth, made.Amount.Amount));
        Assert.False(open.IsClosed);
        Assert.Equal(-10.50m, Assert.Single(open.Adjustments).Amount.Amount);
        Assert.Equal(2 * 1m - 10.50m, Assert.Single(open.Totals).Amount);

        var csv = await CsvAsync($"/internal/api/v1/billing/summary?month=2026-03&tenantId={tenant.Id}");
        Assert.Equal(3, csv.Length);
        Assert.EndsWith("tq,,,,,-10.50,BRL,2026-02,'=promised", csv[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/billing/summary?month=2026-13", null, 422, Codes.InvalidDate)]
    [InlineData("GET", "/billing/summary?month=0001-01", null, 422, Codes.InvalidDate)]
    [InlineData("GET", "/billing/summary?month=2026-02-01", null, 422, Codes.InvalidDate)]
    [InlineData("GET", "/billing/summary?month=2026-02&tenantId=999999999", null, 404, Codes.NotFound)]
    [InlineData("POST", "/billing/months/2026-03/close", null, 409, Codes.MonthNotOver)]
    [InlineData("POST", "/billing/months/9999-12/close", null, 422, Codes.InvalidDate)]
    [InlineData("POST", "/billing/adjustments", """{ "tenantId": 999999999, "correctsMonth": "2026-02", "amount": { "amount": 1, "currency": "BRL" }, "reason": "x" }""", 404, Codes.NotFound)]
    [InlineData("POST", "/billing/adjustments", """{ "tenantId": 1, "correctsMonth": "2026-02", "amount": { "amount": 0, "currency": "BRL" }, "reason": "x" }""", 422, Codes.InvalidAmount)]
    [InlineData("POST", "/billing/adjustments", """{ "tenantId": 1, "correctsMonth": "2026-02", "amount": { "amount": 1.001, "currency": "BRL" }, "reason": "x" }""", 422, Codes.InvalidAmount)]
    [InlineData("POST", "/billing/adjustments", """{ "tenantId": 1, "correctsMonth": "2026-02", "amount": { "amount": 1, "currency": "JPY" }, "reason": "x" }""", 422, Codes.UnknownCurrency)]
    [InlineData("POST", "/billing/adjustments", """{ "tenantId": 1, "correctsMonth": "Feb 26", "amount": { "amount": 1, "currency": "BRL" }, "reason": "x" }""", 400, Codes.ValidationFailed)]
    [InlineData("POST", "/billing/adjustments", """{ "tenantId": 1, "correctsMonth": "2026-20", "amount": { "amount": 1, "currency": "BRL" }, "reason": "x" }""", 422, Codes.InvalidDate)]
    [InlineData("POST", "/billing/adjustments", """{ "tenantId": 1, "correctsMonth": "2026-02", "amount": null, "reason": "x" }""", 400, Codes.ValidationFailed)]
    [InlineData("POST", "/billing/adjustments", """{ "tenantId": 1, "correctsMonth": "2026-02", "amount": { "amount": 1, "currency": "BRL" }, "reason": "x", "month": "2026-01" }""", 400, Codes.ValidationFailed)]
    public async Task Invalid_billing_requests_are_refused(
        string method, string path, string? json, int status, string code) =>
        Assert.Equal((status, code), await platform.StaffRefusedAsync(method, path, json));

    [Fact]
    public async Task An_admin_sees_only_the_bill_of_their_own_tenant_and_members_get_403()
    {
        var (tenant, other) = (await CustomerAsync("Pacific/Kiritimati"), await CustomerAsync());
        await GrantAsync(tenant, tenant.UserId, "2026-02-28 10:00Z", null, "35.00"); // the first of March there
        await GrantAsync(other, other.UserId, "2026-02-10 12:00Z", null, "55.00");
        using var member = platform.ClientOf(tenant, await platform.MemberAsync(tenant, "manager"));

        var march = await tenant.SentAsync<BillingSummary>("GET", "/billing/summary");
        var february = await tenant.SentAsync<BillingSummary>("GET", "/billing/summary?month=2026-02");
        var foreign = await tenant.RefusedAsync("GET", $"/billing/summary?month=2026-02&tenantId={other.Id}");
        using var refused = await member.GetAsync("/api/v1/billing/summary");

        Assert.Equal(("2026-03", tenant.Id, 35m), (march.Month, march.TenantId, Assert.Single(march.Totals).Amount));
        Assert.Equal(tenant.Id, february.TenantId);
        Assert.Empty(february.Lines);
        Assert.Equal((400, Codes.ValidationFailed, "tenantId"), foreign);
        Assert.Equal((403, Codes.Forbidden), await refused.ProblemAsync());
    }

    [Fact]
    public async Task The_summary_of_all_tenants_is_the_sum_of_each_and_takes_two_round_trips()
    {
        var (one, two) = (await CustomerAsync(), await CustomerAsync("Asia/Kathmandu"));
        await GrantAsync(one, one.UserId, "2024-05-10 12:00Z", "2024-05-12 12:00Z", "35.00");
        await GrantAsync(two, two.UserId, "2024-05-10 12:00Z", "2024-05-12 12:00Z", "35.00");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/internal/api/v1/billing/summary?month=2024-05");
        var trace = platform.Api.Statements.Watch(request);
        using var staff = platform.Staff();

        using var response = await staff.SendAsync(request);

        var bill = await response.DataAsync<BillingSummary>();
        Assert.Equal(("tq", 2, 70m), (Assert.Single(bill.Lines).Application, bill.Lines[0].Quantity, bill.Lines[0].Amount.Amount));
        Assert.Equal([(one.Id, 35m), (two.Id, 35m)], bill.Tenants!.Select(t => (t.TenantId, Assert.Single(t.Totals).Amount)));
        Assert.Equal(2, platform.Api.Statements.RoundTripsOf(trace).Count);
    }

    private async Task<TestTenant> CustomerAsync(string timeZone = "Etc/UTC")
    {
        var tenant = await platform.NewCustomerAsync(timeZone);
        await platform.LicenseAsync(tenant);
        await platform.LicenseAsync(tenant, application: "pm");
        return tenant;
    }

    private Task<BillingSummary> BillAsync(TestTenant tenant, string month) =>
        platform.StaffAsync<BillingSummary>("GET", $"/billing/summary?month={month}&tenantId={tenant.Id}");

    /// <summary>A grant at a time before the API's clock.</summary>
    private Task GrantAsync(
        TestTenant tenant, long userId, string from, string? to, string price, int type = 1, string currency = "BRL",
        string cycle = "monthly", int application = 1)
    {
        var revoked = to is null ? "null" : string.Create(CultureInfo.InvariantCulture, $"timestamptz '{to}'");
        return platform.ExecutePlatformAsync($"""
            insert into user_application_access (tenant_id_fk, user_id_fk, application_id_fk, active, granted_at, revoked_at,
                price_snapshot, currency_snapshot, user_type_id_fk_snapshot, granted_cycle)
            values ({tenant.Id}, {userId}, {application}, {revoked} is null, '{from}', {revoked}, {price}, '{currency}', {type}, '{cycle}')
            """);
    }

    private async Task<string[]> CsvAsync(string path)
    {
        using var staff = platform.Staff();
        staff.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        return (await staff.GetStringAsync(path)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }
}
