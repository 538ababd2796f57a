using System.ComponentModel.DataAnnotations;
using Platform.Contracts.Bookings;

namespace Platform.Contracts.Catalogue;

/// <summary><c>GET /api/v1/services</c>: what a client books.</summary>
/// <param name="DurationsMinutes">Whole minutes; the first is the default.</param>
/// <param name="ResourceIds">Every resource that a requirement names.</param>
/// <param name="Public">Whether clients without an account may book it.</param>
/// <param name="SlotGrid"><c>fixed</c> to the opening, or <c>packed</c>: starts again where each booking ends.</param>
/// <param name="Capacity">How many people share one session.</param>
/// <param name="RequiresApproval">Whether a booking waits, and blocks its time, until somebody confirms it.</param>
/// <param name="Requirements">What a booking takes; all of it or nothing. The grid is that of the first.</param>
/// <param name="Version">Raised with every change; the value of the <c>ETag</c>.</param>
/// <param name="BookingFields">
/// On public pages: the organisation's fields of bookings, which also belong into <c>answers </c>.
/// </param>
/// <param name="ClientFields">To anybody: its fields of clients, the members of <c>client.metadata</c>.</param>
/// <param name="RemindersMinutes">How long before the start clients are reminded by mail.</param>
/// <param name="Choices">
/// On public pages: the resources of which the client may choose one; empty where the organisation chooses.
/// </param>
public sealed record ServiceResponse(
    long Id,
    string Name,
    string? Description,
    IReadOnlyList<int> DurationsMinutes,
    int BeforeBufferMinutes,
    int AfterBufferMinutes,
    int? SlotIntervalMinutes,
    int? MinimumNoticeMinutes,
    int? BookingWindowDays,
    Money? Price,
    IReadOnlyList<long> ResourceIds,
    bool Public,
    string SlotGrid,
    int Capacity,
    bool RequiresApproval,
    ServiceLimits Limits,
    CancellationPolicy Cancellation,
    CheckInPolicy CheckIn,
    IReadOnlyList<ServiceQuestion> Questions,
    IReadOnlyList<ServiceRequirement> Requirements,
    bool Active,
    long Version,
    IReadOnlyList<ServiceQuestion>? BookingFields = null,
    IReadOnlyList<ServiceQuestion>? ClientFields = null,
    IReadOnlyList<int>? RemindersMinutes = null,
    IReadOnlyList<BookedResource>? Choices = null) : StampedResponse;

/// <summary><c>POST /api/v1/services</c></summary>
/// <param name="DurationsMinutes">The lengths on offer, at most a week each; the first is the default.</param>
/// <param name="SlotIntervalMinutes">The organisation's where absent, and where that has none the first length.</param>
/// <param name="MinimumNoticeMinutes">
/// Elapsed minutes between booking and start; the organisation's where absent.
/// </param>
/// <param name="BookingWindowDays">Calendar days in the resource's zone; the organisation's where absent.</param>
/// <param name="Price">At most two decimals.</param>
/// <param name="Requirements">Without any the service can never be booked.</param>
/// <param name="RemindersMinutes">A day and two hours before the start where absent; none where empty.</param>
public sealed record CreateServiceRequest(
    [property: Required, StringLength(200)] string Name,
    [property: MinLength(1), MaxLength(20), Distinct, Each(1, 10_080)] IReadOnlyList<int> DurationsMinutes,
    [property: FreeText, StringLength(2000)] string? Description = null,
    [property: Range(0, 1440)] int BeforeBufferMinutes = 0,
    [property: Range(0, 1440)] int AfterBufferMinutes = 0,
    [property: Range(1, 1440)] int? SlotIntervalMinutes = null,
    [property: RegularExpression("^(fixed|packed)$")] string SlotGrid = "fixed",
    [property: Range(0, 525_600)] int? MinimumNoticeMinutes = null,
    [property: Range(1, BookingWindows.FarthestDays)] int? BookingWindowDays = null,
    ServiceLimits? Limits = null,
    [property: Range(1, 10_000)] int Capacity = 1,
    bool RequiresApproval = false,
    CancellationPolicy? Cancellation = null,
    CheckInPolicy? CheckIn = null,
    Money? Price = null,
    [property: MaxLength(50)] IReadOnlyList<ServiceQuestion>? Questions = null,
    [property: MaxLength(20)] IReadOnlyList<ServiceRequirement>? Requirements = null,
    bool Public = false,
    bool Active = true,
    [property: MaxLength(5), Distinct, Each(5, 43_200)] IReadOnlyList<int>? RemindersMinutes = null);

/// <summary>
/// <c>PATCH /api/v1/services/{id}</c>: what is absent stays. Lists and groups of rules are replaced as a whole.
/// Bookings are not altered by it.
/// </summary>
public sealed record ChangeServiceRequest
{
    [Required, StringLength(200)]
    public Optional<string> Name { get; init; }

    [FreeText, StringLength(2000)]
    public Optional<string?> Description { get; init; }

    [MinLength(1), MaxLength(20), Distinct, Each(1, 10_080)]
    public Optional<IReadOnlyList<int>> DurationsMinutes { get; init; }

    [Range(0, 1440)]
    public Optional<int> BeforeBufferMinutes { get; init; }

    [Range(0, 1440)]
    public Optional<int> AfterBufferMinutes { get; init; }

    [Range(1, 1440)]
    public Optional<int?> SlotIntervalMinutes { get; init; }

    [RegularExpression("^(fixed|packed)$")]
    public Optional<string> SlotGrid { get; init; }

    [Range(0, 525_600)]
    public Optional<int?> MinimumNoticeMinutes { get; init; }

    [Range(1, BookingWindows.FarthestDays)]
    public Optional<int?> BookingWindowDays { get; init; }

    public Optional<ServiceLimits> Limits { get; init; }

    [Range(1, 10_000)]
    public Optional<int> Capacity { get; init; }

    public Optional<bool> RequiresApproval { get; init; }

    public Optional<CancellationPolicy> Cancellation { get; init; }

    public Optional<CheckInPolicy> CheckIn { get; init; }

    public Optional<Money?> Price { get; init; }

    [MaxLength(50)]
    public Optional<IReadOnlyList<ServiceQuestion>> Questions { get; init; }

    [MaxLength(20)]
    public Optional<IReadOnlyList<ServiceRequirement>> Requirements { get; init; }

    public Optional<bool> Public { get; init; }

    public Optional<bool> Active { get; init; }

    [MaxLength(5), Distinct, Each(5, 43_200)]
    public Optional<IReadOnlyList<int>> RemindersMinutes { get; init; }
}
