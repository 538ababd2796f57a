using NodaTime;

namespace Platform.Core.Availability;

/// <summary>
/// When one resource is open and how many places it has left, for starts that are asked about in order of time. Times
/// are ticks of UTC, because there are many.
/// </summary>
internal sealed class Timeline
{
    private readonly Candidate _candidate;
    private readonly SlotQuestion _question;
    private readonly int _units;
    private readonly bool _isLeading;
    private readonly (long Start, long End)[] _openings;
    private readonly (long Start, long End)[] _blackouts;
    private readonly (long Start, long End, int Units)[] _taken;
    private readonly (long Start, long End)[] _outside;
    private readonly Dictionary<long, int>? _seats;
    private readonly (LocalDate Date, long Start, long End)[] _days;
    private readonly long _length;
    private readonly long _before;
    private readonly long _after;
    private int _opening, _blackout, _next, _day;

    /// <param name="starts">Between which starts will be asked about.</param>
    /// <param name="isLeading">Whether the party takes places of this resource, and limits count by its zone.</param>
    public Timeline(Candidate candidate, SlotQuestion question, TimeRange starts, bool isLeading)
    {
        (_candidate, _question) = (candidate, question);
        _length = question.Times.Length.Ticks;
        _before = question.Times.Before.Ticks;
        _after = question.Times.After.Ticks;
        _units = isLeading && question.Group is null ? question.PartySize : 1;

        var openings = WeeklyHours.Openings(
            candidate.Hours, candidate.Zone, starts with { End = starts.End + question.Times.Length });
        _openings = [.. openings.Select(o => (o.Start.UtcTicks, o.End.UtcTicks))];
        _blackouts = [.. candidate.Blackouts.Select(b => (b.Time.Start.UtcTicks, b.Time.End.UtcTicks)).Order()];
        var outside = candidate.Occupied.Where(b => b.IsOutside);
        _outside = [.. outside.Select(b => (b.Range.Start.UtcTicks, b.Range.End.UtcTicks)).Order()];
        _taken = UnitsOverTime(candidate.Occupied);
        _seats = question.Group is null ? null : SeatsTaken(candidate.Occupied);
        _isLeading = isLeading;
        _days = question.Use is not null || (isLeading && question.Times.Packed) ? Days(starts, candidate.Zone) : [];
    }

    public Candidate Candidate => _candidate;

    /// <summary>The starts of the resource's own grid, with how many places each has.</summary>
    public IEnumerable<(long Start, int Places)> Grid(long from, long to)
    {
        var interval = _question.Times.Interval.Ticks;

        foreach (var (opens, closes) in _openings)
        {
            var start = _question.Times.Packed ? Math.Max(opens, _days[0].Start)
                : opens >= from ? opens
                : opens + (from - opens + interval - 1) / interval * interval;

            while (start < to && start + _length <= closes)
            {
                var places = PlacesAt(start);
                if (places > 0 && start >= from) yield return (start, places);

                start = _question.Times.Packed ? NextPacked(start, places) : start + interval;
            }
        }
    }

    /// <summary>How many places there are at a start that another resource's grid has offered.</summary>
    public int OpenPlacesAt(long start)
    {
        while (_opening < _openings.Length && _openings[_opening].End <= start) _opening++;

        return _opening < _openings.Length && _openings[_opening].Start <= start && start + _length <= _openings[_opening].End
            ? PlacesAt(start)
            : 0;
    }

    private int PlacesAt(long start)
    {
        if (IsBlackedOut(start) || EndOfOutside(start) is not null) return 0;

        var allowed = LimitAt(start);
        return allowed > 0 ? Math.Min(allowed, FreePlacesAt(start)) : 0;
    }

    private int FreePlacesAt(long start)
    {
        if (_seats is not null && _question.Group is { } group)
        {
            var number = group.NumberAt(new(start, TimeSpan.Zero));
            if (_seats.TryGetValue(number, out var taken)) return Seats(group.Seats - taken);
            return UnitsIn(start) + 1 <= _candidate.Capacity ? Seats(group.Seats) : 0;
        }

        return Math.Max(0, (_candidate.Capacity - UnitsIn(start)) / _units);

        int Seats(int free) => free >= _question.PartySize ? free : 0;
    }

    private bool IsBlackedOut(long start)
    {
        while (_blackout < _blackouts.Length && _blackouts[_blackout].End <= start) _blackout++;

        for (var i = _blackout; i < _blackouts.Length && _blackouts[i].Start < start + _length; i++)
        {
            if (_blackouts[i].End > start) return true;
        }

        return false;
    }

