namespace Platform.Core;

public static class Instants
{
    extension(TimeProvider clock)
    {
        /// <summary>Now, to the microsecond: what PostgreSQL can hold, so that an answer equals the stored row.</summary>
        public DateTimeOffset Now
        {
            get
            {
                var now = clock.GetUtcNow();
                return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
            }
        }
    }
}
