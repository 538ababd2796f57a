using System.Globalization;
using Platform.Contracts;
using Platform.Contracts.Bookings;

namespace Platform.Hub.Web.Public;

/// <summary>Holds of times, and refusals that another time can mend.</summary>
internal static class Holding
{
    private static readonly string[] LostCodes =
    [
        Codes.BookingConflict, Codes.BusyElsewhere, Codes.SlotHeld, Codes.CapacityFull, Codes.OutsideAvailability, Codes.TooSoon, Codes.TooFar,
        Codes.UnknownResource, Codes.InvalidDuration,
    ];

    public static bool IsLost(Problem problem) => LostCodes.Contains(problem.Code);

    public static PublicHoldRequest Request(BookingChoice choice, DateTimeOffset start, TimeZoneInfo zone) => new(
        choice.Service.Id, start, zone.Id, choice.Minutes, choice.With is { } with ? [with] : null, choice.Party);

    /// <summary>One for each time of one form.</summary>
    public static string Key(string? form, DateTimeOffset start) => string.Create(
        CultureInfo.InvariantCulture,
        $"hold-{(Guid.TryParse(form, out var key) ? key : Guid.CreateVersion7())}-{start.ToUnixTimeSeconds()}");
}
