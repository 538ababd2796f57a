using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.Catalogue;

/// <summary>
/// An opening that returns every week. Rules may overlap; openings that touch are one.
/// </summary>
/// <param name="Days">Names of the days it starts on: <c>monday</c>.</param>
/// <param name="Start">Local time: <c>09:00</c>.</param>
/// <param name="End">Local time, <c>24:00</c> included; at or before the start it is on the next day.</param>
/// <param name="ValidFrom">The first local date it starts on.</param>
/// <param name="ValidTo">The last local date it starts on.</param>
public sealed record OpeningRule(
    [property: MinLength(1), MaxLength(7), Distinct, DayNames] IReadOnlyList<string> Days,
    [property: RegularExpression(LocalTimes.Start)] string Start,
    [property: RegularExpression(LocalTimes.End)] string End,
    DateOnly? ValidFrom = null,
    DateOnly? ValidTo = null);

/// <summary><c>GET /api/v1/resources/{id}/schedule</c>: when it is open, as it applies.</summary>
/// <param name="Own">Whether the resource has its own hours; else these are the organisation's.</param>
/// <param name="TimeZone">IANA name of the zone of the rules.</param>
/// <param name="OwnTimeZone">The schedule's, where it differs from the resource's.</param>
/// <param name="Version">0 where it has none of its own.</param>
/// <param name="CreatedAt">Of its own hours; likewise who made and changed them.</param>
public sealed record ScheduleResponse(
    long ResourceId,
    bool Own,
    string TimeZone,
    string? OwnTimeZone,
    IReadOnlyList<OpeningRule> Rules,
    long Version,
    DateTimeOffset? CreatedAt = null,
    string? CreatedBy = null,
    DateTimeOffset? UpdatedAt = null,
    string? UpdatedBy = null);

/// <summary><c>PUT /api/v1/resources/{id}/schedule</c>. Without rules the resource is never open.</summary>
/// <param name="TimeZone">IANA name; the resource's zone where absent.</param>
public sealed record PutScheduleRequest(
    [property: MaxLength(200)] IReadOnlyList<OpeningRule> Rules,
    [property: StringLength(64)] string? TimeZone = null);

/// <summary>An opening on one date.</summary>
/// <param name="Start">Local time.</param>
/// <param name="End">Local time, <c>24:00</c> included; at or before the start it is on the next day.</param>
public sealed record OpeningInterval(
    [property: RegularExpression(LocalTimes.Start)] string Start,
    [property: RegularExpression(LocalTimes.End)] string End);

/// <summary>
/// <c>PUT /api/v1/resources/{id}/overrides/{date}</c>: the hours of one local date, whatever the rules say.
/// </summary>
/// <param name="Intervals">None: closed.</param>
public sealed record PutOverrideRequest([property: MaxLength(50)] IReadOnlyList<OpeningInterval> Intervals);

public sealed record OverrideResponse(long ResourceId, DateOnly Date, IReadOnlyList<OpeningInterval> Intervals) : StampedResponse;

/// <summary><c>GET /api/v1/openings</c>: when a resource is open; hours, overrides and blackouts are applied.</summary>
/// <param name="Start">UTC.</param>
/// <param name="End">UTC, exclusive.</param>
public sealed record OpeningResponse(long ResourceId, DateTimeOffset Start, DateTimeOffset End);

/// <summary>Times at which nothing can be booked. Existing bookings stay.</summary>
/// <param name="ResourceId">Of this resource;</param>
/// <param name="CategoryId">or of those of this category; with neither, of the whole organisation.</param>
/// <param name="Start">UTC.</param>
/// <param name="End">UTC, exclusive.</param>
/// <param name="Holiday">Country and local date, <c>BR 2026-12-25</c>, where a holiday calendar made it.</param>
public sealed record BlackoutResponse(
    long Id,
    long? ResourceId,
    long? CategoryId,
    DateTimeOffset Start,
    DateTimeOffset End,
    string? Reason,
    string? Holiday) : StampedResponse;

/// <summary><c>POST /api/v1/blackouts</c>: of a resource, of a category, or of everything; at most ten years.</summary>
public sealed record CreateBlackoutRequest(
    DateTimeOffset Start,
    DateTimeOffset End,
    long? ResourceId = null,
    long? CategoryId = null,
    [property: FreeText, StringLength(500)] string? Reason = null);

/// <summary>How local times are written.</summary>
public static class LocalTimes
{
    public const string Start = "^([01][0-9]|2[0-3]):[0-5][0-9]$";
    public const string End = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$";
}

/// <summary>The days of the week by name, ISO 8601: the first is Monday.</summary>
public static class DayNames
{
    public static IReadOnlyList<string> All { get; } =
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    /// <param name="day">1 is Monday, 7 is Sunday.</param>
    public static string Of(int day) => All[day - 1];

    /// <summary>0 if the day does not exist.</summary>
    public static short Number(string name) => (short)(All.ToList().IndexOf(name) + 1);
}

/// <summary>A name of <see cref="DayNames"/>, or a list of them.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DayNamesAttribute() : ValidationAttribute("The field {0} must contain names of days: monday.")
{
    public override bool IsValid(object? value) => value switch
    {
        string name => DayNames.Number(name) > 0,
        IEnumerable<string?> names => names.All(name => name is not null && DayNames.Number(name) > 0),
        _ => true,
    };
}
