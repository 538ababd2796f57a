using Platform.Contracts;
using Platform.Contracts.Billing;

namespace Platform.Core.Billing;

/// <summary>Sums of bills, and what may correct them.</summary>
public static class BillingRules
{
    private const decimal Highest = 99_999_999.99m;

    private static readonly string[] Currencies = ["BRL", "EUR", "USD"];

    /// <summary>One for each currency that is there, by name.</summary>
    public static IReadOnlyList<Money> Totals(IEnumerable<Money> amounts) =>
    [
        .. amounts.GroupBy(a => a.Currency).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new Money(g.Sum(a => a.Amount), g.Key)),
    ];

    public static Rejection? CheckAdjustment(Money amount)
    {
        if (!Currencies.Contains(amount.Currency))
        {
            return new(
                RejectionKind.Invalid, Codes.UnknownCurrency, $"Bills are in {string.Join(", ", Currencies)}.", "amount.currency");
        }

        return amount.Amount is not 0 and >= -Highest and <= Highest && decimal.Round(amount.Amount, 2) == amount.Amount
            ? null
            : new(
                RejectionKind.Invalid, Codes.InvalidAmount, $"It is not 0, at most {Highest} either way, with two decimals.",
                "amount.amount");
    }

    public static BillingLine ToLine(this TenantLine line) => new(
        line.Application, line.UserType, line.BillingCycle, line.Quantity, new(line.UnitPrice, line.Currency),
        new(line.Amount, line.Currency));
}
