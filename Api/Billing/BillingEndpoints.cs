using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Billing;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Availability;
using Platform.Core.Billing;
using Platform.Core.Storage;

namespace Platform.Api.Billing;

/// <summary>What the seats of a month cost: for staff of all tenants, for a tenant's admins their own.</summary>
internal static class BillingEndpoints
{
    private static readonly CsvColumn<BillingRow>[] Columns =
    [
        new("month", r => r.Month), new("tenantId", r => r.Tenant.Id), new("tenant", r => r.Tenant.Slug),
        new("status", r => r.Tenant.ClosedAt is null ? "open" : "closed"), new("kind", r => r.Line is null ? "adjustment" : "seats"),
        new("application", r => r.Line?.Application ?? r.Adjustment?.Application), new("userType", r => r.Line?.UserType),
        new("billingCycle", r => r.Line?.BillingCycle), new("quantity", r => r.Line?.Quantity),
        new("unitPrice", r => r.Line?.UnitPrice), new("amount", r => r.Line?.Amount ?? r.Adjustment!.Amount.Amount),
        new("currency", r => r.Line?.Currency ?? r.Adjustment!.Amount.Currency),
        new("correctsMonth", r => r.Adjustment?.CorrectsMonth), new("reason", r => r.Adjustment?.Reason),
    ];

    public static void MapStaffBilling(this RouteGroupBuilder direct, RouteGroupBuilder staff)
    {
        var billing = direct.MapGroup("/billing").WithTags("Billing");
        billing.MapGet("/summary", (string? month, long? tenantId, CsvSeparator? separator, BillingQuery query,
            TimeProvider clock, HttpContext http, CancellationToken ct) =>
            SummaryAsync(
                month, tenantId is { } id ? Scope.Tenant(id) : Scope.AllTenants, DateTimeZone.Utc, separator, query, clock, http, ct))
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        billing.MapGet("/usage", Usage).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        billing.MapGet("/months", Months);
        billing.MapPost("/months/{month}/close", Close).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithCode(Codes.MonthClosed, "The month is closed.");
        staff.MapPost("/billing/adjustments", Adjust).WithTags("Billing")
            .CreatesRow(Codes.AdjustmentCreated, "It is billed in the open month.");
    }

    public static void MapTenantBilling(this RouteGroupBuilder direct) => direct
        .MapGet("/billing/summary", (string? month, TenantContext tenant, CsvSeparator? separator, BillingQuery query,
            TimeProvider clock, HttpContext http, CancellationToken ct) =>
            SummaryAsync(month, Scope.Tenant(tenant.Id), ZoneRules.Get(tenant.TimeZone), separator, query, clock, http, ct))
        .WithTags("Billing").RequireScope(Scopes.Licensing).RequirePermission(Permissions.BillingRead)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    /// <param name="zone">Whose month it is where none is named.</param>
    private static async Task<Results<Ok<BillingSummary>, CsvFile<BillingRow>, ProblemHttpResult>> SummaryAsync(
        string? month, Scope scope, DateTimeZone zone, CsvSeparator? separator, BillingQuery query, TimeProvider clock,
        HttpContext http, CancellationToken ct)
    {
        var read = month is null ? BillingMonth.At(clock.GetUtcNow(), zone) : BillingMonth.Read(month, "month");
        if (!read.TryGet(out var asked, out var rejection)) return rejection.ToProblem();
        if (await query.ReadAsync(asked, scope, ct) is not { } bill) return TypedResults.Problem(Problems.NotFound());

        return http.WantsCsv
            ? new CsvFile<BillingRow>(Rows(bill), Columns, $"billing-{asked}.csv", separator)
            : TypedResults.Ok(Summary(bill, scope.TenantId));
    }

    private static async Task<Results<Ok<BillingUsage>, ProblemHttpResult>> Usage(
        string? month, long? tenantId, UsageCheck check, TimeProvider clock, CancellationToken ct)
    {
        var read = month is null ? BillingMonth.At(clock.GetUtcNow(), DateTimeZone.Utc) : BillingMonth.Read(month, "month");
        if (!read.TryGet(out var asked, out var rejection)) return rejection.ToProblem();

        return await check.ReadAsync(asked, tenantId is { } id ? Scope.Tenant(id) : Scope.AllTenants, ct) is { } usage
            ? TypedResults.Ok(usage)
            : TypedResults.Problem(Problems.NotFound());
    }

    /// <summary>The newest first.</summary>
    private static async Task<Ok<IReadOnlyList<BillingMonthResponse>>> Months(
        BillingMonths billed, HttpContext http, CancellationToken ct, [Range(1, BillingMonths.MostMonths)] int months = 12) =>
        TypedResults.Ok(await billed.ReadAsync(
            months, bypassCache: http.Request.GetTypedHeaders().CacheControl?.NoCache is true, ct));

    private static async Task<Results<Ok<MonthClosed>, ProblemHttpResult>> Close(
        string month, BillingQuery query, HttpContext http, CancellationToken ct)
    {
        if (!BillingMonth.Read(month, "month").TryGet(out var asked, out var rejection)) return rejection.ToProblem();

        return await query.CloseAsync(asked, http.Source, ct) is var (closed, before)
            ? TypedResults.Ok(new MonthClosed(asked.ToString(), closed, before))
            : new Rejection(
                RejectionKind.Conflict, Codes.MonthNotOver, "The month has not ended in every tenant's time zone.").ToProblem();
    }

