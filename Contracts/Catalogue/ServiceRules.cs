using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Platform.Contracts.Catalogue;

/// <summary>
/// How much of a service may be booked. Days and weeks are those of the start in the resource's zone; weeks begin where
/// the organisation says. Cancelled, rejected and expired bookings do not count, held ones do.
/// </summary>
/// <param name="PerDay">Bookings of the service a day.</param>
/// <param name="PerWeek">Bookings of the service a week.</param>
/// <param name="PerClient">Bookings of the service that a client may have ahead of them.</param>
/// <param name="PerClientPerDay">Bookings of the service that a client may have on one day.</param>
/// <param name="PerResourcePerDay">Bookings of the service that one resource takes a day.</param>
/// <param name="MinutesPerDay">Booked minutes of the service a day, without buffers.</param>
/// <param name="MinutesPerWeek">Booked minutes of the service a week, without buffers.</param>
public sealed record ServiceLimits(
    [property: Range(1, 1_000_000)] int? PerDay = null,
    [property: Range(1, 1_000_000)] int? PerWeek = null,
    [property: Range(1, 1_000_000)] int? PerClient = null,
    [property: Range(1, 1_000_000)] int? PerClientPerDay = null,
    [property: Range(1, 1_000_000)] int? PerResourcePerDay = null,
    [property: Range(1, 1_000_000)] int? MinutesPerDay = null,
    [property: Range(1, 1_000_000)] int? MinutesPerWeek = null);

/// <param name="DeadlineMinutes">
/// Elapsed minutes before the start until which a booking can be cancelled freely; always when absent.
/// </param>
/// <param name="Fee">What a later cancellation costs; without a fee it is refused.</param>
public sealed record CancellationPolicy(
    [property: Range(0, 525_600)] int? DeadlineMinutes = null,
    Money? Fee = null);

/// <param name="OpensMinutesBefore">How long before the start people can check in; at any time when absent.</param>
/// <param name="ReleaseMinutesAfter">
/// How long after the start the place of somebody who has not checked in is given up; never when absent.
/// </param>
public sealed record CheckInPolicy(
    [property: Range(0, 10_080)] int? OpensMinutesBefore = null,
    [property: Range(0, 1440)] int? ReleaseMinutesAfter = null);

/// <summary>A question that the booking form asks.</summary>
/// <param name="Key">The member of <c>answers</c>: a letter, then letters, digits and underscores.</param>
/// <param name="Type"><c>text</c>, <c>number</c>, <c>boolean</c>, <c>date</c> or <c>choice</c>.</param>
/// <param name="Choices">What can be chosen, for <c>choice</c>.</param>
public sealed record ServiceQuestion(
    [property: Required, RegularExpression("^[A-Za-z][A-Za-z0-9_]{0,49}$")] string Key,
    [property: Required, StringLength(200, MinimumLength = 1)] string Label,
    [property: RegularExpression("^(text|number|boolean|date|choice)$")] string Type = "text",
    bool Required = false,
    [property: MaxLength(FieldLimits.Choices), Distinct, Each(1, 200)] IReadOnlyList<string>? Choices = null);

/// <summary>
/// What a booking takes of one kind: so many of the named resources, or of all active ones of a category that have the
/// requested attributes.
/// </summary>
/// <param name="Attributes">Attributes with the values a resource must have: <c>{ "sink": true }</c>.</param>
/// <param name="Quantity">How many different resources; every one of them with <c>all</c>.</param>
/// <param name="Assignment">
/// <c>any</c> that is free, the one the <c>client</c> chooses (any if they do not care), or <c>all</c> of them.
/// </param>
public sealed record ServiceRequirement(
    long? CategoryId = null,
    [property: MaxLength(1000), Distinct] IReadOnlyList<long>? ResourceIds = null,
    JsonElement? Attributes = null,
    [property: Range(1, 50)] int Quantity = 1,
    [property: RegularExpression("^(client|any|all)$")] string Assignment = "any");

public static class BookingWindows
{
    /// <summary>How far ahead the platform looks, in days, where neither service nor organisation says.</summary>
    public const int FarthestDays = 3660;
}
