using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.People;

/// <summary><c>POST /api/accounts</c> at Identity (scope <see cref="Scopes.Accounts"/>); idempotent by e-mail.</summary>
/// <param name="Locale"><c>pt-BR</c> (when absent) or <c>en</c>.</param>
/// <param name="Invite">Sends a mail with a link to set a password, unless the account has one.</param>
/// <param name="Organisation">Where to, as that mail says.</param>
public sealed record CreateAccountRequest(
    [property: Required, EmailAddress, StringLength(254)] string Email,
    [property: Required, StringLength(200, MinimumLength = 1)] string Name,
    [property: RegularExpression("pt-BR|en")] string? Locale = null,
    bool Invite = false,
    [property: StringLength(200)] string? Organisation = null);

/// <param name="Id">The number of the account, which the user bears as well.</param>
public sealed record AccountResponse(long Id);
