using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Platform.Contracts.Catalogue;

/// <summary>Something that can be booked: a person, a room, a desk.</summary>
/// <param name="TimeZone">IANA name; the tenant's zone unless the resource has its own.</param>
/// <param name="Capacity">How many bookings it takes at once.</param>
/// <param name="ParentId">The resource of which it is a part: a booking of the hall also occupies its halves.</param>
/// <param name="OwnTimeZone">Null where it follows the tenant's.</param>
/// <param name="Attributes">As its category's schema describes them, and the organisation's custom fields.</param>
/// <param name="Version">Raised with every change; the value of the <c>ETag</c>.</param>
public sealed record ResourceResponse(
    long Id,
    string Name,
    long CategoryId,
    string CategoryName,
    int Capacity,
    string TimeZone,
    bool Active,
    long? ParentId,
    string? OwnTimeZone,
    JsonElement Attributes,
    long Version);

/// <summary><c>POST /api/v1/resources</c></summary>
/// <param name="TimeZone">IANA name, kept as given; the tenant's where absent.</param>
/// <param name="ParentId">Resources nest at most five levels deep.</param>
/// <param name="Active">An inactive one is not offered; what is booked stays.</param>
public sealed record CreateResourceRequest(
    long CategoryId,
    [property: Required, StringLength(200)] string Name,
    [property: Range(1, 1000)] int Capacity = 1,
    long? ParentId = null,
    [property: StringLength(64)] string? TimeZone = null,
    JsonElement? Attributes = null,
    bool Active = true);

/// <summary><c>PATCH /api/v1/resources/{id}</c>: what is absent stays. Bookings are not altered by it.</summary>
public sealed record ChangeResourceRequest
{
    public Optional<long> CategoryId { get; init; }

    [Required, StringLength(200)]
    public Optional<string> Name { get; init; }

    [Range(1, 1000)]
    public Optional<int> Capacity { get; init; }

    /// <summary>Null: of nothing.</summary>
    public Optional<long?> ParentId { get; init; }

    /// <summary>Null: the tenant's.</summary>
    [StringLength(64)]
    public Optional<string?> TimeZone { get; init; }

    /// <summary>All of them: attributes that are not named are gone.</summary>
    public Optional<JsonElement> Attributes { get; init; }

    public Optional<bool> Active { get; init; }
}
