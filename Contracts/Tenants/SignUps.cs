using System.ComponentModel.DataAnnotations;
using Platform.Contracts.Clients;
using Platform.Contracts.People;

namespace Platform.Contracts.Tenants;

/// <summary>
/// <c>POST /public/api/v1/sign-ups</c>: somebody without an account asks for an organisation of their own, on trial.
/// Nothing is created before they confirm their e-mail address by a link that works for three days. The answer does
/// not reveal whether the address has an account. 403 <c>SIGN_UPS_CLOSED </c> unless the owner of the platform allows
/// it.
/// </summary>
/// <param name="Organisation">At most 200 characters.</param>
/// <param name="Email">Where the link is sent.</param>
/// <param name="Name">Of the person; ignored if the address has an account.</param>
/// <param name="TimeZone">IANA name, of the organisation. It can never be changed.</param>
/// <param name="Slug">Part of URLs. Made from the organisation's name when absent.</param>
/// <param name="Locale"><c>pt-BR</c> or <c>en</c>.</param>
/// <param name="Currency"><c>BRL</c>, <c>USD</c> or <c>EUR</c>.</param>
public sealed record SignUpRequest(
    [property: Required, StringLength(200, MinimumLength = 2)] string Organisation,
    [property: Required, StringLength(254), Email] string Email,
    [property: Required, StringLength(200, MinimumLength = 1)] string Name,
    [property: Required, StringLength(64)] string TimeZone,
    [property: StringLength(63), RegularExpression(TenantPatterns.Slug)] string? Slug = null,
    [property: RegularExpression(ClientPatterns.Locale)] string? Locale = "pt-BR",
    [property: StringLength(3, MinimumLength = 3)] string Currency = "BRL") : IPersonDetails;

/// <param name="ExpiresAt">UTC; from then on the link in the mail does nothing.</param>
public sealed record SignUpResponse(string Email, string Organisation, DateTimeOffset ExpiresAt);

/// <summary>
/// <c>POST /internal/api/v1/sign-ups/{id}/confirm</c> (scope <see cref="Scopes.PersonContext"/>): Identity reports
/// that the person has opened the link. Repeating it returns the same tenant.
/// </summary>
/// <param name="UserId">The account of the person.</param>
public sealed record ConfirmSignUpRequest([property: Range(1, long.MaxValue)] long UserId);

public sealed record ConfirmSignUpResponse(long TenantId, string Slug, string Name);
