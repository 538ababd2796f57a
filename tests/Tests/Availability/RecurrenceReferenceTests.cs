using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using NodaTime.Text;
using Platform.Core.Availability;
using Platform.Tests.Support;

namespace Platform.Tests.Availability;

/// <summary>Recurrence compared to the npm package <c>rrule</c>.</summary>
/// <remarks>
/// The rules leave out what that package does differently from RFC 5545: it lets MO,2TU match only what is both; a
/// BYSETPOS beyond the set from the end takes the first day; in the first week BYSETPOS counts from the start instead
/// of from the beginning of the week. Examples in RecurrenceTests show those.
/// </remarks>
public sealed class RecurrenceReferenceTests
{
    private const int Max = 200;

    private static readonly LocalDateTimePattern Text =
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss");

    private static readonly string[] Weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

    /// <summary>Near the last year that rrule knows: a rule that matches nothing keeps it busy until then.</summary>
    private static readonly Gen<LocalDateTime> Starts =
        from day in Gen.Choose(0, 4 * 366)
        from minute in Gen.Choose(0, 1439)
        select new LocalDate(9985, 1, 1).PlusDays(day).AtMidnight().PlusMinutes(minute);

    private static readonly Gen<Question> Questions =
        from start in Starts
        from frequency in Gen.Elements("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
        from interval in Gen.Frequency((2, Gen.Constant(1)), (3, Gen.Choose(2, 5)), (1, Gen.Choose(6, 40)))
        from end in Ends(start)
        from days in Days(frequency)
        from monthDays in frequency == "WEEKLY" ? Nothing : MonthDays
        from months in Sometimes(ListOf(Gen.Choose(1, 12), 4))
        from position in Sometimes(Gen.Elements("1", "2", "3", "-1", "1,2", "1,3", "2,4"))
        from weekStart in Sometimes(Gen.Elements(Weekdays))
        select new Question(start, string.Join(';', Parts(
            start, frequency, interval, end, days, monthDays, months, position, weekStart)));

    private static Gen<string> Nothing => Gen.Constant("");

    private static Gen<string> MonthDays =>
        Sometimes(ListOf(Gen.OneOf(Gen.Choose(1, 31), Gen.Choose(-31, -1), Gen.Choose(28, 31)), 4));

    [Fact]
    public void Random_rules_expand_to_the_same_dates_as_in_rrule()
    {
        var questions = Questions.Sample(400, new Rnd(20_261_122, 7), 20);

        var ours = questions.Select(Ours).ToList();

        Assert.Equal(Theirs(questions), ours);
        Assert.InRange(ours.Count(line => line.EndsWith("[]", StringComparison.Ordinal)), 1, 200); // most say something
    }

    private static string Ours(Question question)
    {
        var (rule, error) = RecurrenceRule.Parse(question.Rule);
        Assert.Null(error);

        var found = Recurrence.Expand(rule!, question.Start, DateTimeZone.Utc, [], [], question.Last, Max).Occurrences;

        return question + JsonSerializer.Serialize(found.Select(occurrence => Text.Format(occurrence.Local)));
    }

    private static List<string> Theirs(IReadOnlyList<Question> questions)
    {
        var start = new ProcessStartInfo("node", "expand.mjs")
        {
            WorkingDirectory = Repository.PathOf("tests/Tests/Availability/rrule"),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var node = Process.Start(start)!;
        var output = node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        foreach (var question in questions)
        {
            node.StandardInput.WriteLine(JsonSerializer.Serialize(new
            {
                rule = question.Rule,
                start = Text.Format(question.Start),
                last = Text.Format(question.Last.At(LocalTime.MaxValue)),
                max = Max,
            }));
        }

        node.StandardInput.Close();
        node.WaitForExit();

        var lines = output.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. questions.Zip(lines, (question, line) => question + line)];
    }

    private static IEnumerable<string> Parts(
        LocalDateTime start, string frequency, int interval, string end, string days, string monthDays, string months,
        string position, string weekStart)
    {
        yield return $"FREQ={frequency}";
        if (interval > 1) yield return $"INTERVAL={interval}";
        if (end.Length > 0) yield return end;
        if (days.Length > 0) yield return $"BYDAY={days}";
        if (monthDays.Length > 0) yield return $"BYMONTHDAY={monthDays}";
        if (months.Length > 0) yield return $"BYMONTH={months}";

        var choosesInWeeks = position.Length > 0 && frequency == "WEEKLY";
        if (position.Length > 0 && days.Length + monthDays.Length + months.Length > 0)
        {
            yield return $"BYSETPOS={position}";
        }

        if (choosesInWeeks) yield return $"WKST={Weekdays[(int)start.DayOfWeek - 1]}"; // see the remarks
        else if (weekStart.Length > 0) yield return $"WKST={weekStart}";
    }

    private static Gen<string> Ends(LocalDateTime start) => Gen.Frequency(
        (2, Nothing),
        (2, Gen.Choose(1, 60).Select(count => $"COUNT={count}")),
        (2, from day in Gen.Choose(0, 2000)
            let until = start.PlusDays(day)
            select string.Create(CultureInfo.InvariantCulture, $"UNTIL={until:uuuuMMdd'T'HHmmss}Z")));

    private static Gen<string> Days(string frequency)
    {
        var plain = ListOf(Gen.Elements(Weekdays), 4);
        if (frequency is "DAILY" or "WEEKLY") return Sometimes(plain);

        var largest = frequency == "MONTHLY" ? 5 : 53;
        var ordinal =
            from size in Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(1, largest))
            from number in Gen.Elements(size, -size)
            from day in Gen.Elements(Weekdays)
            select $"{number}{day}";
        return Gen.Frequency((1, Nothing), (1, plain), (1, ListOf(ordinal, 3)));
    }

    private static Gen<string> Sometimes(Gen<string> some) => Gen.Frequency((1, Nothing), (1, some));

    private static Gen<string> ListOf<T>(Gen<T> items, int most) =>
        from count in Gen.Choose(1, most)
        from list in items.ListOf(count)
        select string.Join(',', list.Distinct());

    private sealed record Question(LocalDateTime Start, string Rule)
    {
        public LocalDate Last => Start.Date.PlusYears(10);

        public override string ToString() => $"{Text.Format(Start)} {Rule} ";
    }
}
