using System.Globalization;
using System.Text;
using NodaTime;
using NodaTime.Text;
using Platform.Contracts;
using Platform.Core.Availability;

namespace Platform.Api.Fhir;

/// <summary>How FHIR writes what is searched for.</summary>
internal static class FhirValues
{
    private const int FirstYear = 1900, LastYear = 2999;

    private static readonly LocalDatePattern Month = LocalDatePattern.CreateWithInvariantCulture("uuuu-MM");
    private static readonly LocalDatePattern Year = LocalDatePattern.CreateWithInvariantCulture("uuuu");

    public static TimeRange Always { get; } = new(DateTimeOffset.MinValue, DateTimeOffset.MaxValue);

    /// <summary>Alternatives are separated by commas without a backslash.</summary>
    public static IEnumerable<string> Split(string value)
    {
        var text = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length) text.Append(value[++i]);
            else if (value[i] != ',') text.Append(value[i]);
            else
            {
                yield return text.ToString();
                text.Clear();
            }
        }

        yield return text.ToString();
    }

    /// <summary>The id of a reference such as <c>Schedule/12</c>, <c>12</c> or the URL of it here.</summary>
    public static long? IdOf(string reference, string baseUrl, string[] types)
    {
        if (reference.StartsWith($"{baseUrl}/", StringComparison.Ordinal)) reference = reference[(baseUrl.Length + 1)..];
        var id = reference.Split('/') switch
        {
            [var alone] => alone,
            [var type, var number] when types.Contains(type) => number,
            _ => null,
        };
        return long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    /// <param name="value">Such as <c>ge2026-03-02</c> or <c>lt2026-03-09T09:00:00Z</c>; dates are local ones.</param>
    public static TimeRange? Range(string value, DateTimeZone zone)
    {
        var (prefix, text) = value is [>= 'a' and <= 'z', >= 'a' and <= 'z', ..] ? (value[..2], value[2..]) : ("eq", value);
        if (Interval(text, zone) is not { } interval) return null;

        return prefix switch
        {
            "eq" => interval,
            "ge" => Always with { Start = interval.Start },
            "gt" => Always with { Start = interval.End },
            "le" => Always with { End = interval.End },
            "lt" => Always with { End = interval.Start },
            _ => null,
        };
    }

    /// <summary>A date means all of it: a day, a month or a year; an instant means its second.</summary>
    private static TimeRange? Interval(string text, DateTimeZone zone)
    {
        if (PlatformJson.TryReadInstant(text.Replace(' ', '+'), out var instant)) // a plus that was not escaped
        {
            return CalendarYears.IsAllowed(instant.Year) ? new(instant, instant.AddSeconds(1)) : null;
        }

        return (LocalDatePattern.Iso.Parse(text), Month.Parse(text), Year.Parse(text)) switch
        {
            ({ Success: true } day, _, _) => Dates(day.Value, Period.FromDays(1)),
            (_, { Success: true } month, _) => Dates(month.Value, Period.FromMonths(1)),
            (_, _, { Success: true } year) => Dates(year.Value, Period.FromYears(1)),
            _ => null,
        };

        TimeRange? Dates(LocalDate first, Period length) => CalendarYears.IsAllowed(first.Year)
            ? new(ZoneRules.StartOf(first, zone), ZoneRules.StartOf(first + length, zone))
            : null;
    }
}
