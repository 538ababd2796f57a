using System.Globalization;
using NodaTime;
using NodaTime.Text;
using Platform.Contracts;
using Platform.Core.Availability;

namespace Platform.Api.Fhir;

/// <summary>How FHIR writes what is searched for.</summary>
internal static class FhirSearch
{
    public const string CursorParameter = "_cursor";
    private const int FirstYear = 1900, LastYear = 2999;

    private static readonly LocalDatePattern Month = LocalDatePattern.CreateWithInvariantCulture("uuuu-MM");
    private static readonly LocalDatePattern Year = LocalDatePattern.CreateWithInvariantCulture("uuuu");

    /// <summary>The starts that all values allow together; null where one cannot be read.</summary>
    /// <param name="values">Such as <c>ge2026-03-02</c> and <c>lt2026-03-09T09:00:00Z</c>; dates are local ones.</param>
    public static TimeRange? Starts(IEnumerable<string> values, DateTimeZone zone)
    {
        var starts = new TimeRange(DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        foreach (var value in values)
        {
            var (prefix, text) = value is [>= 'a' and <= 'z', >= 'a' and <= 'z', ..]
                ? (value[..2], value[2..])
                : ("eq", value);
            if (Interval(text, zone) is not { } interval) return null;

            TimeRange? allowed = prefix switch
            {
                "eq" => interval,
                "ge" => new(interval.Start, DateTimeOffset.MaxValue),
                "gt" => new(interval.End, DateTimeOffset.MaxValue),
                "le" => new(DateTimeOffset.MinValue, interval.End),
                "lt" => new(DateTimeOffset.MinValue, interval.Start),
                _ => null,
            };
            if (allowed is null) return null;
            starts = starts.Within(allowed.Value);
        }

        return starts;
    }

    /// <summary>Ids of references such as <c>Schedule/12</c> or <c>12</c>, by comma. Null where none was asked for.</summary>
    /// <param name="types">What may stand before an id. What is none of ours matches nothing.</param>
    public static long[]? Ids(string? text, params string[] types) =>
        string.IsNullOrEmpty(text)
            ? null
            : [.. text.Split(',').Select(reference => IdOf(reference, types)).OfType<long>()];

    public static string[]? Words(string? text) => string.IsNullOrEmpty(text) ? null : text.Split(',');

    private static long? IdOf(string reference, string[] types)
    {
        var id = reference.Split('/') switch
        {
            [var alone] => alone,
            [var type, var number] when types.Contains(type) => number,
            _ => null,
        };
        return long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    /// <summary>A date means all of it: a day, a month or a year; an instant means its second.</summary>
    private static TimeRange? Interval(string text, DateTimeZone zone)
    {
        if (PlatformJson.TryReadInstant(text.Replace(' ', '+'), out var instant)) // a plus that was not escaped
        {
            return instant.Year is >= FirstYear and <= LastYear ? new(instant, instant.AddSeconds(1)) : null;
        }

        return (LocalDatePattern.Iso.Parse(text), Month.Parse(text), Year.Parse(text)) switch
        {
            ({ Success: true } day, _, _) => Dates(day.Value, Period.FromDays(1)),
            (_, { Success: true } month, _) => Dates(month.Value, Period.FromMonths(1)),
            (_, _, { Success: true } year) => Dates(year.Value, Period.FromYears(1)),
            _ => null,
        };

        TimeRange? Dates(LocalDate first, Period length) => first.Year is >= FirstYear and <= LastYear
            ? new(ZoneRules.StartOf(first, zone), ZoneRules.StartOf(first + length, zone))
            : null;
    }
}
