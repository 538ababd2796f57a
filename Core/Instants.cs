namespace Platform.Core;

public static class Instants
{
    extension(TimeProvider clock)
    {
        /// <summary>
        /// Now, to the microsecond: what PostgreSQL can hold, so that an answer equals the stored row.
        /// </summary>
        public DateTimeOffset Now => clock.GetUtcNow().Stored;
    }

    extension(DateTimeOffset instant)
    {
        /// <summary>As PostgreSQL holds it: in UTC, to the microsecond.</summary>
        public DateTimeOffset Stored =>
            new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
    }
}
