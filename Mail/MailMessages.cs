using System.Text;
using MimeKit;
using MimeKit.Text;

namespace Platform.Mail;

/// <summary>Contents as MIME messages.</summary>
internal static class MailMessages
{
    /// <exception cref="FormatException">The address is invalid.</exception>
    public static MimeMessage Of(MailContent content, string from)
    {
        var sender = MailboxAddress.Parse(from);
        var message = new MimeMessage
        {
            MessageId = $"{content.MessageId}@{sender.Domain}",
            Subject = Line(content.Subject),
            Body = BodyOf(content),
        };
        message.From.Add(sender);
        message.To.Add(RecipientOf(content.To));
        message.Headers.Add("Auto-Submitted", "auto-generated"); // RFC 3834
        if (content.Unsubscribe is { } url)
        {
            message.Headers.Add(HeaderId.ListUnsubscribe, $"<{url}>");
            message.Headers.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }

        return message;
    }

    /// <summary>Names come from people: a line break in one must not become a header of a mail.</summary>
    private static string Line(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);

    /// <summary>The address and nothing else, not what a lenient reader makes of it.</summary>
    private static MailboxAddress RecipientOf(string address) =>
        MailboxAddress.TryParse(address, out var mailbox) && mailbox.Address == address && mailbox.Name is null or ""
            ? mailbox
            : throw new FormatException("The address is not valid.");

    private static MimeEntity BodyOf(MailContent content)
    {
        var text = new TextPart(TextFormat.Plain) { Text = content.Text };
        if (content is { Html: null, Calendar: null }) return text;

        MultipartAlternative all = [text];
        if (content.Html is { } html) all.Add(new TextPart(TextFormat.Html) { Text = html });
        if (content.Calendar is { } calendar) all.Add(InvitationOf(calendar));
        return all;
    }

    /// <summary>The last alternative, as RFC 6047 has it: a program that knows it shows it.</summary>
    private static TextPart InvitationOf(CalendarPart calendar)
    {
        var part = new TextPart("calendar");
        part.ContentType.Parameters.Add("method", calendar.Method);
        part.SetText(Encoding.UTF8, calendar.Content);
        return part;
    }
}
