using System.Globalization;
using NodaTime;
using Platform.Contracts;
using Platform.Core.Availability;

namespace Platform.Core.Billing;

/// <summary>A calendar month; when it begins and ends depends on the zone of the tenant.</summary>
public readonly record struct BillingMonth(int Year, int Month)
{
    /// <summary>No price is older, and none lies further ahead.</summary>
    private const int FirstYear = 2000, LastYear = 2998;

    public DateOnly FirstDay => new(Year, Month, 1);

    public override string ToString() => FirstDay.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>When it begins and, exclusively, ends.</summary>
    public TimeRange In(DateTimeZone zone)
    {
        var first = new LocalDate(Year, Month, 1);
        return new(ZoneRules.StartOf(first, zone), ZoneRules.StartOf(first.PlusMonths(1), zone));
    }

    /// <summary>
    /// The same month of each year before, as far back as there are prices: seats of those years start another year.
    /// </summary>
    public IEnumerable<TimeRange> AnniversariesIn(DateTimeZone zone)
    {
        for (var year = FirstYear; year <= Year; year++) yield return new BillingMonth(year, Month).In(zone);
    }

    public static BillingMonth At(DateTimeOffset instant, DateTimeZone zone)
    {
        var day = ZoneRules.DateOf(instant, zone);
        return new(day.Year, day.Month);
    }

    public static Result<BillingMonth> Read(string text, string field) =>
        DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && day.Year is >= FirstYear and <= LastYear
            ? new BillingMonth(day.Year, day.Month)
            : new Rejection(RejectionKind.Invalid, Codes.InvalidDate, "A month is like 2026-11.", field);
}
