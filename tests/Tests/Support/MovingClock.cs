namespace Platform.Tests.Support;

/// <summary>A clock that a test moves.</summary>
public sealed class MovingClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Time { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Time;
}
