using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Microsoft.Extensions.Options;

namespace Platform.Worker.Notifications;

/// <summary>Hands a notification to the mail server.</summary>
internal sealed class Mailer(IOptions<MailOptions> options)
{
    public async Task SendAsync(Notification notification, CancellationToken ct)
    {
        using var message = new MailMessage(options.Value.From, notification.Recipient)
        {
            Subject = BookingMessage.Line(notification.Subject),
            SubjectEncoding = Encoding.UTF8,
            Body = notification.Body,
            BodyEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
        };

        // The same at every attempt, so that mail programs show a repetition once.
        message.Headers.Add("Message-ID", $"<{notification.EventId}.{notification.Kind}@{message.From!.Host}>");
        message.Headers.Add("Auto-Submitted", "auto-generated");
        if (notification.Calendar is { } calendar) message.Attachments.Add(Invitation(calendar));

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(options.Value.Timeout);
        using var client = Smtp.Client(options.Value.Url!);
        await client.SendMailAsync(message, limit.Token);
    }

    private static Attachment Invitation(string calendar)
    {
        var type = new ContentType("text/calendar") { CharSet = "utf-8", Name = "booking.ics" };
        type.Parameters.Add("method", "PUBLISH");
        return new(new MemoryStream(Encoding.UTF8.GetBytes(calendar)), type);
    }
}
