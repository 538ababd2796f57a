using Platform.Contracts.Calendars;
using Platform.Core.Calendars;

namespace Platform.Worker.Calendars;

/// <summary>What a poll has found.</summary>
/// <param name="Text">iCalendar, of several calendars one after the other; null where nothing has changed.</param>
internal sealed record PolledCalendar(string? Text, CalendarMarks? Marks, string? Error = null, int? Status = null)
{
    public static PolledCalendar Failed(CalendarAnswer answer) => new(null, null, answer.Problem, answer.Status);
}

/// <summary>A calendar that is a file at a URL.</summary>
internal sealed class IcsCalendar(CalendarHttp http)
{
    private const int MaxRedirects = 3;

    /// <param name="marks">Of the last time; nothing where all of it is to be read.</param>
    public async Task<PolledCalendar> PollAsync(CalendarAccess access, CalendarMarks marks, CancellationToken ct)
    {
        var url = new Uri(access.Url);
        for (var redirects = 0; ; redirects++)
        {
            var answer = await http.SendAsync(HttpMethod.Get, url.AbsoluteUri, access, ct, request =>
            {
                request.Headers.Accept.ParseAdd("text/calendar, */*;q=0.5");
                if (marks.ETag is { } tag) request.Headers.TryAddWithoutValidation("If-None-Match", tag);
                if (marks.LastModified is { } time) request.Headers.TryAddWithoutValidation("If-Modified-Since", time);
            });
            if (answer.Status == 304) return new(null, null);
            if (answer is { Status: 301 or 302 or 303 or 307 or 308, Location: { } location } && redirects < MaxRedirects)
            {
                url = new(url, location); // each connection is checked, wherever it leads
                if (url.Scheme is not ("http" or "https")) return new(null, null, CalendarProblems.NotAllowed, answer.Status);
                continue;
            }

            if (!answer.IsSuccess) return PolledCalendar.Failed(answer);

            return answer.Text.Contains("BEGIN:VCALENDAR", StringComparison.OrdinalIgnoreCase)
                ? new(answer.Text, new(answer.ETag, answer.LastModified))
                : new(null, null, CalendarProblems.NotACalendar, answer.Status);
        }
    }
}
