namespace Platform.Mail;

/// <summary>A mail as it is to be sent.</summary>
/// <param name="MessageId">
/// The left side of its Message-ID: the same at every attempt, so that mail programs show a repetition once.
/// </param>
/// <param name="Calendar">An iCalendar object that says the same.</param>
/// <param name="Unsubscribe">Where a POST ends mails of this kind (RFC 8058).</param>
public sealed record MailContent(
    string MessageId, string To, string Subject, string Text, string? Html = null, CalendarPart? Calendar = null,
    string? Unsubscribe = null);

/// <param name="Method">Of the object (RFC 5546), such as <c>REQUEST</c>.</param>
public sealed record CalendarPart(string Method, string Content);

/// <summary>What became of a mail when it was its turn: a content, or the reason why it is not true any more.</summary>
public sealed record MailDraft
{
    private MailDraft()
    {
    }

    public MailContent? Content { get; private init; }

    /// <summary>Why nothing is sent; at most a line, without personal data.</summary>
    public string? Superseded { get; private init; }

    public static MailDraft Of(MailContent content) => new() { Content = content };

    public static MailDraft Drop(string reason) => new() { Superseded = reason };
}

/// <summary>A mail that this process has claimed.</summary>
/// <param name="OwnerId">The tenant or the account it belongs to.</param>
/// <param name="Data">Its content, in a form that the writer knows.</param>
/// <param name="Attempts">This one included.</param>
/// <param name="IsFirst">Whether nothing of its topic has been sent yet.</param>
/// <param name="IsOvertaken">Whether something newer of its topic waits or has been sent.</param>
public sealed record OwedMail(
    long Id,
    string Key,
    long? OwnerId,
    string Kind,
    string Recipient,
    string? Data,
    int Attempts,
    DateTimeOffset CreatedAt,
    string? TraceParent,
    bool IsFirst,
    bool IsOvertaken);

/// <summary>Writes mails when they are about to be sent, from what is true by then.</summary>
public interface IMailWriter
{
    Task<MailDraft> WriteAsync(OwedMail mail, CancellationToken ct);
}
