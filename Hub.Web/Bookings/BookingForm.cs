using System.ComponentModel.DataAnnotations;
using Platform.Contracts;
using Platform.Contracts.Bookings;

namespace Platform.Hub.Web.Bookings;

/// <summary>A booking for a client, as somebody types it.</summary>
public sealed class BookingForm
{
    public static readonly IReadOnlyList<string> Repeats = ["DAILY", "WEEKLY", "WEEKLY;INTERVAL=2", "MONTHLY"];

    public long? ServiceId { get; set; }

    public int? Minutes { get; set; }

    [Range(1, 10_000)]
    public int? PartySize { get; set; } = 1;

    /// <summary>One for each requirement with a choice; null is any that is free.</summary>
    public List<long?> ResourceIds { get; set; } = [];

    /// <summary>The day whose free times are shown: <c>2026-03-29</c>.</summary>
    public string? Day { get; set; }

    public DateTimeOffset? Start { get; set; }

    /// <summary>A rule without its end; null for one booking.</summary>
    public string? Repeat { get; set; }

    [Range(2, 366)]
    public int? Count { get; set; } = 4;

    /// <summary>Books the dates of a series that can be booked.</summary>
    public bool SkipConflicts { get; set; }

    /// <summary>Finds the client.</summary>
    [StringLength(200)]
    public string? Search { get; set; }

    /// <summary>A known client; null for a new one.</summary>
    public long? ClientId { get; set; }

    [StringLength(200)]
    public string? Name { get; set; }

    [Email, StringLength(254)]
    public string? Email { get; set; }

    [StringLength(30)]
    public string? Phone { get; set; }

    /// <summary>The organisation's fields of clients.</summary>
    public Dictionary<string, string?> Metadata { get; set; } = [];

    public Dictionary<string, string?> Answers { get; set; } = [];

    [StringLength(2000)]
    public string? Note { get; set; }

    /// <summary>Makes sending the form twice book once.</summary>
    [Required, StringLength(64)]
    public string Key { get; set; } = "";

    private List<long>? Resources =>
        ResourceIds.OfType<long>().Distinct().ToList() is { Count: > 0 } chosen ? chosen : null;

    public CreateBookingRequest ToBooking(
        string timeZone, IEnumerable<AskedQuestion> asked, IEnumerable<AskedQuestion> metadata) =>
        new(
            ServiceId!.Value, Start!.Value, timeZone, Minutes, Resources, ClientOf(metadata), Text(Note), ClientId,
            PartySize, Bookings.Answers.ToJson(asked));

    public CreateSeriesRequest ToSeries(
        string timeZone, IEnumerable<AskedQuestion> asked, IEnumerable<AskedQuestion> metadata) =>
        new(
            ServiceId!.Value, Start!.Value, $"FREQ={Repeat};COUNT={Count ?? 2}", timeZone, Minutes, Resources,
            ClientOf(metadata), ClientId, PartySize, Text(Note), Bookings.Answers.ToJson(asked),
            SkipConflicts: SkipConflicts);

    private ClientDetails? ClientOf(IEnumerable<AskedQuestion> metadata) => ClientId is not null
        ? null
        : new(Name!.Trim(), Text(Email), Text(Phone), Metadata: Bookings.Answers.ToJson(metadata));

    private static string? Text(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();
}
