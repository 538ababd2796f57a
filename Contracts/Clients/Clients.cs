using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Platform.Contracts.Clients;

/// <summary><c>POST /api/v1/clients</c></summary>
/// <param name="Name">At most 200 characters.</param>
/// <param name="Email">
/// Unique among the organisation's clients. Kept without white space around it, in lower case.
/// </param>
/// <param name="Phone">E.164, or as it is dialled in the tenant's country; kept as E.164.</param>
/// <param name="Locale">BCP 47: <c>pt-BR</c> or <c>en</c>; the tenant's when absent.</param>
/// <param name="TimeZone">IANA name of the zone the client thinks in.</param>
/// <param name="Metadata">The organisation's own fields: a flat object of at most 50 members and 10 KB.</param>
public sealed record CreateClientRequest(
    [property: Required, StringLength(200, MinimumLength = 1)] string Name,
    [property: StringLength(254), Email] string? Email = null,
    [property: StringLength(40)] string? Phone = null,
    [property: RegularExpression(ClientPatterns.Locale)] string? Locale = null,
    [property: StringLength(64)] string? TimeZone = null,
    [property: FlatObject] JsonElement? Metadata = null);

/// <summary><c>PATCH /api/v1/clients/{id}</c>: an absent member stays as it is, null clears it.</summary>
public sealed record UpdateClientRequest
{
    /// <summary>Cannot be cleared.</summary>
    [Required, StringLength(200, MinimumLength = 1)]
    public Optional<string> Name { get; init; }

    /// <inheritdoc cref="CreateClientRequest"/>
    [StringLength(254), Email]
    public Optional<string?> Email { get; init; }

    /// <inheritdoc cref="CreateClientRequest"/>
    [StringLength(40)]
    public Optional<string?> Phone { get; init; }

    /// <summary>Cleared, it is the tenant's.</summary>
    [RegularExpression(ClientPatterns.Locale)]
    public Optional<string?> Locale { get; init; }

    /// <inheritdoc cref="CreateClientRequest"/>
    [StringLength(64)]
    public Optional<string?> TimeZone { get; init; }

    /// <summary>Replaced as a whole.</summary>
    [FlatObject]
    public Optional<JsonElement?> Metadata { get; init; }

    /// <summary>Whether they are reminded of their bookings by mail.</summary>
    public Optional<bool> Reminders { get; init; }
}

/// <param name="Phone">E.164.</param>
/// <param name="Locale">BCP 47: <c>pt-BR</c> or <c>en</c>.</param>
/// <param name="TimeZone">IANA name; null where the tenant's is meant.</param>
/// <param name="Metadata">The organisation's own fields, by key.</param>
/// <param name="ErasedAt">UTC; when the person's data was erased; otherwise null.</param>
/// <param name="MergedIntoId">The client who took over this one's bookings; null unless that happened.</param>
/// <param name="Version">Raised with every change; the value of the <c>ETag</c>.</param>
/// <param name="Reminders">Whether they are reminded of their bookings by mail.</param>
public sealed record ClientResponse(
    long Id,
    string Name,
    string? Email,
    string? Phone,
    string Locale,
    string? TimeZone,
    JsonElement Metadata,
    DateTimeOffset? ErasedAt,
    long? MergedIntoId,
    long Version,
    bool Reminders = true) : StampedResponse;

/// <summary><c>GET /api/v1/clients/duplicates</c>: records that may be one person.</summary>
/// <param name="Reasons">One or more of <see cref="DuplicateReasons"/>.</param>
/// <param name="Clients">Two or more, by id.</param>
public sealed record ClientDuplicates(IReadOnlyList<string> Reasons, IReadOnlyList<ClientResponse> Clients);

/// <summary>Why records look like one person.</summary>
public static class DuplicateReasons
{
    /// <summary>The same phone number.</summary>
    public const string Phone = "phone";

    /// <summary>The same mailbox: e-mails that differ only by dots or a <c>+tag</c> before the <c>@</c>.</summary>
    public const string Mailbox = "mailbox";

    /// <summary>The same name, case and accents aside, with e-mails that are nearly the same.</summary>
    public const string NameAndEmail = "name_and_email";

    /// <summary>The same name, case and accents aside, and one of them has no e-mail.</summary>
    public const string Name = "name";
}

/// <summary><c>POST /api/v1/clients/{id}/merge</c></summary>
/// <param name="OtherId">Whose bookings, series and waitlist entries move to the client of the address.</param>
public sealed record MergeClientRequest([property: Range(1, long.MaxValue)] long OtherId);

internal static class ClientPatterns
{
    public const string Locale = "^(pt-BR|en)$";
}
