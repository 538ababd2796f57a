using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Core.Licensing;

namespace Platform.Core.Pricing;

/// <summary>What a row of the price matrix may be. Ranges include their start and exclude their end.</summary>
public static class PriceRules
{
    public static Rejection? Check(decimal price, string currency, DateTimeOffset validFrom, DateTimeOffset? validTo) =>
        Rejection.All(
            price is < 0 or > Money.Max || decimal.Round(price, 2) != price
                ? Invalid(Codes.InvalidAmount, $"The price must be 0 to {Money.Max} with at most two decimals.", "price")
                : null,
            PlatformCurrencies.All.Contains(currency)
                ? null
                : Invalid(Codes.UnknownCurrency, $"Prices are in {string.Join(", ", PlatformCurrencies.All)}.", "currency"),
            LicenseRules.CheckInstant(validFrom, "validFrom"),
            LicenseRules.CheckInstant(validTo, "validTo")
                ?? (validTo <= validFrom ? Invalid(Codes.InvalidRange, "`validTo` must be after `validFrom`.", "validTo") : null));

    public static string StatusAt(DateTimeOffset validFrom, DateTimeOffset? validTo, DateTimeOffset now) =>
        now < validFrom ? PriceStatuses.Pending : validTo <= now ? PriceStatuses.Ended : PriceStatuses.Active;

    /// <summary>Whether a price may be edited or deleted: only while it is ahead, and nothing refers to it.</summary>
    public static Rejection? CheckPending(PriceVersion price, bool isUsed, DateTimeOffset now) =>
        !isUsed && StatusAt(price.ValidFrom, price.ValidTo, now) == PriceStatuses.Pending
            ? null
            : new(RejectionKind.Conflict, Codes.PriceInUse, "A price that has been in force cannot be changed; end it, or schedule another.");

    /// <summary>Whether a price may end at this instant: not before it began, not later than it does anyway.</summary>
    /// <param name="isReliedOn">Whether grants were made at this price at that instant or after it.</param>
    public static Rejection? CheckEnd(
        PriceVersion price, DateTimeOffset at, bool isReliedOn, DateTimeOffset now, string field)
    {
        if (LicenseRules.CheckInstant(at, field) is { } unlikely) return unlikely;
        if (StatusAt(price.ValidFrom, price.ValidTo, now) == PriceStatuses.Ended)
        {
            return new(RejectionKind.Conflict, Codes.PriceInUse, "The price has ended.");
        }

        if (at <= price.ValidFrom) return Invalid(Codes.InvalidRange, "The end must be after the start.", field);
        if (at > price.ValidTo) return Invalid(Codes.InvalidRange, "The price ends before that time.", field);
        return isReliedOn
            ? new(RejectionKind.Conflict, Codes.PriceInUse, "Grants that were made since that time use this price.", field)
            : null;
    }

    /// <summary>A price does not begin in a past in which grants were made that it would have priced.</summary>
    public static readonly Rejection Late = new(
        RejectionKind.Conflict, Codes.PriceInUse, "Grants that were made since that time have another price.", "validFrom");

    public static Rejection Overlaps(PriceRange existing, PriceRange wanted) => new(
        RejectionKind.Invalid, Codes.PricingOverlap, "Another price is in force during this time.", "validFrom")
    {
        Extras = new()
        {
            ExistingRange = existing,
            NewRange = wanted,
            ExistingId = existing.Id,
            NewId = wanted.Id,
        },
    };

    private static Rejection Invalid(string code, string detail, string field) =>
        new(RejectionKind.Invalid, code, detail, field);
}
