using Platform.Contracts.Messages;
using Platform.Mail.Templates;

namespace Platform.Mail.Messages;

/// <summary>An invented booking, for previews and test mails.</summary>
public static class SampleMessage
{
    /// <param name="now">The booking is the day after tomorrow.</param>
    public static ClientMessage Of(string kind, string locale, string timeZone, DateTimeOffset now)
    {
        var start = new DateTimeOffset(now.UtcDateTime.Date.AddDays(2).AddHours(14), TimeSpan.Zero);
        var required = MessageVariables.OfText(kind);
        return new(
            kind, locale, Text("name"), Text("service"), [Text("resource")],
            MessageTimes.Range(start, start.AddHours(1), timeZone, locale), "01h455vb4pex5vsknk084sn02q",
            new(
                Link(MessageVariables.Manage), Link(MessageVariables.Calendar), Link(MessageVariables.Reminders),
                Link(MessageVariables.Offer), Link(MessageVariables.Waitlist)),
            Reason: kind is MessageKinds.Cancelled or MessageKinds.Rejected ? Text("reason") : null,
            Until: kind == MessageKinds.Offered ? MessageTimes.At(now.AddMinutes(30), timeZone, locale) : null);

        string Text(string name) => MailTemplates.TextOf($"sample.{name}", locale);

        // A link that leads nowhere: a preview shows that there is one.
        string? Link(string name) =>
            required.Contains(name) ? $"https://example.com/{name[..^"_url".Length]}" : null;
    }
}
