using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Platform.Core.Availability;

namespace Platform.Tests.Availability;

/// <summary>Slots compared to a scan of every minute, without windows, grids or pointers.</summary>
public sealed class SlotRulesTests
{
    private const int Days = 3;

    /// <summary>Zones with the start of a period in which their clocks change, and one where they do not.</summary>
    private static readonly (string Zone, DateTimeOffset From)[] Places =
    [
        ("Europe/Berlin", new(2026, 3, 28, 0, 0, 0, TimeSpan.Zero)),
        ("Europe/Lisbon", new(2026, 10, 24, 0, 0, 0, TimeSpan.Zero)),
        ("America/Sao_Paulo", new(2018, 11, 3, 0, 0, 0, TimeSpan.Zero)),
        ("Australia/Lord_Howe", new(2026, 4, 3, 12, 0, 0, TimeSpan.Zero)),
        ("Asia/Kathmandu", new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero)),
    ];

    private static readonly Gen<WeeklyRule> Rules =
        from day in Gen.Choose(1, 7)
        from start in Gen.Choose(0, 95)
        from end in Gen.Choose(0, 96)
        select new WeeklyRule((IsoDayOfWeek)day, start * 15, end * 15);

    /// <summary>A day of the range, with one opening or no opening.</summary>
    private static readonly Gen<(int Day, LocalHours? Opening)> Overrides =
        from day in Gen.Choose(0, Days)
        from start in Gen.Choose(0, 95)
        from end in Gen.Choose(0, 96)
        from closed in Gen.Elements(true, false)
        select (day, closed ? (LocalHours?)null : new LocalHours(start * 15, end * 15));

    private static readonly Gen<Question> Questions =
        from place in Gen.Elements(Places)
        from rules in Rules.ArrayOf(6)
        from overrides in Overrides.ArrayOf(2)
        from blackouts in Gen.Choose(0, Days * 1440).ArrayOf(2)
        from busy in Gen.Choose(0, Days * 1440).ArrayOf(8)
        from capacity in Gen.Choose(1, 3)
        from length in Gen.Choose(1, 8)
        from interval in Gen.Choose(1, 12)
        from before in Gen.Choose(0, 2)
        from after in Gen.Choose(0, 2)
        from notice in Gen.Choose(0, 600)
        select new Question(
            place.Zone, place.From, rules, [.. overrides.DistinctBy(o => o.Day)],
            [.. blackouts.Select(minute => Hour(place.From, minute))],
            capacity == 1 ? Apart(busy, place.From) : [.. busy.Select(minute => Hour(place.From, minute))], capacity,
            new(Minutes(length * 10), Minutes(before * 10), Minutes(after * 10), Minutes(interval * 10), Minutes(notice), 10));

    [Fact]
    public void Slots_are_exactly_those_that_a_scan_of_every_minute_finds() =>
        Prop.ForAll(Questions.ToArbitrary(), question =>
        {
            var found = SlotRules.Slots(question.Slots, question.Wanted, question.From);

            Assert.Equal(Scan(question), found.Select(slot => slot.Start));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Asking_in_two_halves_finds_what_asking_once_does() =>
        Prop.ForAll(Questions.ToArbitrary(), Gen.Choose(0, Days * 1440).ToArbitrary(), (question, cut) =>
        {
            var middle = question.From.AddMinutes(cut);

            var halves = Starts(question, question.Wanted with { End = middle })
                .Concat(Starts(question, question.Wanted with { Start = middle }));

            Assert.Equal(Starts(question, question.Wanted), halves);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_packed_grid_offers_open_and_free_times_whichever_part_is_requested() =>
        Prop.ForAll(Questions.ToArbitrary(), Gen.Choose(0, Days * 1440).ToArbitrary(), (question, cut) =>
        {
            var packed = question with { Times = question.Times with { Packed = true } };
            var everyMinute = question with { Times = question.Times with { Interval = Minutes(1) } };
            var middle = packed.From.AddMinutes(cut);

            var starts = Starts(packed, packed.Wanted).ToList();
            var halves = Starts(packed, packed.Wanted with { End = middle })
                .Concat(Starts(packed, packed.Wanted with { Start = middle }));

            Assert.Equal(starts, halves);
            Assert.Empty(starts.Except(Starts(everyMinute, everyMinute.Wanted)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_resource_with_a_capacity_of_two_is_free_until_both_units_are_taken()
    {
        var monday = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
        var times = new ServiceTimes(Minutes(60), default, default, Minutes(60), default, 10);
        var hour = new TimeRange(monday, monday.AddHours(1));
        var candidate = new Candidate(
            7, 1, 2, DateTimeZone.Utc, new([new(IsoDayOfWeek.Monday, 540, 720)]), [],
            [new(hour, 1, 0), new(hour, 1, 0), new(hour with { Start = hour.End, End = hour.End.AddHours(1) }, 1, 0)]);

        var slots = SlotRules.Slots(new(times, [new(1)], [candidate]), new(monday, monday.AddDays(1)), monday);

        Assert.Equal([(10, 1), (11, 2)], slots.Select(s => (s.Start.Hour, s.Remaining)));
    }

    private static IEnumerable<DateTimeOffset> Starts(Question question, TimeRange wanted) =>
        SlotRules.Slots(question.Slots, wanted, question.From).Select(slot => slot.Start);

    private static IEnumerable<DateTimeOffset> Scan(Question question)
    {
        const int lead = 9 * 1440; // long enough to see where an opening began, unless it never pauses
        const int count = lead + (Days * 1440) + 1440;
        var origin = question.From.AddMinutes(-lead);
        var zone = ZoneRules.Get(question.Zone);
        var open = new bool[count];

        var first = ZoneRules.DateOf(origin, zone).PlusDays(-2);
        for (var date = first; date <= first.PlusDays(20); date = date.PlusDays(1))
        {
            var instead = question.DayOverrides.Where(o => o.Date == date).ToList();
            var isCut = question.DayOverrides.Any(o => o.Date == date.PlusDays(1));
            var openings = instead.Count > 0 ? instead[0].Openings
                : question.Rules.Where(rule => rule.AppliesOn(date)).Select(rule => rule.Hours);
            foreach (var (startMinute, endMinute) in openings)
            {
                var isOver = endMinute <= startMinute;
                var start = At(date.AtMidnight().PlusMinutes(startMinute));
                var end = isOver && isCut
                    ? Math.Min(AtStart(date.PlusDays(1)), At(date.PlusDays(1).AtMidnight().PlusMinutes(endMinute)))
                    : At(date.PlusDays(isOver ? 1 : 0).AtMidnight().PlusMinutes(endMinute));
                for (var m = Math.Max(start, 0); m < Math.Min(end, count); m++) open[m] = true;
            }
        }

        var times = question.Times;
        for (var (m, began) = (0, 0); m < lead + (Days * 1440); m++)
        {
            if (open[m] && (m == 0 || !open[m - 1])) began = m;
            if (m < lead || !open[m] || (m - began) % (int)times.Interval.TotalMinutes != 0) continue;

            var start = origin.AddMinutes(m);
            var fits = Enumerable.Range(m, (int)times.Length.TotalMinutes).All(minute => open[minute]);
            var isFree = IsFree(question, times.Occupied(start));
            var isAllowed = !question.Blackouts.Any(b => b.Overlaps(new(start, start + times.Length)));
            if (fits && isFree && isAllowed && start >= question.From + times.Notice) yield return start;
        }

        int AtStart(LocalDate date) => (int)(ZoneRules.StartOf(date, zone) - origin).TotalMinutes;

        int At(LocalDateTime local) => (int)(ZoneRules.ToInstant(local, zone) - origin).TotalMinutes;
    }

    /// <summary>Whether every minute of this time has fewer bookings than the capacity.</summary>
    private static bool IsFree(Question question, TimeRange occupied) =>
        Enumerable.Range(0, (int)occupied.Length.TotalMinutes).Select(minute => occupied.Start.AddMinutes(minute))
            .All(at => question.Busy.Count(b => b.Start <= at && at < b.End) < question.Capacity);

    private static TimeRange Hour(DateTimeOffset from, int minute) => new(from.AddMinutes(minute), from.AddMinutes(minute + 60));

    /// <summary>Hours that do not overlap, as the bookings of one unit never do.</summary>
    private static List<TimeRange> Apart(int[] starts, DateTimeOffset from)
    {
        List<TimeRange> busy = [];
        foreach (var start in starts.Order())
        {
            var hour = Hour(from, start);
            if (busy is [] || busy[^1].End <= hour.Start) busy.Add(hour);
        }

        return busy;
    }

    private static TimeSpan Minutes(int minutes) => TimeSpan.FromMinutes(minutes);

    private sealed record Question(
        string Zone, DateTimeOffset From, WeeklyRule[] Rules, List<(int Day, LocalHours? Opening)> Overrides,
        List<TimeRange> Blackouts, List<TimeRange> Busy, int Capacity, ServiceTimes Times)
    {
        public IReadOnlyList<DayOverride> DayOverrides =>
        [
            .. Overrides.Select(o => new DayOverride(
                ZoneRules.DateOf(From, ZoneRules.Get(Zone)).PlusDays(o.Day), o.Opening is { } hours ? [hours] : [])),
        ];

        public TimeRange Wanted => new(From, From.AddDays(Days));

        public Candidate Candidate => new(
            1, 1, Capacity, ZoneRules.Get(Zone), new(Rules, DayOverrides), [.. Blackouts.Select(b => new Closure(b))], [.. Busy.Select(time => new OccupiedTime(time, 1, 0))]);

        public SlotQuestion Slots => new(Times, [new(1)], [Candidate]);
    }
}
