using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Licensing;
using Platform.Contracts.Messages;

namespace Platform.Core;

public enum RejectionKind
{
    /// <summary>The request cannot be read: 400.</summary>
    Malformed,

    /// <summary>A rule of the domain says no: 422.</summary>
    Invalid,

    /// <summary>The caller may not: 403.</summary>
    Forbidden,

    /// <summary>Not there, or not the caller's; the two look the same: 404.</summary>
    Missing,

    /// <summary>It contradicts what is stored: 409.</summary>
    Conflict,

    /// <summary>The caller changed a version that is no longer the current one: 412.</summary>
    Stale,

    /// <summary>Work that the request depends on has failed and can be repeated: 503.</summary>
    Unavailable,
}

/// <summary>Why a rule says no. A rule that returns <see langword="null"/> says yes.</summary>
/// <param name="Code">One of <see cref="Codes"/>; clients branch on it.</param>
/// <param name="Detail">For a person to read; never parsed.</param>
/// <param name="Field">The member of the request that is to blame, where there is one.</param>
public sealed record Rejection(RejectionKind Kind, string Code, string Detail, string? Field = null)
{
    /// <summary>The row does not exist, or is not the caller's.</summary>
    public static readonly Rejection NotFound = new(RejectionKind.Missing, Codes.NotFound, "Not found.");

    /// <summary>What else is wrong with the same request.</summary>
    public IReadOnlyList<Rejection> Others { get; init; } = [];

    /// <summary>What helps the caller to do better.</summary>
    public RejectionExtras Extras { get; init; } = RejectionExtras.None;

    /// <summary>
    /// The rejections of several rules as one; the first decides the kind. Equal rejections appear once. Null if
    /// none refuses.
    /// </summary>
    public static Rejection? All(params IEnumerable<Rejection?> rejections) =>
        rejections.OfType<Rejection>().SelectMany(one => (Rejection[])[one with { Others = [] }, .. one.Others])
            .DistinctBy(one => (one.Code, one.Field)).ToList()
            is [var first, .. var others]
            ? first with { Others = others }
            : null;
}

/// <summary>
/// Further members of a refusal. Each that is set is written into the problem document under its own name.
/// </summary>
public sealed record RejectionExtras
{
    public static readonly RejectionExtras None = new();

    // Bookings
    public IReadOnlyList<SlotResponse>? NextSlots { get; init; }
    public ReachedLimit? Limit { get; init; }

    /// <summary>Places or seats that are left.</summary>
    public int? Remaining { get; init; }

    /// <summary>The resources that are not free.</summary>
    public IReadOnlyList<BookedResource>? Resources { get; init; }
    public IReadOnlyList<ClosedTime>? Closed { get; init; }

    /// <summary>The dates of a series that cannot be booked or changed.</summary>
    public IReadOnlyList<SeriesOccurrence>? Conflicts { get; init; }

    /// <summary>The local time of the date that was refused.</summary>
    public string? Occurrence { get; init; }
    public long? BookingId { get; init; }

    // Licences
    /// <summary>Seats that the request needs.</summary>
    public int? Needed { get; init; }

    /// <summary>Seats that are free.</summary>
    public int? Available { get; init; }
    public int? SeatsUsed { get; init; }
    public string? Application { get; init; }
    public IReadOnlyList<long>? GroupIds { get; init; }

    /// <summary>The time of the price that is stored.</summary>
    public PriceRange? ExistingRange { get; init; }
    public PriceRange? NewRange { get; init; }
    public long? NewId { get; init; }

    // Tenants, people, clients
    /// <summary>The row that is stored and contradicts the request.</summary>
    public long? ExistingId { get; init; }
    public long? ExistingInvitationId { get; init; }
    public string? InvitationStatus { get; init; }
    public long? UserId { get; init; }
    public long? MergedIntoId { get; init; }
    public string? TenantStatus { get; init; }
    public DateTimeOffset? PurgeAt { get; init; }

    /// <summary>Each fault of the text of a mail.</summary>
    public IReadOnlyList<TemplateError>? TemplateErrors { get; init; }

    /// <summary>The file of an export that is not as its manifest says.</summary>
    public string? File { get; init; }
    public long? TenantId { get; init; }

    /// <summary>Why a tenant could not be provisioned.</summary>
    public string? Reason { get; init; }
}