    /// <summary>The end of the last busy time of an outside calendar that meets the service or its buffers.</summary>
    private long? EndOfOutside(long start)
    {
        var (from, to) = (start - _before, start + _length + _after);
        long? end = null;
        for (var i = 0; i < _outside.Length && _outside[i].Start < to; i++)
        {
            if (_outside[i].End > from && !(end > _outside[i].End)) end = _outside[i].End;
        }

        return end;
    }

    /// <summary>How many bookings the limits still let in; no limit is as many as there may be.</summary>
    private int LimitAt(long start)
    {
        if (_question.Use is not { } use || _days.Length == 0) return int.MaxValue;

        while (_day < _days.Length - 1 && _days[_day].End <= start) _day++;
        var (date, id) = (_days[_day].Date, _candidate.ResourceId);
        var ofResource = use.LeftOf(date, id);
        return _isLeading ? Math.Min(ofResource, use.Left(date, (int)(_length / TimeSpan.TicksPerMinute))) : ofResource;
    }

    /// <summary>How many places are taken at the fullest moment of the service and its buffers.</summary>
    private int UnitsIn(long start)
    {
        var (from, to) = (start - _before, start + _length + _after);
        while (_next < _taken.Length && _taken[_next].End <= from) _next++;

        var units = 0;
        for (var i = _next; i < _taken.Length && _taken[i].Start < to; i++) units = Math.Max(units, _taken[i].Units);
        return units;
    }

    /// <summary>
    /// The next start of a packed grid: a step further, or after what is in the way; it starts again at each local
    /// midnight, so that no day's starts depend on how far back a question looks.
    /// </summary>
    private long NextPacked(long start, int places)
    {
        if (places == 0 && EndOfObstacle(start) is { } end) return end;

        var next = start + _question.Times.Interval.Ticks;
        foreach (var (_, midnight, _) in _days)
        {
            if (midnight > start && midnight < next) return midnight;
        }

        return next;
    }

    /// <summary>
    /// The first start after what is in the way at this one; null if it is a full session, or a limit.
    /// </summary>
    private long? EndOfObstacle(long start)
    {
        var (from, to) = (start - _before, start + _length + _after);
        for (var i = _next; i < _taken.Length && _taken[i].Start < to; i++)
        {
            if (_taken[i].End > from && _taken[i].Units + _units > _candidate.Capacity) return _taken[i].End + _before;
        }

        for (var i = _blackout; i < _blackouts.Length && _blackouts[i].Start < start + _length; i++)
        {
            if (_blackouts[i].End > start) return _blackouts[i].End;
        }

        return EndOfOutside(start) + _before;
    }

    /// <summary>
    /// How many places are taken from when to when, where any are: depth, not a count of overlaps. The bookings of one
    /// session take one place together.
    /// </summary>
    internal static (long Start, long End, int Units)[] UnitsOverTime(IReadOnlyList<OccupiedTime> occupied)
    {
        if (occupied.Count == 0) return [];

        var edges = new (long At, int Change)[occupied.Count * 2];
        var sessions = new HashSet<(long, long)>();
        var count = 0;
        foreach (var b in occupied)
        {
            if (b.IsOutside) continue;
            if (b.Session > 0 && !sessions.Add((b.Session, b.Range.Start.UtcTicks))) continue;

            edges[count++] = (b.Range.Start.UtcTicks, b.Units);
            edges[count++] = (b.Range.End.UtcTicks, -b.Units);
        }

        Array.Sort(edges, 0, count, ByTime);
        List<(long, long, int)> steps = new(count);
        var units = 0;
        for (var i = 0; i < count; i++)
        {
            if (units > 0 && edges[i].At > edges[i - 1].At) steps.Add((edges[i - 1].At, edges[i].At, units));
            units += edges[i].Change;
        }

        return [.. steps];
    }

    private static readonly Comparer<(long At, int Change)> ByTime =
        Comparer<(long At, int Change)>.Create((a, b) => a.At.CompareTo(b.At));

    private static Dictionary<long, int> SeatsTaken(IReadOnlyList<OccupiedTime> occupied)
    {
        Dictionary<long, int> seats = [];
        foreach (var b in occupied)
        {
            if (b.Session > 0) seats[b.Session] = seats.GetValueOrDefault(b.Session) + b.Seats;
        }

        return seats;
    }

    private static (LocalDate Date, long Start, long End)[] Days(TimeRange starts, DateTimeZone zone)
    {
        List<(LocalDate, long, long)> days = [];
        var last = ZoneRules.DateOf(starts.End, zone);
        for (var date = ZoneRules.DateOf(starts.Start, zone); date <= last; date = date.PlusDays(1))
        {
            days.Add((date, ZoneRules.StartOf(date, zone).UtcTicks, ZoneRules.StartOf(date.PlusDays(1), zone).UtcTicks));
        }

        return [.. days];
    }
}
