using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using NodaTime;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Catalogue;
using Platform.Core.Clients;

namespace Platform.Core.Bookings.Imports;

/// <summary>
/// What a row of an imported file means. It is history, or was agreed elsewhere: hours, notice, window, lengths and
/// limits are not asked, but it has to have a place that nobody else has.
/// </summary>
internal static class ImportRules
{
    private const int MaxIdLength = 200;
    private const string CancelledEvent = nameof(ICalendar.CalendarStatus.Cancelled);
    private static readonly TimeSpan MaxLength = TimeSpan.FromMinutes(10_080); // as of any request

    private static readonly Dictionary<string, string> Statuses = new()
    {
        ["pending"] = BookingStatuses.Pending,
        ["tentative"] = BookingStatuses.Pending,
        ["confirmed"] = BookingStatuses.Confirmed,
        ["checkedin"] = BookingStatuses.CheckedIn,
        ["completed"] = BookingStatuses.Completed,
        ["cancelled"] = BookingStatuses.Cancelled,
        ["canceled"] = BookingStatuses.Cancelled,
        ["rejected"] = BookingStatuses.Rejected,
        ["expired"] = BookingStatuses.Expired,
        ["noshow"] = BookingStatuses.NoShow,
    };

    /// <summary>
    /// The UIDs under which the rows are known from now on. One without an id is known by what it and the settings say; of
    /// rows that say the same, each is another one.
    /// </summary>
    public static IReadOnlyList<string> UidsOf(IEnumerable<ImportRow> rows, ImportSettings settings, long tenantId)
    {
        Dictionary<string, int> same = [];
        return [.. rows.Select(row => row switch
        {
            { HasUid: true, ExternalId: { } uid } => uid,
            { ExternalId: { } id } => UidOf(id, tenantId),
            _ => ByContent(row),
        })];

        string ByContent(ImportRow row)
        {
            var content = JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    Row = row with { Number = 0, Line = 0 },
                    Service = row.Service is null ? settings.ServiceId : null,
                    Resource = row.Resources.Count == 0 ? settings.ResourceId : null,
                },
                PlatformJson.Options);
            var hash = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16));
            var number = same[hash] = same.GetValueOrDefault(hash) + 1;
            return string.Create(CultureInfo.InvariantCulture, $"{hash}-{number}@{tenantId}.import");
        }
    }

    /// <summary>Of a row that has a name of its own, which is no UID.</summary>
    public static string UidOf(string externalId, long tenantId) =>
        string.Create(CultureInfo.InvariantCulture, $"{externalId}@{tenantId}.import");

    /// <summary>
    /// Whether it says something new of what was imported before: a higher SEQUENCE, or that it is off, which some
    /// programs write without raising it.
    /// </summary>
    public static bool IsLater(ImportRow row, int sequence) => row.HasUid && row.Unreadable is null
        && (row.Sequence > sequence || (row.Sequence == sequence && row.Status == CancelledEvent));

    /// <param name="services">The active ones, by number.</param>
    public static Result<long> ServiceOf(
        ImportRow row, IReadOnlyDictionary<long, string> services, long? usual)
    {
        if (row.Service is not { } text) return usual is { } id ? id : Missing("service");
        if (NumberOf(text) is { } number && services.ContainsKey(number)) return number;

        return services.Where(s => s.Value == text).Select(s => s.Key).ToList() switch
        {
            [var one] => one,
            [] => BookingRules.UnknownService with { Field = "service" },
            _ => new Rejection(RejectionKind.Invalid, Codes.UnknownService, "Several services have that name.", "service"),
        };
    }

    /// <param name="isKnown">Whether it is a booking already, which has its answers.</param>
    public static Result<ImportableBooking> Read(
ImportRow row, string uid, BookableService service, long? usualResource, DateTimeZone tenantZone, DateTimeOffset now,
        string? country, bool isKnown)
    {
        if (row.Unreadable is { } unreadable) return unreadable;
        if (row.ExternalId is { Length: > MaxIdLength })
        {
            return Malformed("externalId", $"The UID must have at most {MaxIdLength} characters.");
        }

        if (!ResourcesOf(row, service, usualResource).TryGet(out var resources, out var unknown)) return unknown;
        if (row.IsFloating) row = row with { TimeZone = ZoneOf(service, resources, tenantZone).Id };

        if (!TimeOf(row, service).TryGet(out var time, out var outside)) return outside;
        if (!StatusOf(row, time.Start, now).TryGet(out var status, out var unfit)) return unfit;
        if (!RequestOf(row, service, time.Start, country, isKnown).TryGet(out var request, out var invalid)) return invalid;

        return new ImportableBooking(
            row, service, new(uid, status, row.Sequence), request, time.Start, AtAnyTime(service.Times, time.Length), resources);
    }

    /// <summary>Of the resource it takes, if it is known which; of all it could take, if they have the same.</summary>
    private static DateTimeZone ZoneOf(BookableService service, IReadOnlyList<long> resourceIds, DateTimeZone tenantZone)
    {
        var named = service.Candidates.Where(c => resourceIds.Contains(c.ResourceId)).ToList();
        var zones = (named.Count > 0 ? named.Take(1) : service.Candidates).Select(c => c.Zone).DistinctBy(z => z.Id).ToList();
        return zones is [var zone] ? zone : tenantZone;
    }

    /// <summary>Without the hours of the service, but with its buffers.</summary>
    public static ServiceTimes AtAnyTime(ServiceTimes times, TimeSpan length) => times with
    {
        Length = length,
        Interval = TimeSpan.FromTicks(1),
        Notice = TimeSpan.Zero,
        WindowDays = 1,
        Packed = false,
    };

    /// <summary>The place the row takes, or why it has none.</summary>
    /// <param name="taken">Of the service's resources, around the row.</param>
    public static Result<ChosenResources> Choose(ImportableBooking importable, OccupiedTimes taken)
    {
        var time = new TimeRange(importable.Start, importable.Start + importable.Times.Length);
        var always = OpenDuring(importable.Service, time, importable.ResourceIds);
        var choice = ResourceChoiceRules.Choose(
            new(always, taken, false), importable.Times, importable.Start, importable.ResourceIds, importable.Request.PartySize ?? 1, importable.Start);
        if (!choice.TryGet(out var chosen, out var rejection)) return rejection;

        return importable.ResourceIds.Except(chosen.Items.Select(p => p.ResourceId)).Any()
            ? new Rejection(
                RejectionKind.Invalid, Codes.InvalidRequirement, "The service cannot book all of these resources together.",
                "resources")
            : chosen;
    }

    /// <summary>The service as if it were open then, without limits and blackouts.</summary>
    /// <param name="resourceIds">Those that may be taken though they are in use no longer.</param>
    public static BookableService OpenDuring(BookableService service, TimeRange time, IReadOnlyList<long> resourceIds) =>
        service with
        {
            Limits = new(),
            Candidates =
            [
                .. service.Candidates
                    .Where(c => c.Hours != OpeningHours.Never || resourceIds.Contains(c.ResourceId))
                    .Select(c => c with { Hours = OpenDuring(time, c.Zone), Blackouts = [] }),
            ],
        };

    /// <summary>As overrides of the dates, so that no other date has to be looked at.</summary>
    private static OpeningHours OpenDuring(TimeRange time, DateTimeZone zone)
    {
        const int minutesOfDay = 24 * 60;
        var (first, last) = (ZoneRules.DateOf(time.Start, zone), ZoneRules.DateOf(time.End, zone));
        List<DayOverride> days = [];
        for (var date = first; date <= last; date = date.PlusDays(1)) days.Add(new(date, [new(0, minutesOfDay)]));
        return new([], days);
    }

    private static Result<TimeRange> TimeOf(ImportRow row, BookableService service)
    {
        if (row.Start is not { } starts) return Missing("start");
        if (!InstantOf(starts, row).TryGet(out var start, out var unclear)) return unclear;
        if (ScheduleRules.CheckInstant(start, "start") is { } far) return far;

        var length = row.DurationMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : service.Times.Length;
        if (row.End is { } ends)
        {
            if (!InstantOf(ends, row).TryGet(out var end, out var endUnclear))
            {
                return endUnclear.Field == "start" ? endUnclear with { Field = "end" } : endUnclear;
            }

            if (row.DurationMinutes is not null && end - start != length)
            {
                return new Rejection(
                    RejectionKind.Invalid, Codes.InvalidDuration, "The duration must equal the time from start to end.", "durationMinutes");
            }

            length = end - start;
        }

        var field = row.End is null ? "durationMinutes" : "end";
        if (length <= TimeSpan.Zero)
        {
            return new Rejection(RejectionKind.Invalid, Codes.InvalidRange, "The end must be after the start.", field);
        }

        return length > MaxLength
            ? new Rejection(
                RejectionKind.Invalid, Codes.RangeTooLong, "The booking must not be longer than seven days.", field)
            : new TimeRange(start, start + length);
    }

    /// <summary>A day begins somewhat later where clocks jump over its midnight.</summary>
    private static Result<DateTimeOffset> InstantOf(Moment moment, ImportRow row) =>
        row is { IsAllDay: true, TimeZone: { } zone } && moment.Local is { } day
            ? ZoneRules.StartOf(LocalDate.FromDateTime(day), ZoneRules.Get(zone))
            : BookingRules.StartOf(moment, row.TimeZone);

    /// <summary>A booking that is not approved before its start ends.</summary>
    private static Result<string> StatusOf(ImportRow row, DateTimeOffset start, DateTimeOffset now)
    {
        if (row.Status is not { } text) return BookingStatuses.Confirmed;

        var letters = string.Concat(text.Where(char.IsAsciiLetter)).ToLowerInvariant();
        if (!Statuses.TryGetValue(letters, out var status))
        {
            return Malformed("status", $"It must be one of {string.Join(", ", Statuses.Values.Distinct())}.");
        }

        var needsStart = status is BookingStatuses.Completed or BookingStatuses.NoShow;
        return needsStart && start > now
            ? new Rejection(
                RejectionKind.Conflict, Codes.InvalidTransition,
                "A booking that has not begun cannot have this status.", "status")
            : status == BookingStatuses.Pending && start <= now ? BookingStatuses.Expired : status;
    }

    private static Result<long[]> ResourcesOf(
        ImportRow row, BookableService service, long? usual)
    {
        if (row.Resources.Count == 0)
        {
            return service.Names.FirstOrDefault(name => name.Value == row.Location) is { Value: not null } there
                ? new[] { there.Key }
                : usual is { } id ? new[] { id } : Array.Empty<long>();
        }

        List<long> ids = [];
        foreach (var text in row.Resources)
        {
            var found = NumberOf(text) is { } number && service.Names.ContainsKey(number)
                ? [number]
                : service.Names.Where(name => name.Value == text).Select(name => name.Key).ToList();
            if (found is not [var one]) return BookingRules.UnknownResource("resources");
            ids.Add(one);
        }

        return ids.Distinct().ToArray();
    }

    private static Result<CreateBookingRequest> RequestOf(
        ImportRow row, BookableService service, DateTimeOffset start, string? country, bool isKnown)
    {
        if (!ClientRules.Phone(row.Client?.Phone, country, "client.phone").TryGet(out var phone, out var noPhone)) return noPhone;

        var client = row.Client is { } c
            ? c with { Phone = phone, Metadata = CustomFieldRules.Read(service.ClientFields, row.ClientFields) }
            : null;
        var request = new CreateBookingRequest(
            service.Id, start, row.TimeZone, null, null, client, row.Note, null, row.PartySize,
            CustomFieldRules.Read(service.Answers, row.Answers));

        // An import cannot ask the service's questions; the organisation's required fields apply to it.
        List<FieldRule> rules = [.. service.Answers.Select(r => r.IsQuestion || isKnown ? r with { Required = false } : r)];
        if (CustomFieldRules.CheckAnswers(rules, request.Answers) is { } wrong) return wrong;

        var invalid = Invalid(request, "") ?? (client is null ? null : Invalid(client, "client."));
        return invalid is null ? request : invalid;
    }

    /// <summary>As the records of requests say themselves.</summary>
    private static Rejection? Invalid(object request, string path)
    {
        List<ValidationResult> errors = [];
        if (Validator.TryValidateObject(request, new(request), errors, validateAllProperties: true)) return null;

        var member = errors[0].MemberNames.FirstOrDefault() ?? "";
        return Malformed(
            path + JsonNamingPolicy.CamelCase.ConvertName(member), errors[0].ErrorMessage ?? "The value is invalid.");
    }

    private static long? NumberOf(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Rejection Missing(string field) => Malformed(field, "The value is required.");

    public static Rejection Malformed(string field, string detail) =>
        new(RejectionKind.Invalid, Codes.ValidationFailed, detail, field);
}
