using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.Catalogue;

/// <summary><c>GET /api/v1/services</c>: what a client books.</summary>
/// <param name="DurationsMinutes">Whole minutes; the first is the default.</param>
/// <param name="ResourceIds">Every resource that a requirement names.</param>
/// <param name="Public">Whether clients without an account may book it.</param>
/// <param name="SlotGrid"><c>fixed</c> to the opening, or <c>packed</c>: anew where each booking ends.</param>
/// <param name="Capacity">How many people share one session.</param>
/// <param name="RequiresApproval">Whether a booking waits, and blocks its time, until somebody confirms it.</param>
/// <param name="Requirements">What a booking takes; all of it or nothing. The grid is that of the first.</param>
/// <param name="Version">Raised with every change; the value of the <c>ETag</c>.</param>
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
    long Version);

/// <summary><c>POST /api/v1/services</c></summary>
/// <param name="DurationsMinutes">The lengths on offer, at most a week each; the first is the default.</param>
/// <param name="SlotIntervalMinutes">The organisation's where absent, and where that has none the first length.</param>
/// <param name="MinimumNoticeMinutes">Elapsed minutes between booking and start; the organisation's where absent.</param>
/// <param name="BookingWindowDays">Calendar days in the resource's zone; the organisation's where absent.</param>
/// <param name="Price">At most two decimals.</param>
/// <param name="Requirements">Without any the service can never be booked.</param>
public sealed record CreateServiceRequest(
    [property: Required, StringLength(200)] string Name,
    [property: MinLength(1), MaxLength(20), Distinct, Each(1, 10_080)] IReadOnlyList<int> DurationsMinutes,
    [property: StringLength(2000)] string? Description = null,
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
    bool Active = true);

/// <summary>
/// <c>PATCH /api/v1/services/{id}</c>: what is absent stays. Lists and groups of rules are replaced as a whole. Bookings
/// are not altered by it.
/// </summary>
public sealed record ChangeServiceRequest(
    [property: Required, StringLength(200)] Optional<string> Name = default,
    [property: StringLength(2000)] Optional<string?> Description = default,
    [property: MinLength(1), MaxLength(20), Distinct, Each(1, 10_080)] Optional<IReadOnlyList<int>> DurationsMinutes = default,
    [property: Range(0, 1440)] Optional<int> BeforeBufferMinutes = default,
    [property: Range(0, 1440)] Optional<int> AfterBufferMinutes = default,
    [property: Range(1, 1440)] Optional<int?> SlotIntervalMinutes = default,
    [property: RegularExpression("^(fixed|packed)$")] Optional<string> SlotGrid = default,
    [property: Range(0, 525_600)] Optional<int?> MinimumNoticeMinutes = default,
    [property: Range(1, BookingWindows.FarthestDays)] Optional<int?> BookingWindowDays = default,
    Optional<ServiceLimits> Limits = default,
    [property: Range(1, 10_000)] Optional<int> Capacity = default,
    Optional<bool> RequiresApproval = default,
    Optional<CancellationPolicy> Cancellation = default,
    Optional<CheckInPolicy> CheckIn = default,
    Optional<Money?> Price = default,
    [property: MaxLength(50)] Optional<IReadOnlyList<ServiceQuestion>> Questions = default,
    [property: MaxLength(20)] Optional<IReadOnlyList<ServiceRequirement>> Requirements = default,
    Optional<bool> Public = default,
    Optional<bool> Active = default);