    private static async Task<Results<Created<BillingAdjustment>, ProblemHttpResult>> Adjust(
        CreateAdjustmentRequest request, PlatformDb db, HttpContext http, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.Now;
        if (!BillingMonth.Read(request.CorrectsMonth, "correctsMonth").TryGet(out var corrects, out var rejection))
        {
            return rejection.ToProblem();
        }

        if (BillingRules.CheckAdjustment(request.Amount!) is { } wrong) return wrong.ToProblem();

        var inputs = await ReadInputsAsync(request, corrects, db, ct);
        if (inputs.TimeZone is null) return Missing("tenantId");
        if (request.Application is not null && inputs.ApplicationId is null) return Missing("application");
        if (!inputs.IsClosed)
        {
            return new Rejection(
                RejectionKind.Conflict, Codes.MonthNotClosed, "It is open: what changes is billed by itself.", "correctsMonth")
                .ToProblem();
        }

        var actor = Caller.Of(http.User).Actor;
        var month = BillingMonth.At(now, ZoneRules.Get(inputs.TimeZone));
        var id = (await db.ReadAsync(
            [TenantSql.Statement(
                """
                insert into billing_adjustments (tenant_id_fk, month, corrects_month, application_id_fk, amount, currency,
                    reason, created_at, created_by)
                values ($1, $2, $3, $4::bigint, $5, $6, $7, $8, $9)
                returning id
                """,
                request.TenantId, month.FirstDay, corrects.FirstDay, inputs.ApplicationId, request.Amount!.Amount,
                request.Amount.Currency, request.Reason, now, actor)],
            reader => reader.GetInt64(0), ct))[0];
        await db.RecordAsync(
            new(
                request.TenantId, "billing.adjusted", "adjustment", id, null,
                new { month = month.ToString(), corrects = corrects.ToString(), request.Amount, request.Application }),
            http, now, ct);

        return TypedResults.Created((string?)null, new BillingAdjustment(
            id, request.TenantId!.Value, month.ToString(), corrects.ToString(), request.Application, request.Amount,
            request.Reason, now, actor));

        static ProblemHttpResult Missing(string field) =>
            TypedResults.Problem(Problems.NotFound(new FieldError(field, Codes.NotFound, "The value does not exist.")));
    }

    private static async Task<(string? TimeZone, bool IsClosed, long? ApplicationId)> ReadInputsAsync(
        CreateAdjustmentRequest request, BillingMonth corrects, PlatformDb db, CancellationToken ct)
    {
        var inputs = await db.ReadAsync(
            [TenantSql.Statement(
                """
                select (select time_zone from tenants where id = $1),
                    exists (select from billing_months where tenant_id_fk = $1 and month = $2),
                    (select id from applications where slug = $3::text)
                """,
                request.TenantId, corrects.FirstDay, request.Application)],
            reader => (
                reader.IsDBNull(0) ? null : reader.GetString(0), reader.GetBoolean(1), reader.GetFieldValue<long?>(2)),
            ct);
        return inputs[0];
    }

    private static BillingSummary Summary(MonthBill bill, long? tenantId)
    {
        var closed = bill.Tenants.Count > 0 && bill.Tenants.All(t => t.ClosedAt is not null);
        var amounts = bill.Lines.Select(l => (l.TenantId, Money: new Money(l.Amount, l.Currency)))
            .Concat(bill.Adjustments.Select(a => (a.TenantId, Money: a.Amount)))
            .ToLookup(a => a.TenantId, a => a.Money);

        // Of all tenants together, seats of one kind and price are one line.
        var lines = bill.Lines
            .GroupBy(l => (l.Application, l.UserType, l.BillingCycle, l.UnitPrice, l.Currency))
            .Select(g => (g.First() with { Quantity = g.Sum(l => l.Quantity) }).ToLine());

        return new(
            bill.Month.ToString(), tenantId, closed, [.. lines], bill.Adjustments,
            BillingRules.Totals(amounts.SelectMany(a => a)),
            tenantId is not null
                ? null
                : [
                    .. bill.Tenants.Where(t => amounts.Contains(t.Id)).Select(t => new TenantBill(
                        t.Id, t.Slug, t.Name, t.ClosedAt is not null, BillingRules.Totals(amounts[t.Id]))),
                ]);
    }

    private static List<BillingRow> Rows(MonthBill bill)
    {
        var tenants = bill.Tenants.ToDictionary(t => t.Id);
        var month = bill.Month.ToString();
        return
        [
            .. bill.Lines.Select(l => new BillingRow(month, tenants[l.TenantId], l, null)),
            .. bill.Adjustments.Select(a => new BillingRow(month, tenants[a.TenantId], null, a)),
        ];
    }

    internal sealed record BillingRow(string Month, BilledTenant Tenant, TenantLine? Line, BillingAdjustment? Adjustment);
}
