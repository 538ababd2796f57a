using Platform.Contracts;
using Platform.Contracts.People;

namespace Platform.Core.People;

/// <summary>Which changes of an invitation are allowed at what time.</summary>
public static class InvitationRules
{
    /// <summary>Whether it can be accepted or declined.</summary>
    public static Rejection? Open(Invitation invitation, DateTimeOffset now) =>
        invitation.StatusAt(now) is var status && status == InvitationStatuses.Pending ? null : Closed(status);

    /// <summary>Whether it can be sent again or withdrawn; one that has expired can.</summary>
    public static Rejection? Changeable(Invitation invitation, DateTimeOffset now) =>
        invitation.Outcome is null ? null : Closed(invitation.StatusAt(now));

    public static Rejection IsMember(long userId) =>
        new(RejectionKind.Conflict, Codes.AlreadyExists, "The e-mail address belongs to a member; change the membership.", "email")
        {
            Extras = new() { ExistingId = userId },
        };

    public static Rejection OtherTerms(long invitationId) =>
        new(RejectionKind.Conflict, Codes.AlreadyExists, "The e-mail address is invited with other terms; withdraw that invitation first.")
        {
            Extras = new() { ExistingInvitationId = invitationId },
        };

    private static Rejection Closed(string status) =>
        new(RejectionKind.Conflict, Codes.InvitationClosed, $"The invitation is {status}.")
        {
            Extras = new() { InvitationStatus = status },
        };
}
