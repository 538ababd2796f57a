using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.People;

/// <summary>
/// <c>GET /internal/api/v1/users/{id}/security</c>: how a person signs in, and where they are signed in. All times are
/// UTC.
/// </summary>
/// <param name="HasPassword">False for people who were invited and have not set one.</param>
/// <param name="LockedUntil">
/// Until when no password is accepted: 15 minutes after five failures, or the year 9999 if staff locked the account.
/// </param>
/// <param name="IsLockedByStaff">Whether the account stays locked until staff unlock it.</param>
/// <param name="DeletionRequestedAt">When the person asked for the account to be deleted.</param>
/// <param name="HasSecondFactor">Whether sign-in asks for a second factor after the password.</param>
/// <param name="TotpSince">When the person set up an authenticator app; null without one.</param>
/// <param name="RecoveryCodesLeft">Of ten.</param>
/// <param name="Passkeys">Oldest first.</param>
/// <param name="Sessions">Latest use first.</param>
public sealed record AccountSecurityResponse(
    long UserId,
    string Email,
    bool HasPassword,
    DateTimeOffset? LockedUntil,
    bool IsLockedByStaff,
    DateTimeOffset? DeletionRequestedAt,
    bool HasSecondFactor,
    DateTimeOffset? TotpSince,
    int RecoveryCodesLeft,
    IReadOnlyList<AccountPasskeyResponse> Passkeys,
    IReadOnlyList<AccountSessionResponse> Sessions);

/// <param name="Name">As the person named it.</param>
public sealed record AccountPasskeyResponse(string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <param name="Id">The claim <c>sid</c> of the session's tokens.</param>
/// <param name="Device">Browser and system, such as <c>Firefox, Windows</c>; null if unknown.</param>
/// <param name="Applications">Ids of the OpenID Connect clients that the session has opened.</param>
public sealed record AccountSessionResponse(
    string Id, DateTimeOffset SignedInAt, DateTimeOffset SeenAt, DateTimeOffset ExpiresAt, string? Device, string? IpAddress,
    IReadOnlyList<string> Applications);

/// <summary>Why staff act on a person's account; stored in the audit.</summary>
public sealed record AccountActionRequest([property: FreeText, Required, StringLength(500, MinimumLength = 5)] string Reason);
