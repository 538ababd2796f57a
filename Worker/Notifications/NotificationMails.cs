using Platform.Contracts.Messages;
using Platform.Mail;

namespace Platform.Worker.Notifications;

/// <summary>Writes each mail of <c>platform.notifications</c> by its kind.</summary>
internal sealed class NotificationMails(
    BookingMails bookings, WaitlistMails waitlist, WebhookNotices notices, TestMails tests) : IMailWriter
{
    public Task<MailDraft> WriteAsync(OwedMail owed, CancellationToken ct) => owed switch
    {
        { Data: null } => Task.FromResult(MailDraft.Drop("Its content was erased.")),
        { Kind: MessageKinds.Joined } => waitlist.WriteAsync(owed, ct),
        { Kind: WebhookNotice.MailKind } => notices.WriteAsync(owed, ct),
        { Kind: TestMessage.MailKind } => tests.WriteAsync(owed, ct),
        _ => bookings.WriteAsync(owed, ct),
    };
}
