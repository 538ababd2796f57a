namespace Platform.Core.Availability;

/// <summary>A range of time that includes its start and excludes its end.</summary>
public readonly record struct TimeRange(DateTimeOffset Start, DateTimeOffset End)
{
    public TimeSpan Length => End - Start;

    public bool IsEmpty => End <= Start;

    public bool Overlaps(TimeRange other) => Start < other.End && other.Start < End;

    public TimeRange Widen(TimeSpan before, TimeSpan after) => new(Start - before, End + after);

    /// <summary>What both have in common; empty when that is nothing.</summary>
    public TimeRange Within(TimeRange other) =>
        new(Start > other.Start ? Start : other.Start, End < other.End ? End : other.End);
}
