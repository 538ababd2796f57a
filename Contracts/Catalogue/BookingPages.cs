using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.Catalogue;

/// <summary>
/// <c>GET,PUT /api/v1/settings/booking-page</c>: what the organisation's public booking pages say and allow, beside its
/// brand and labels. Everything in it is public.
/// </summary>
/// <param name="LegalName">Of the organisation, for the foot of the pages; its name where absent.</param>
/// <param name="PrivacyUrl">Its privacy notice: an address with https.</param>
/// <param name="ConsentText">What clients agree to before they book; the platform's sentence where absent.</param>
/// <param name="ContactEmail">Where clients can write.</param>
/// <param name="ContactPhone">Where clients can call, as people write it.</param>
/// <param name="Place">Where clients go, in lines; shown with each booking.</param>
/// <param name="Indexed">Whether search engines may list the pages.</param>
/// <param name="FrameOrigins">
/// Sites that may show the pages in a frame: <c>https://www.example.com</c>; none where empty.
/// </param>
public sealed record BookingPage(
    [property: StringLength(200)] string? LegalName = null,
    [property: StringLength(500), HttpsAddress] string? PrivacyUrl = null,
    [property: FreeText, StringLength(1000, MinimumLength = 1), RegularExpression(BookingPage.NotBlank)] string? ConsentText = null,
    [property: StringLength(254), Email] string? ContactEmail = null,
    [property: StringLength(40), RegularExpression(BookingPage.Phone)] string? ContactPhone = null,
    [property: FreeText, StringLength(500, MinimumLength = 1), RegularExpression(BookingPage.NotBlank)] string? Place = null,
    bool Indexed = true,
    [property: MaxLength(20), Distinct, Origins] IReadOnlyList<string>? FrameOrigins = null)
{
    public const string Phone = @"^\+?[0-9][0-9 ()./-]{3,38}$";

    /// <summary>In one line or several.</summary>
    public const string NotBlank = @"^[\s\S]*\S[\s\S]*$";
}

/// <summary>A list of origins with https, without a path; http only of <c>localhost</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OriginsAttribute() : ValidationAttribute("Each of {0} is an origin such as https://www.example.com.")
{
    private const int MaxLength = 300;

    public override bool IsValid(object? value) =>
        value is null || (value is IReadOnlyList<string> origins && origins.All(IsOrigin));

    private static bool IsOrigin(string? text) =>
        text is { Length: <= MaxLength } && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttps || url is { Scheme: "http", IsLoopback: true })
        && url.UserInfo.Length == 0
        && text == url.GetLeftPart(UriPartial.Authority); // as browsers write it: lower case, no port of the scheme
}
