using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Text;

namespace Platform.Core.Availability;

/// <summary>Reads the text of a rule (RFC 5545, 3.3.10). What it does not know it refuses.</summary>
internal static partial class RecurrenceText
{
    /// <summary>Far more than a rule that a person made needs.</summary>
    private const int MaxTextLength = 2000;

    private const int MaxInterval = 9999;

    private static readonly LocalDatePattern Date = LocalDatePattern.CreateWithInvariantCulture("uuuuMMdd");

    private static readonly LocalDateTimePattern DateTime =
        LocalDateTimePattern.CreateWithInvariantCulture("uuuuMMdd'T'HHmmss");

    private static readonly string[] Weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

    /// <summary>What each part asks of its value, and the rule it makes: null where the value is wrong.</summary>
    private static readonly Dictionary<string, RulePart> Parts = new()
    {
        ["FREQ"] = new("has to be DAILY, WEEKLY, MONTHLY or YEARLY; faster than daily is not supported", (rule, text) =>
            FrequencyOf(text) is { } frequency ? rule with { Frequency = frequency } : null),
        ["INTERVAL"] = new($"has to be a whole number from 1 to {MaxInterval}", (rule, text) =>
            Unsigned(text, MaxInterval) is { } interval ? rule with { Interval = interval } : null),
        ["COUNT"] = new("has to be a whole number from 1", (rule, text) =>
            Unsigned(text, int.MaxValue) is { } count ? rule with { Count = count } : null),
        ["UNTIL"] = new("has to be like 20261231, 20261231T235959 or 20261231T235959Z", Until),
        ["BYDAY"] = new("has to list weekdays like MO, 2TU or -1FR, with ordinals from 1 to 53", (rule, text) =>
            List(text, Weekday) is { } days ? rule with { Days = days } : null),
        ["BYMONTHDAY"] = new("has to list days from 1 to 31 or from -31 to -1", (rule, text) =>
            List(text, day => Signed(day, 31)) is { } days ? rule with { MonthDays = days } : null),
        ["BYMONTH"] = new("has to list months from 1 to 12", (rule, text) =>
            List(text, month => Unsigned(month, 12)) is { } months ? rule with { Months = months } : null),
        ["BYSETPOS"] = new("has to list positions from 1 to 366 or from -366 to -1", (rule, text) =>
            List(text, place => Signed(place, 366)) is { } places ? rule with { Positions = places } : null),
        ["WKST"] = new("has to be one of MO, TU, WE, TH, FR, SA and SU", (rule, text) =>
            Weekday(text) is { Ordinal: null, Day: var day } ? rule with { WeekStart = day } : null),
    };

    public static (RecurrenceRule? Rule, RecurrenceError? Error) Parse(string text)
    {
        text = text.Trim().ToUpperInvariant();
        if (text.StartsWith("RRULE:", StringComparison.Ordinal)) text = text["RRULE:".Length..];
        if (text.Length > MaxTextLength) return Refused("RRULE", $"is longer than {MaxTextLength} characters");

        var rule = new RecurrenceRule { Frequency = Frequency.Daily };
        var seen = new HashSet<string>();

        foreach (var part in text.Split(';'))
        {
            if (part.Split('=') is not [var name, var value]) return Refused(part, "has to be like NAME=VALUE");
            if (!Parts.TryGetValue(name, out var known)) return Refused(name, "is not supported");
            if (!seen.Add(name)) return Refused(name, "is given twice");
            if (known.Read(rule, value) is not { } next) return Refused(name, known.Demand);
            rule = next;
        }

        if (!seen.Contains("FREQ")) return Refused("FREQ", "is missing");

        return Contradiction(rule) is { } error ? (null, error) : (rule, null);
    }

    /// <summary>UNTIL belongs to what it ends, so it is the second before.</summary>
    public static string Ending(string text, DateTimeOffset end)
    {
        var until = end.ToUniversalTime().AddSeconds(-1);
        var kept = text.Trim().Split(';').Where(part =>
            !part.StartsWith("COUNT=", StringComparison.OrdinalIgnoreCase)
            && !part.StartsWith("UNTIL=", StringComparison.OrdinalIgnoreCase));
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join(';', kept)};UNTIL={until:yyyyMMdd'T'HHmmss'Z'}");
    }

    private static (RecurrenceRule?, RecurrenceError) Refused(string part, string reason) => (null, new(part, reason));

    /// <summary>What RFC 5545 forbids of parts that are each right.</summary>
    private static RecurrenceError? Contradiction(RecurrenceRule rule)
    {
        if (rule.Count is not null && (rule.UntilLocal is not null || rule.UntilInstant is not null))
        {
            return new("UNTIL", "must not be combined with COUNT");
        }

        if (rule.Frequency < Frequency.Monthly && rule.Days.Any(day => day.Ordinal is not null))
        {
            return new("BYDAY", "may hold ordinals only with MONTHLY or YEARLY");
        }

        if (rule.Frequency == Frequency.Weekly && rule.MonthDays.Count > 0)
        {
            return new("BYMONTHDAY", "may not be used with WEEKLY");
        }

        return rule is { Positions.Count: > 0, Days.Count: 0, MonthDays.Count: 0, Months.Count: 0 }
            ? new("BYSETPOS", "needs BYDAY, BYMONTHDAY or BYMONTH to choose from")
            : null;
    }

    private static Frequency? FrequencyOf(string text) => text switch
    {
        "DAILY" => Frequency.Daily,
        "WEEKLY" => Frequency.Weekly,
        "MONTHLY" => Frequency.Monthly,
        "YEARLY" => Frequency.Yearly,
        _ => null,
    };

    /// <summary>A date alone includes its whole day.</summary>
    private static RecurrenceRule? Until(RecurrenceRule rule, string text)
    {
        if (Date.Parse(text).TryGetValue(default, out var date))
        {
            return rule with { UntilLocal = date.At(LocalTime.MaxValue) };
        }

        var isUtc = text.EndsWith('Z');
        if (!DateTime.Parse(isUtc ? text[..^1] : text).TryGetValue(default, out var time) || time.Year < 1) return null;

        return isUtc
            ? rule with { UntilInstant = ZoneRules.ToInstant(time, DateTimeZone.Utc) }
            : rule with { UntilLocal = time };
    }

    private static RuleDay? Weekday(string text)
    {
        if (WeekdayShape().Match(text) is not { Success: true } match) return null;

        var day = (IsoDayOfWeek)(Array.IndexOf(Weekdays, match.Groups["day"].Value) + 1);
        var ordinal = match.Groups["ordinal"].Value;
        if (ordinal.Length == 0) return new(day);

        return Signed(ordinal, 53) is { } number ? new(day, number) : null;
    }

    private static int? Unsigned(string text, int largest) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= 1 && number <= largest ? number : null;

    private static int? Signed(string text, int largest) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number != 0 && number >= -largest && number <= largest ? number : null;

    /// <summary>Null where one item is wrong, and so also for an empty list.</summary>
    private static List<T>? List<T>(string text, Func<string, T?> read)
        where T : struct
    {
        var items = text.Split(',').Select(read).ToList();
        return items.Contains(null) ? null : [.. items.OfType<T>().Distinct()];
    }

    private sealed record RulePart(string Demand, Func<RecurrenceRule, string, RecurrenceRule?> Read);

    [GeneratedRegex("^(?<ordinal>[+-]?[0-9]{1,2})?(?<day>MO|TU|WE|TH|FR|SA|SU)$", RegexOptions.ExplicitCapture)]
    private static partial Regex WeekdayShape();
}
