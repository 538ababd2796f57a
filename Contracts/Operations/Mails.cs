namespace Platform.Contracts.Operations;

/// <summary>A mail to a tenant's client.</summary>
/// <param name="Kind">The event it is about: <c>booking.created</c>.</param>
/// <param name="BookingId">
/// The booking or, of <c>waitlist.offered </c>, the hold; null once the client has been erased.
/// </param>
/// <param name="Subject">As it was last written; empty before the first attempt.</param>
/// <param name="Status">One of <see cref="MailStatuses"/>.</param>
/// <param name="Reason">Why the last attempt failed, or why the mail is not true any more.</param>
/// <param name="NextAttemptAt">UTC; null where there is no other attempt.</param>
public sealed record MailResponse(
    long Id,
    long TenantId,
    string Kind,
    long? BookingId,
    string Recipient,
    string Subject,
    string Status,
    int Attempts,
    string? Reason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? NextAttemptAt);

public static class MailStatuses
{
    public const string Pending = "pending";
    public const string Sending = "sending";
    public const string Sent = "sent";
    public const string Failed = "failed";

    /// <summary>It was not true any more when it could be sent.</summary>
    public const string Superseded = "superseded";

    /// <summary>All of them, as a pattern.</summary>
    public const string Pattern = $"^({Pending}|{Sending}|{Sent}|{Failed}|{Superseded})$";
}
