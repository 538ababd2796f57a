using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.People;

/// <summary>
/// <c>PUT /internal/api/v1/people/{id}/profile</c> (scope <see cref="Scopes.PersonContext"/>): Identity reports what a
/// person changed about themselves. Repeating it changes nothing.
/// </summary>
/// <param name="Locale"><c>pt-BR</c> or <c>en</c>.</param>
public sealed record ProfileRequest(
    [property: Required, StringLength(200, MinimumLength = 1)] string Name,
    [property: Required, RegularExpression("pt-BR|en")] string Locale,
    [property: Required, Email, StringLength(254)] string Email);
