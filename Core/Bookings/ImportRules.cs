using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using NodaTime;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Catalogue;
using Platform.Core.Clients;

namespace Platform.Core.Bookings;

/// <summary>
/// What a row of an imported file means. It is history, or was agreed elsewhere: hours, notice, window, lengths and
/// limits are not asked, but it has to have a place that nobody else has.
/// </summary>
internal static class ImportRules
{
    private const int LongestId = 200;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10_080); // as of any request

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
    /// The UIDs under which the rows are known from now on. One without an id is known by what it says; of rows that say
    /// the same, each is another one.
    /// </summary>
    public static IReadOnlyList<string> UidsOf(IEnumerable<ImportRow> rows, long tenantId)
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
            var content = JsonSerializer.SerializeToUtf8Bytes(row with { Number = 0, Line = 0 }, PlatformJson.Options);
            var hash = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16));
            var number = same[hash] = same.GetValueOrDefault(hash) + 1;
            return string.Create(CultureInfo.InvariantCulture, $"{hash}-{number}@{tenantId}.import");
        }
    }

    /// <summary>Of a row that has a name of its own, which is no UID.</summary>
    public static string UidOf(string externalId, long tenantId) =>
        string.Create(CultureInfo.InvariantCulture, $"{externalId}@{tenantId}.import");

    /// <param name="services">The active ones, by number.</param>
    public static (long Id, Rejection? Rejection) ServiceOf(
        ImportRow row, IReadOnlyDictionary<long, string> services, long? usual)
    {
        if (row.Service is not { } text)
        {
            return usual is { } id ? (id, null) : (0, Missing("service"));
        }

        if (NumberOf(text) is { } number && services.ContainsKey(number)) return (number, null);

        return services.Where(s => s.Value == text).Select(s => s.Key).ToList() switch
        {
            [var one] => (one, null),
            [] => (0, BookingRules.UnknownService with { Field = "service" }),
            _ => (0, new(RejectionKind.Invalid, Codes.UnknownService, "Several services have that name.", "service")),
        };
    }

    public static (ImportDraft? Draft, Rejection? Rejection) Draft(
        ImportRow row, string uid, BookableService service, long? usualResource, DateTimeOffset now,
        string? country = null)
    {
        if (row.Unreadable is { } unreadable) return (null, unreadable);
        if (row.ExternalId is { Length: > LongestId })
        {
            return (null, Malformed("externalId", $"It has at most {LongestId} characters."));
        }

        var (start, length, outside) = TimeOf(row, service);
        if (outside is not null) return (null, outside);

        var (status, unfit) = StatusOf(row, start, now);
        if (unfit is not null) return (null, unfit);

        var (resources, unknown) = ResourcesOf(row, service, usualResource);
        if (unknown is not null) return (null, unknown);

        var (request, invalid) = RequestOf(row, service, start, country);
        if (request is null) return (null, invalid);

        var times = service.Times with
        {
            Length = length,
            Interval = TimeSpan.FromTicks(1),
            Notice = TimeSpan.Zero,
            WindowDays = 1,
            Packed = false,
        };
        return (new(row, service, new(uid, status), request, start, times, resources), null);
    }

    /// <summary>The place the row takes, or why it has none.</summary>
    /// <param name="taken">Of the service's resources, around the row.</param>
    public static (Allotment? Allotment, Rejection? Rejection) Choose(ImportDraft draft, Taken taken)
    {
        var time = new TimeRange(draft.Start, draft.Start + draft.Times.Length);
        var always = draft.Service with
        {
            Limits = new(),
            Candidates =
            [
                .. draft.Service.Candidates
                    .Where(c => c.Hours != OpeningHours.Never || draft.ResourceIds.Contains(c.ResourceId))
                    .Select(c => c with { Hours = OpenDuring(time, c.Zone), Blackouts = [] }),
            ],
        };
        var (allotment, rejection) = AllotmentRules.Choose(
            new(always, taken, false), draft.Times, draft.Start, draft.ResourceIds, draft.Request.PartySize ?? 1, draft.Start);
        if (allotment is null) return (null, rejection);

        return draft.ResourceIds.Except(allotment.Places.Select(p => p.ResourceId)).Any()
            ? (null, new(
                RejectionKind.Invalid, Codes.InvalidRequirement, "The service does not take all of these at once.",
                "resources"))
            : (allotment, null);
    }

    /// <summary>As overrides of the dates, so that no other date has to be looked at.</summary>
    private static OpeningHours OpenDuring(TimeRange time, DateTimeZone zone)
    {
        const int minutesOfDay = 24 * 60;
        var (first, last) = (ZoneRules.DateOf(time.Start, zone), ZoneRules.DateOf(time.End, zone));
        List<DayOverride> days = [];
        for (var date = first; date <= last; date = date.PlusDays(1)) days.Add(new(date, [new(0, minutesOfDay)]));
        return new([], days);
    }

    private static (DateTimeOffset Start, TimeSpan Length, Rejection? Rejection) TimeOf(ImportRow row, BookableService service)
    {
        if (row.Start is not { } starts) return (default, default, Missing("start"));

        var (start, unclear) = BookingRules.StartOf(starts, row.TimeZone);
        if (unclear is not null) return (default, default, unclear);
        if (ScheduleRules.CheckInstant(start, "start") is { } far) return (default, default, far);

        var length = row.DurationMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : service.Times.Length;
        if (row.End is { } ends)
        {
            var (end, endUnclear) = BookingRules.StartOf(ends, row.TimeZone);
            if (endUnclear is not null)
            {
                return (default, default, endUnclear.Field == "start" ? endUnclear with { Field = "end" } : endUnclear);
            }

            if (row.DurationMinutes is not null && end - start != length)
            {
                return (default, default, new(
                    RejectionKind.Invalid, Codes.InvalidDuration, "It does not fit start and end.", "durationMinutes"));
            }

            length = end - start;
        }

        var field = row.End is null ? "durationMinutes" : "end";
        return length <= TimeSpan.Zero
                ? (default, default, new(RejectionKind.Invalid, Codes.InvalidRange, "It ends after it starts.", field))
            : length > Longest
                ? (default, default, new(RejectionKind.Invalid, Codes.RangeTooLong, "It is longer than seven days.", field))
            : (start, length, null);
    }

    /// <summary>What nobody has approved before its start is over.</summary>
    private static (string Status, Rejection? Rejection) StatusOf(ImportRow row, DateTimeOffset start, DateTimeOffset now)
    {
        if (row.Status is not { } text) return (BookingStatuses.Confirmed, null);

        var letters = string.Concat(text.Where(char.IsAsciiLetter)).ToLowerInvariant();
        if (!Statuses.TryGetValue(letters, out var status))
        {
            return ("", Malformed("status", $"It is none of {string.Join(", ", Statuses.Values.Distinct())}."));
        }

        var needsStart = status is BookingStatuses.Completed or BookingStatuses.NoShow;
        return needsStart && start > now
            ? ("", new(RejectionKind.Conflict, Codes.InvalidTransition, "It has not begun yet.", "status"))
            : (status == BookingStatuses.Pending && start <= now ? BookingStatuses.Expired : status, null);
    }

    private static (IReadOnlyList<long> Ids, Rejection? Rejection) ResourcesOf(
        ImportRow row, BookableService service, long? usual)
    {
        if (row.Resources.Count == 0)
        {
            return service.Names.FirstOrDefault(name => name.Value == row.Location) is { Value: not null } there
                ? ([there.Key], null)
                : (usual is { } id ? [id] : [], null);
        }

        List<long> ids = [];
        foreach (var text in row.Resources)
        {
            var found = NumberOf(text) is { } number && service.Names.ContainsKey(number)
                ? [number]
                : service.Names.Where(name => name.Value == text).Select(name => name.Key).ToList();
            if (found is not [var one]) return ([], BookingRules.UnknownResource("resources"));
            ids.Add(one);
        }

        return ([.. ids.Distinct()], null);
    }

    private static (CreateBookingRequest? Request, Rejection? Rejection) RequestOf(
        ImportRow row, BookableService service, DateTimeOffset start, string? country)
    {
        var (phone, noPhone) = ClientRules.Phone(row.Client?.Phone, country);
        if (noPhone is not null) return (null, noPhone with { Field = "client.phone" });

        var client = row.Client is { } c
            ? c with { Phone = phone, Metadata = CustomFieldRules.Read(service.ClientFields, row.ClientFields) }
            : null;
        var request = new CreateBookingRequest(
            service.Id, start, row.TimeZone, null, null, client, row.Note, null, row.PartySize,
            CustomFieldRules.Read(service.Answers, row.Answers));

        // Nobody was there to be asked; what the organisation wants to know of every booking it wants to know of these.
        List<FieldRule> rules = [.. service.Answers.Select(r => r.IsQuestion ? r with { Required = false } : r)];
        if (CustomFieldRules.CheckAnswers(rules, request.Answers) is { } wrong) return (null, wrong);

        var invalid = Invalid(request, "") ?? (client is null ? null : Invalid(client, "client."));
        return invalid is null ? (request, null) : (null, invalid);
    }

    /// <summary>As the records of requests say themselves.</summary>
    private static Rejection? Invalid(object request, string path)
    {
        List<ValidationResult> errors = [];
        if (Validator.TryValidateObject(request, new(request), errors, validateAllProperties: true)) return null;

        var member = errors[0].MemberNames.FirstOrDefault() ?? "";
        return Malformed(path + JsonNamingPolicy.CamelCase.ConvertName(member), errors[0].ErrorMessage ?? "It does not fit.");
    }

    private static long? NumberOf(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Rejection Missing(string field) => Malformed(field, "It is missing.");

    public static Rejection Malformed(string field, string detail) =>
        new(RejectionKind.Invalid, Codes.ValidationFailed, detail, field);
}
