using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.People;

public static class InvitationStatuses
{
    public const string Pending = "pending";
    public const string Accepted = "accepted";
    public const string Declined = "declined";
    public const string Withdrawn = "withdrawn";
    public const string Expired = "expired";

    /// <summary>All of them, as a pattern.</summary>
    public const string Pattern = $"^({Pending}|{Accepted}|{Declined}|{Withdrawn}|{Expired})$";
}

/// <summary>
/// An address that the tenant has invited, as the tenant wrote it. It does not reveal whether the address has an
/// account.
/// </summary>
/// <param name="Name">As the tenant wrote it; somebody who has an account keeps their own.</param>
/// <param name="Locale">As the tenant wrote it; <c>pt-BR</c> or <c>en</c>.</param>
/// <param name="UserType">Slug: what the person is to be here.</param>
/// <param name="Roles">Slugs, sorted.</param>
/// <param name="Status">One of <see cref="InvitationStatuses"/>: the current one.</param>
/// <param name="ExpiresAt">UTC, exclusive. Sending it again moves it.</param>
/// <param name="ClosedAt">UTC: when it was accepted, declined or withdrawn.</param>
/// <param name="UserId">The member who accepted it; null before.</param>
/// <param name="CreatedBy">Who invited, as the audit names them.</param>
/// <param name="Version">The value of the <c>ETag</c>.</param>
public sealed record InvitationResponse(
    long Id,
    string Email,
    string Name,
    string Locale,
    string UserType,
    IReadOnlyList<string> Roles,
    string Status,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? ClosedAt,
    long? UserId,
    DateTimeOffset CreatedAt,
    string? CreatedBy,
    DateTimeOffset UpdatedAt,
    string? UpdatedBy,
    long Version);

/// <summary>
/// <c>GET /api/v1/me/invitations</c>: an invitation of the caller's address that waits for an answer.
/// </summary>
/// <param name="UserType">Slug: what the caller would be there.</param>
/// <param name="Roles">Slugs, sorted.</param>
/// <param name="ExpiresAt">UTC, exclusive.</param>
public sealed record MyInvitationResponse(
    long Id, long TenantId, string TenantName, string UserType, IReadOnlyList<string> Roles, DateTimeOffset ExpiresAt);

/// <summary>
/// <c>POST /internal/api/v1/invitations/{id}/accept</c> (scope <see cref="Scopes.PersonContext"/>): the person has
/// followed the link in the mail. Asking twice is asking once.
/// </summary>
/// <param name="UserId">The number of the account.</param>
/// <param name="Email">Of the account; the invitation is for this address.</param>
public sealed record AcceptInvitationRequest(
    long UserId,
    [property: Required, StringLength(254), Email] string Email,
    [property: Required, StringLength(200), RegularExpression(PersonPatterns.Name)] string Name,
    [property: RegularExpression(PersonPatterns.Locale)] string? Locale = null) : IPersonDetails;

/// <param name="UserId">The number of the member.</param>
public sealed record AcceptedInvitationResponse(long Id, long TenantId, string TenantName, long UserId);

/// <summary>
/// <c>POST /api/invitations</c> at Identity (scope <see cref="Scopes.Accounts"/>): sends a mail with a link to accept
/// an invitation. The account is made when the mail is sent, so that the answer takes as long for a known address as
/// for another.
/// </summary>
/// <param name="Id">Of the invitation.</param>
/// <param name="Organisation">Who invites.</param>
public sealed record InvitationMailRequest(
    long Id,
    [property: Required, Email, StringLength(254)] string Email,
    [property: Required, StringLength(200, MinimumLength = 1)] string Name,
    [property: Required, RegularExpression("pt-BR|en")] string Locale,
    [property: Required, StringLength(200)] string Organisation) : IPersonDetails;
