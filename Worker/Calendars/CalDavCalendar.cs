using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Platform.Contracts.Calendars;
using Platform.Core.Availability;
using Platform.Core.Calendars;

namespace Platform.Worker.Calendars;

/// <summary>
/// A calendar of a CalDAV server (RFC 4791). Its sync token (RFC 6578), or its ctag, shows whether anything has changed;
/// a calendar-query reads what meets the window.
/// </summary>
internal sealed class CalDavCalendar(CalendarHttp http)
{
    private static readonly XNamespace D = "DAV:", C = "urn:ietf:params:xml:ns:caldav", S = "http://calendarserver.org/ns/";
    private static readonly HttpMethod PropFind = new("PROPFIND"), Report = new("REPORT");

    /// <param name="marks">Of the last time; nothing where all of it is to be read.</param>
    public async Task<PolledCalendar> PollAsync(
        CalendarAccess access, CalendarMarks marks, TimeRange window, CancellationToken ct)
    {
        var asked = new XElement(D + "propfind", new XElement(
            D + "prop", new XElement(D + "resourcetype"), new XElement(D + "sync-token"), new XElement(S + "getctag")));
        var found = await SendAsync(PropFind, access, asked, "0", ct);
        if (!found.IsSuccess) return PolledCalendar.Failed(found);
        if (Parse(found.Text) is not { } properties || !properties.Descendants(D + "resourcetype").Elements(C + "calendar").Any())
        {
            return new(null, null, CalendarProblems.NotACalendar, found.Status);
        }

        var now = new CalendarMarks(SyncToken: TextOf(properties, D + "sync-token"), CTag: TextOf(properties, S + "getctag"));
        var isSame = now.SyncToken is { } token ? token == marks.SyncToken : now.CTag is { } ctag && ctag == marks.CTag;
        if (isSame) return new(null, null);

        var read = await SendAsync(Report, access, Query(window), "1", ct);
        if (!read.IsSuccess) return PolledCalendar.Failed(read);

        return Parse(read.Text) is { } events
            ? new(string.Join('\n', events.Descendants(C + "calendar-data").Select(data => data.Value)), now)
            : new(null, null, CalendarProblems.NotACalendar, read.Status);
    }

    /// <summary>Creates an event, or replaces the one with this tag.</summary>
    /// <param name="etag">Null creates the event only if it does not exist.</param>
    public Task<CalendarAnswer> PutAsync(
        CalendarAccess access, string uid, string text, string? etag, CancellationToken ct) =>
        http.SendAsync(HttpMethod.Put, UrlOf(access, uid), access, ct, request =>
        {
            request.Content = new StringContent(text, Encoding.UTF8, "text/calendar");
            if (etag is null) request.Headers.TryAddWithoutValidation("If-None-Match", "*");
            else request.Headers.TryAddWithoutValidation("If-Match", etag);
        });

    /// <summary>Whatever somebody has made of it there.</summary>
    public Task<CalendarAnswer> DeleteAsync(CalendarAccess access, string uid, CancellationToken ct) =>
        http.SendAsync(HttpMethod.Delete, UrlOf(access, uid), access, ct);

    public Task<CalendarAnswer> GetAsync(CalendarAccess access, string uid, CancellationToken ct) =>
        http.SendAsync(HttpMethod.Get, UrlOf(access, uid), access, ct);

    private Task<CalendarAnswer> SendAsync(
        HttpMethod method, CalendarAccess access, XElement body, string depth, CancellationToken ct) =>
        http.SendAsync(method, access.Url, access, ct, request =>
        {
            request.Headers.Add("Depth", depth);
            request.Content = new StringContent(
                $"<?xml version=\"1.0\" encoding=\"utf-8\"?>{body.ToString(SaveOptions.DisableFormatting)}",
                Encoding.UTF8, "application/xml");
        });

    private static XElement Query(TimeRange window) => new(
        C + "calendar-query",
        new XElement(D + "prop", new XElement(D + "getetag"), new XElement(C + "calendar-data")),
        new XElement(C + "filter", new XElement(
            C + "comp-filter", new XAttribute("name", "VCALENDAR"), new XElement(
                C + "comp-filter", new XAttribute("name", "VEVENT"), new XElement(
                    C + "time-range", new XAttribute("start", Utc(window.Start)), new XAttribute("end", Utc(window.End)))))));

    private static string UrlOf(CalendarAccess access, string uid) =>
        $"{access.Url.TrimEnd('/')}/{Uri.EscapeDataString(uid)}.ics";

    private static string Utc(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static string? TextOf(XElement answer, XName name) =>
        answer.Descendants(name).Select(e => e.Value).FirstOrDefault(value => value.Length > 0);

    /// <summary>Without entities: the document is a stranger's. Null where it is no XML.</summary>
    private static XElement? Parse(string text)
    {
        try
        {
            using var reader = XmlReader.Create(
                new StringReader(text), new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XElement.Load(reader);
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
