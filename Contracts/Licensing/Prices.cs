using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.Licensing;

/// <summary>Whether a price is ahead, in force or over; derived from the clock.</summary>
public static class PriceStatuses
{
    public const string Pending = "pending";
    public const string Active = "active";
    public const string Ended = "ended";
}

public static class BillingCycles
{
    public const string Monthly = "monthly";
    public const string Yearly = "yearly";
}

/// <summary>What one seat of an application costs for one user type in one currency, for a while.</summary>
/// <param name="UserType">Slug.</param>
/// <param name="Currency"><c>BRL</c>, <c>USD</c> or <c>EUR</c>.</param>
/// <param name="BillingCycle"><c>monthly</c> or <c>yearly</c>.</param>
/// <param name="ValidFrom">UTC, inclusive.</param>
/// <param name="ValidTo">UTC, exclusive; null is open.</param>
/// <param name="Status">One of <see cref="PriceStatuses"/>.</param>
/// <param name="CreatedBy">Who made it, as the audit names them; null for what was there from the start.</param>
/// <param name="UpdatedBy">Who changed it last.</param>
public sealed record PriceResponse(
    long Id,
    long ApplicationId,
    string UserType,
    decimal Price,
    string Currency,
    string BillingCycle,
    DateTimeOffset ValidFrom,
    DateTimeOffset? ValidTo,
    string Status,
    long Version,
    DateTimeOffset CreatedAt,
    string? CreatedBy,
    DateTimeOffset UpdatedAt,
    string? UpdatedBy);

/// <summary><c>POST /internal/api/v1/applications/{id}/pricing</c></summary>
/// <param name="Price">0 to 99,999,999.99, with at most two decimals.</param>
/// <param name="ValidFrom">
/// An instant with an offset, inclusive; where it is absent, now: the server takes an instant after the last grant.
/// </param>
/// <param name="ValidTo">Exclusive; null is open.</param>
/// <param name="Supersede">
/// Ends the price that is in force at <c>validFrom </c> there; else an overlap is refused.
/// </param>
public sealed record SchedulePriceRequest(
    [property: Required, StringLength(100)] string UserType,
    decimal Price,
    DateTimeOffset? ValidFrom = null,
    [property: StringLength(10)] string Currency = "BRL",
    [property: AllowedValues(BillingCycles.Monthly, BillingCycles.Yearly)] string BillingCycle = BillingCycles.Monthly,
    DateTimeOffset? ValidTo = null,
    bool Supersede = false);

/// <summary><c>PATCH /internal/api/v1/applications/{id}/pricing/{pricingId}</c>, of a pending price alone.</summary>
public sealed record ChangePriceRequest
{
    /// <summary>0 to 99,999,999.99, with at most two decimals.</summary>
    public Optional<decimal> Price { get; init; }

    [Required, StringLength(10)]
    public Optional<string> Currency { get; init; }

    [AllowedValues(BillingCycles.Monthly, BillingCycles.Yearly)]
    public Optional<string> BillingCycle { get; init; }

    /// <summary>Inclusive.</summary>
    public Optional<DateTimeOffset> ValidFrom { get; init; }

    /// <summary>Exclusive; null is open.</summary>
    public Optional<DateTimeOffset?> ValidTo { get; init; }
}

/// <summary><c>POST /internal/api/v1/applications/{id}/pricing/{pricingId}/end</c></summary>
/// <param name="At">Exclusive end, now or later; where it is absent, now: after the last grant at this price.</param>
public sealed record EndPriceRequest(DateTimeOffset? At = null);

/// <summary>The range of time of a price, in the rejection of one that overlaps it.</summary>
/// <param name="Id">Null for one that is not stored.</param>
public sealed record PriceRange(long? Id, DateTimeOffset ValidFrom, DateTimeOffset? ValidTo);

/// <summary>What a grant would cost right now, and whether it would be given.</summary>
/// <param name="UserType">Of the user, in this tenant.</param>
/// <param name="Price">Null where no price is configured; so are currency and cycle.</param>
/// <param name="Available">Free seats; null is without limit, or without license.</param>
/// <param name="Obstacle">The code with which the grant would be refused; null if it would be given.</param>
public sealed record GrantPreviewResponse(
    long UserId,
    string Application,
    string UserType,
    decimal? Price,
    string? Currency,
    string? BillingCycle,
    int? Available,
    bool HasGrant,
    string? Obstacle);
