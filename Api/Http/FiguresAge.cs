using System.Globalization;

namespace Platform.Api.Http;

/// <summary>How old the figures of an answer are: <c>meta.asOf</c> and the header <c>Age</c>.</summary>
internal static class FiguresAge
{
    extension(HttpContext http)
    {
        /// <summary>Null where the answer has no figures.</summary>
        public DateTimeOffset? AsOf => http.Features.Get<Instant>()?.At;

        /// <param name="asOf">What happened until then is in the figures.</param>
        public void SetAsOf(DateTimeOffset asOf, DateTimeOffset now)
        {
            http.Features.Set(new Instant(asOf));
            http.SetAge((int)Math.Max(0, (now - asOf).TotalSeconds));
        }

        public void SetAge(int seconds) => http.Response.Headers.Age = seconds.ToString(CultureInfo.InvariantCulture);
    }

    private sealed record Instant(DateTimeOffset At);
}
