using Platform.Contracts.Billing;

namespace Platform.Core.Billing;

/// <summary>Compares a bill with the usage that events report.</summary>
public static class UsageRules
{
    /// <returns>Kinds of seats of which the two count differently, by tenant.</returns>
    public static IReadOnlyList<UsageDifference> Compare(IEnumerable<TenantLine> bill, IEnumerable<TenantLine> usage)
    {
        var (billed, used) = (Count(bill), Count(usage));
        return
        [
            .. from kind in billed.Keys.Union(used.Keys)
               let difference = new UsageDifference(
                   kind.TenantId, kind.Application, kind.UserType, kind.BillingCycle, new(kind.UnitPrice, kind.Currency),
                   billed.GetValueOrDefault(kind), used.GetValueOrDefault(kind))
               where difference.Billed != difference.Used
               orderby difference.TenantId, difference.Application, difference.UserType, difference.BillingCycle,
                   difference.UnitPrice.Currency, difference.UnitPrice.Amount
               select difference,
        ];
    }

    private static Dictionary<TenantLine, int> Count(IEnumerable<TenantLine> lines) =>
        lines.GroupBy(line => line with { Quantity = 0 }).ToDictionary(kind => kind.Key, kind => kind.Sum(line => line.Quantity));
}
