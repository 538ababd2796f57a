using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Platform.Contracts.Billing;

/// <summary><c>GET /billing/summary?month=2026-11</c>: what the seats of a month cost.</summary>
/// <param name="Month"><c>yyyy-MM</c>, in each tenant's own zone.</param>
/// <param name="TenantId">Null where it is about all tenants.</param>
/// <param name="IsClosed">
/// Whether the lines are kept as they were when the month was closed, for every tenant in it.
/// </param>
/// <param name="Totals">One for each currency: amounts of different currencies are never added.</param>
/// <param name="Tenants">Where it is about all of them: what each pays.</param>
public sealed record BillingSummary(
    string Month,
    long? TenantId,
    bool IsClosed,
    IReadOnlyList<BillingLine> Lines,
    IReadOnlyList<BillingAdjustment> Adjustments,
    IReadOnlyList<Money> Totals,
    IReadOnlyList<TenantBill>? Tenants);

/// <summary>Seats of one kind.</summary>
/// <param name="UserType">Of the user when the seat was given.</param>
/// <param name="BillingCycle"><c>monthly</c>, or <c>yearly</c> in the month in which a year of it begins.</param>
/// <param name="Quantity">Users.</param>
/// <param name="UnitPrice">The price of the day the seat was given.</param>
public sealed record BillingLine(
    string Application, string UserType, string BillingCycle, int Quantity, Money UnitPrice, Money Amount);

/// <summary>What a month that is closed should have said, billed in another.</summary>
/// <param name="CorrectsMonth"><c>yyyy-MM</c></param>
/// <param name="Amount">Negative where the tenant gets something back.</param>
public sealed record BillingAdjustment(
    long Id, long TenantId, string Month, string CorrectsMonth, string? Application, Money Amount, string Reason,
    DateTimeOffset CreatedAt, string CreatedBy);

public sealed record TenantBill(long TenantId, string Slug, string Name, bool IsClosed, IReadOnlyList<Money> Totals);

/// <summary><c>GET /internal/api/v1/billing/months</c>: a month of all tenants.</summary>
/// <param name="Month"><c>yyyy-MM</c>, in each tenant's own zone.</param>
/// <param name="Tenants">How many there are.</param>
/// <param name="Closed">Of how many of them the month is closed.</param>
/// <param name="Totals">One for each currency. Months that are open are computed.</param>
public sealed record BillingMonthResponse(string Month, int Tenants, int Closed, bool IsClosed, IReadOnlyList<Money> Totals);

/// <summary>
/// <c>GET /internal/api/v1/billing/usage</c>: whether the bill of a month is what the events of grants add up to.
/// </summary>
/// <param name="Month"><c>yyyy-MM</c>, in each tenant's own zone.</param>
/// <param name="TenantId">Null where it is about all tenants.</param>
/// <param name="Agrees">Whether there is no difference.</param>
/// <param name="PendingEvents">
/// Events of grants and licenses that are still on their way; until they have arrived, differences may be theirs.
/// </param>
/// <param name="Tenants">How many were compared: all that have not been purged.</param>
public sealed record BillingUsage(
    string Month, long? TenantId, bool Agrees, int PendingEvents, int Tenants, IReadOnlyList<UsageDifference> Differences);

/// <summary>A kind of seats that the bill and the events count differently.</summary>
/// <param name="Application">Slug.</param>
/// <param name="UserType">Of the user when the seat was given.</param>
/// <param name="BillingCycle"><c>monthly</c> or <c>yearly</c>.</param>
/// <param name="Billed">Users on the bill.</param>
/// <param name="Used">Users by the events.</param>
public sealed record UsageDifference(
    long TenantId, string Application, string UserType, string BillingCycle, Money UnitPrice, int Billed, int Used);

/// <summary><c>POST /internal/api/v1/billing/months/{month}/close</c></summary>
/// <param name="Closed">Tenants whose month was closed now.</param>
/// <param name="AlreadyClosed">Those whose month was closed before; nothing of it changed.</param>
public sealed record MonthClosed(string Month, int Closed, int AlreadyClosed);

/// <summary><c>POST /internal/api/v1/billing/adjustments</c>: billed in the month in which it is made.</summary>
/// <param name="CorrectsMonth"><c>yyyy-MM</c>; it is closed.</param>
/// <param name="Amount">Not zero; negative gives something back.</param>
/// <param name="Application">Slug.</param>
public sealed record CreateAdjustmentRequest(
    [property: Required] long? TenantId,
    [property: Required, StringLength(7, MinimumLength = 7)] string CorrectsMonth,
    [property: Required] Money? Amount,
    [property: FreeText, Required, StringLength(500, MinimumLength = 1)] string Reason,
    [property: StringLength(100), JsonConverter(typeof(SlugConverter))] string? Application = null);
