namespace Platform.Contracts.Messages;

/// <summary>A mail that a member sends to themselves, on its way from the Api to the Worker.</summary>
/// <param name="Kind">One of <see cref="MessageKinds"/>.</param>
/// <param name="Own">The organisation's own text; null for the platform's.</param>
public sealed record TestMessage(string Kind, string Locale, MessageText? Own)
{
    /// <summary>Of its row among the mails.</summary>
    public const string MailKind = "message.test";
}
