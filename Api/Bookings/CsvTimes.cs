using System.Globalization;
using System.Text.RegularExpressions;
using Platform.Contracts;

namespace Platform.Api.Bookings;

/// <summary>
/// Times of one file as its cells write them: RFC 3339, or a wall-clock time as a spreadsheet writes it in the tenant's
/// language. English writes day and month in either order, so there only what can be read in one way is.
/// </summary>
internal sealed partial class CsvTimes
{
    private readonly DateOrder? _order;
    private readonly bool _isMixed;

    /// <param name="locale">Of the tenant: <c>pt-BR</c> or <c>en</c>.</param>
    /// <param name="cells">All cells of the file that hold a time: one order has to fit all of them.</param>
    public CsvTimes(string locale, IEnumerable<string> cells)
    {
        _order = locale is "en" ? null : DateOrder.DayFirst;
        var certain = cells.Select(Parts).Where(p => p is { IsYearFirst: false, A: > 12 } or { IsYearFirst: false, B: > 12 })
            .Select(p => p!.A > 12 ? DateOrder.DayFirst : DateOrder.MonthFirst).Distinct().ToList();
        _isMixed = certain.Count > 1 || (_order is not null && certain.Any(order => order != _order));
    }

    private enum DateOrder
    {
        DayFirst,
        MonthFirst,
    }

    /// <returns>Null for what is no time, or could be two.</returns>
    public (Moment? Moment, string? Why) Read(string cell)
    {
        const string shape = "A time must be like 2026-03-29T09:00:00Z, or like 2026-03-29T09:00 together with a time zone.";
        if (Moment.TryParse(cell.Replace(' ', 'T'), out var moment)) return (moment, null);
        if (Parts(cell) is not { } parts) return (null, shape);
        if (parts.IsYearFirst) return (parts.At(parts.A, parts.B), shape);

        var isEither = parts.A <= 12 && parts.B <= 12 && parts.A != parts.B;
        if (isEither && (_order is null || _isMixed)) return (null, $"{cell} has two meanings: day and month may be either. {shape}");

        var order = isEither ? _order : parts.A > 12 ? DateOrder.DayFirst : DateOrder.MonthFirst;
        if (parts.A != parts.B && _order is not null && order != _order)
        {
            return (null, $"{cell} has its month first, which is not how dates are written here. {shape}");
        }

        return (order is DateOrder.DayFirst ? parts.At(parts.B, parts.A) : parts.At(parts.A, parts.B), shape);
    }

    private static DateParts? Parts(string cell)
    {
        if (Shape().Match(cell) is not { Success: true } match) return null;

        int Part(string name) => match.Groups[name] is { Success: true } part
            ? int.Parse(part.Value, CultureInfo.InvariantCulture)
            : 0;
        var isYearFirst = match.Groups["first"].Success;
        return new(
            isYearFirst, isYearFirst ? Part("first") : Part("year"), Part("a"), Part("b"), Part("hour"), Part("minute"),
            Part("second"), match.Groups["half"] is { Success: true } half ? char.ToUpperInvariant(half.Value[0]) : null);
    }

    /// <summary>Years have four digits: of two nobody knows which they are.</summary>
    [GeneratedRegex(
        @"^((?<first>[0-9]{4})(?<mark>[/.-])(?<a>[0-9]{1,2})\k<mark>(?<b>[0-9]{1,2})"
        + @"|(?<a>[0-9]{1,2})(?<mark>[/.-])(?<b>[0-9]{1,2})\k<mark>(?<year>[0-9]{4}))"
        + @",?[\sT]+(?<hour>[0-9]{1,2}):(?<minute>[0-9]{2})(:(?<second>[0-9]{2}))?(\s*(?<half>[AaPp])\.?\s?[Mm]\.?)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();

    /// <param name="A">Month and day, or day and month.</param>
    /// <param name="Half">Of the day: <c>A</c> or <c>P</c>.</param>
    private sealed record DateParts(
        bool IsYearFirst, int Year, int A, int B, int Hour, int Minute, int Second, char? Half)
    {
        public Moment? At(int month, int day)
        {
            var isHour = Half is null ? Hour <= 23 : Hour is >= 1 and <= 12;
            if (!isHour || Minute > 59 || Second > 59 || Year < 1 || month is < 1 or > 12
                || day < 1 || day > DateTime.DaysInMonth(Year, month))
            {
                return null;
            }

            var hour = Half switch { null => Hour, 'A' => Hour % 12, _ => (Hour % 12) + 12 };
            return new(null, new DateTime(Year, month, day, hour, Minute, Second));
        }
    }
}
