using Platform.Contracts;
using Platform.Core.Availability;

namespace Platform.Core.Clients;

/// <summary>What a client's record may hold, and when it can still be changed.</summary>
public static class ClientRules
{
    /// <summary>The name of an erased person.</summary>
    public const string ErasedName = "Erased";

    /// <summary>The number in E.164, or why it is invalid.</summary>
    /// <param name="country">Where a number without a country's code is dialled; null where nobody knows.</param>
    public static Result<string?> Phone(string? text, string? country, string field = "phone")
    {
        if (text is null) return (string?)null;

        return PhoneText.ToE164(text, country) is { } phone
            ? phone
            : new Rejection(
                RejectionKind.Invalid, Codes.InvalidPhone,
                country is null
                    ? "The number must be + and 8 to 15 digits."
                    : $"The number must be + and 8 to 15 digits, or a number as it is dialled in {country}.", field);
    }

    public static Rejection? Zone(string? name) =>
        name is null || ZoneRules.Find(name) is not null
            ? null
            : new(RejectionKind.Invalid, Codes.UnknownTimeZone, "The time zone must be an IANA name.", "timeZone");

    /// <summary>Whether the record is neither merged nor erased.</summary>
    public static Rejection? Changeable(Client client) => client switch
    {
        { ErasedAt: not null } => new(RejectionKind.Conflict, Codes.ClientErased, "The client's data has been erased."),
        { MergedIntoId: { } id } => new(RejectionKind.Conflict, Codes.ClientMerged, "The client was merged into another.")
        {
            Extras = new() { MergedIntoId = id },
        },
        _ => null,
    };

    public static Rejection EmailTaken(long? existingId) =>
        new(RejectionKind.Conflict, Codes.AlreadyExists, "Another client has this e-mail address.", "email")
        {
            Extras = new() { ExistingId = existingId },
        };

    public static Rejection WithItself { get; } =
        new(RejectionKind.Invalid, Codes.SameClient, "A client cannot be merged with itself.", "otherId");

    public static Rejection FutureBookings(int count) =>
        new(RejectionKind.Conflict, Codes.HasFutureBookings, $"{count} bookings lie ahead; cancel them first.");
}
