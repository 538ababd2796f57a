using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.Catalogue;

/// <summary>
/// <c>GET /api/v1/settings</c>: how the organisation schedules where a service does not say otherwise.
/// </summary>
/// <param name="TimeZone">IANA name; it never changes.</param>
/// <param name="Locale">BCP 47.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="WeekStart">Name of a day; weekly limits count from it.</param>
/// <param name="SlotIntervalMinutes">The step of the grid; a service's first length where absent.</param>
/// <param name="HoldMinutes">How long a hold lasts.</param>
/// <param name="HoldsPerClient">How many holds one caller may have at a time.</param>
/// <param name="OpeningHours">Of every resource that has no hours of its own.</param>
/// <param name="Version">Raised with every change; the value of the <c>ETag</c>.</param>
/// <param name="Slug">The part of the URL of the organisation's pages; platform staff change it.</param>
/// <param name="CustomDomain">Host name of the organisation's own pages; likewise.</param>
public sealed record SettingsResponse(
    string Name,
    string TimeZone,
    string Locale,
    string Currency,
    string WeekStart,
    int? SlotIntervalMinutes,
    int? MinimumNoticeMinutes,
    int? BookingWindowDays,
    int HoldMinutes,
    int HoldsPerClient,
    IReadOnlyList<OpeningRule> OpeningHours,
    long Version,
    string? Slug = null,
    string? CustomDomain = null) : StampedResponse;

/// <summary><c>PATCH /api/v1/settings</c>: what is absent stays. Bookings are not altered by it.</summary>
public sealed record ChangeSettingsRequest
{
    [DayNames]
    public Optional<string> WeekStart { get; init; }

    [Range(1, 1440)]
    public Optional<int?> SlotIntervalMinutes { get; init; }

    [Range(0, 525_600)]
    public Optional<int?> MinimumNoticeMinutes { get; init; }

    [Range(1, BookingWindows.FarthestDays)]
    public Optional<int?> BookingWindowDays { get; init; }

    [Range(1, 60)]
    public Optional<int> HoldMinutes { get; init; }

    [Range(1, 100)]
    public Optional<int> HoldsPerClient { get; init; }

    /// <summary>All of them.</summary>
    [MaxLength(200)]
    public Optional<IReadOnlyList<OpeningRule>> OpeningHours { get; init; }

    /// <summary>May be sent back as it is; stored local times would change meaning with another.</summary>
    public Optional<string> TimeZone { get; init; }
}

/// <summary>
/// <c>GET,PUT /api/v1/settings/branding</c>: how the pages of the organisation look; the platform's own where absent.
/// </summary>
/// <param name="PrimaryColor"><c>#RRGGBB</c>; what of it is readable on it is computed.</param>
/// <param name="LogoUrl">An address with https.</param>
/// <param name="FontFamily">One of <see cref="FontFamilies"/>.</param>
public sealed record Branding(
    [property: RegularExpression(Branding.Color)] string? PrimaryColor = null,
    [property: RegularExpression(Branding.Color)] string? SecondaryColor = null,
    [property: RegularExpression(Branding.Color)] string? TertiaryColor = null,
    [property: StringLength(500), HttpsAddress] string? LogoUrl = null,
    [property: StringLength(500), HttpsAddress] string? FaviconUrl = null,
    [property: AllowedValues(null, FontFamilies.System, "Inter", "Lato", "Montserrat", "Open Sans", "Roboto")]
    string? FontFamily = null)
{
    public const string Color = "^#[0-9A-Fa-f]{6}$";
}

/// <summary>The fonts that pages can show without asking a third party.</summary>
public static class FontFamilies
{
    /// <summary>That of the reader's device.</summary>
    public const string System = "system";
}

/// <summary>
/// <c>GET,PUT /api/v1/settings/labels</c>: the organisation's words for our terms; ours where absent. The list is
/// closed.
/// </summary>
public sealed record Labels(
    Term? Resource = null,
    Term? Category = null,
    Term? Service = null,
    Term? Booking = null,
    Term? Client = null,
    Term? Slot = null,
    Term? Hold = null,
    Term? Series = null,
    Term? Waitlist = null,
    Term? Schedule = null,
    Term? Blackout = null);

/// <summary>Plain text, at most 60 characters.</summary>
public sealed record Term(
    [property: Required, StringLength(60)] string Singular,
    [property: Required, StringLength(60)] string Plural);

/// <summary><c>POST /api/v1/settings/holidays</c>: closes the organisation on each of these days.</summary>
/// <param name="Country">ISO 3166-1: <c>BR</c> or <c>PT</c>.</param>
/// <param name="IncludeOptional">Also the days that many keep without a law, such as Carnival in Brazil.</param>
public sealed record CreateHolidaysRequest(
    [property: Required, StringLength(2)] string Country,
    [property: MinLength(1), MaxLength(10), Distinct, Each(CalendarYears.First, CalendarYears.LastPlanned)]
    IReadOnlyList<int> Years,
    bool IncludeOptional = false);

/// <summary>A day on which the organisation is closed. Delete its blackout to open again.</summary>
/// <param name="Date">Of the organisation's zone.</param>
public sealed record HolidayResponse(string Country, DateOnly Date, string? Name, long BlackoutId);

/// <summary>A member that the organisation adds to its clients, bookings or resources.</summary>
/// <param name="Key">The member of <c>metadata</c>, <c>answers</c> or <c>attributes</c>.</param>
/// <param name="Version">Raised with every change; the value of the <c>ETag</c>.</param>
public sealed record CustomFieldResponse(
    long Id,
    string AppliesTo,
    string Key,
    string Label,
    string Type,
    bool Required,
    IReadOnlyList<string> Choices,
    int Position,
    long Version) : StampedResponse;

/// <summary><c>POST /api/v1/custom-fields</c></summary>
/// <param name="AppliesTo"><c>client</c>, <c>booking</c>, <c>resource</c> or <c>user</c>.</param>
/// <param name="Key">A letter, then letters, digits and underscores.</param>
/// <param name="Type"><c>text</c>, <c>number</c>, <c>boolean</c>, <c>date</c> or <c>choice</c>.</param>
/// <param name="Choices">What can be chosen, for <c>choice</c>.</param>
/// <param name="Position">Screens show the lowest first.</param>
public sealed record CreateCustomFieldRequest(
    [property: RegularExpression("^(client|booking|resource|user)$")] string AppliesTo,
    [property: RegularExpression("^[A-Za-z][A-Za-z0-9_]{0,49}$")] string Key,
    [property: Required, StringLength(200)] string Label,
    [property: RegularExpression("^(text|number|boolean|date|choice)$")] string Type,
    bool Required = false,
    [property: MaxLength(FieldLimits.Choices), Distinct, Each(1, 200)] IReadOnlyList<string>? Choices = null,
    [property: Range(0, 10_000)] int Position = 0);

/// <summary>
/// <c>PATCH /api/v1/custom-fields/{id}</c>: what is absent stays. Values that were stored before are not checked again.
/// </summary>
public sealed record ChangeCustomFieldRequest
{
    [Required, StringLength(200)]
    public Optional<string> Label { get; init; }

    [RegularExpression("^(text|number|boolean|date|choice)$")]
    public Optional<string> Type { get; init; }

    public Optional<bool> Required { get; init; }

    [MaxLength(FieldLimits.Choices), Distinct, Each(1, 200)]
    public Optional<IReadOnlyList<string>> Choices { get; init; }

    [Range(0, 10_000)]
    public Optional<int> Position { get; init; }
}
