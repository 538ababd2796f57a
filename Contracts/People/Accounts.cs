using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.People;

/// <summary>
/// <c>POST /api/accounts</c> at Identity (scope <see cref="Scopes.Accounts"/>); idempotent by e-mail.
/// </summary>
/// <param name="Locale"><c>pt-BR</c> (when absent) or <c>en</c>.</param>
/// <param name="Invite">Sends a mail with a link to set a password, unless the account has one.</param>
/// <param name="Organisation">Where to, as that mail says.</param>
public sealed record CreateAccountRequest(
    [property: Required, Email, StringLength(254)] string Email,
    [property: Required, StringLength(200, MinimumLength = 1)] string Name,
    [property: RegularExpression("pt-BR|en")] string? Locale = null,
    bool Invite = false,
    [property: StringLength(200)] string? Organisation = null);

/// <summary>
/// <c>POST /api/sign-ups</c> at Identity (scope <see cref="Scopes.Accounts"/>): sends a mail with a link to confirm a
/// sign-up. The account is made when the mail is sent, so that the answer takes as long for a known address as for
/// another.
/// </summary>
/// <param name="Id">Of the sign-up.</param>
public sealed record SignUpMailRequest(
    Guid Id,
    [property: Required, Email, StringLength(254)] string Email,
    [property: Required, StringLength(200, MinimumLength = 1)] string Name,
    [property: Required, RegularExpression("pt-BR|en")] string Locale,
    [property: Required, StringLength(200)] string Organisation) : IPersonDetails;

/// <param name="Id">The number of the account, which the user bears as well.</param>
public sealed record AccountResponse(long Id);

/// <summary>
/// <c>PUT /api/accounts/{id}</c> at Identity (scope <see cref="Scopes.Accounts"/>): the account as the person is now.
/// </summary>
/// <param name="Active">
/// False: no more sign-ins and no more tokens, and the sessions there are have ended for good.
/// </param>
public sealed record SetAccountRequest(
    [property: Required, StringLength(200, MinimumLength = 1)] string Name,
    [property: Required, RegularExpression("pt-BR|en")] string Locale,
    bool Active);
