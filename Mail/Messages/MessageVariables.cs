using Platform.Contracts.Messages;

namespace Platform.Mail.Messages;

/// <summary>What the templates of mails to clients may name; <c>docs/mail.md</c> explains each.</summary>
public static class MessageVariables
{
    public const string Facts = "facts";
    public const string Links = "links";
    public const string Manage = "manage_url";
    public const string Calendar = "calendar_url";
    public const string Reminders = "reminders_url";
    public const string Offer = "offer_url";
    public const string Waitlist = "waitlist_url";

    private static readonly string[] Common =
    [
        "name", "service", "resources", "when", "reference", "organisation", "booking_label", "client_label",
        "resource_label", "service_label",
    ];

    /// <summary>Of whole lines; only the text has them.</summary>
    private static readonly string[] Blocks = [Facts, Links];

    public static IReadOnlyList<string> OfSubject(string kind) => [.. Common, .. Extra(kind)];

    public static IReadOnlyList<string> OfText(string kind) =>
        [.. OfSubject(kind), .. Urls(kind), .. Blocks];

    /// <summary>
    /// Links without which a person without an account could do nothing; <see cref="Links"/> has all of them.
    /// </summary>
    public static IReadOnlyList<string> Required(string kind) => kind switch
    {
        MessageKinds.Reminder => [Manage, Reminders],
        MessageKinds.Offered => [Offer],
        MessageKinds.Joined => [Waitlist],
        MessageKinds.Cancelled or MessageKinds.Rejected => [],
        _ => [Manage],
    };

    private static string[] Extra(string kind) => kind switch
    {
        MessageKinds.Cancelled or MessageKinds.Rejected => ["reason"],
        MessageKinds.Offered => ["until"],
        _ => [],
    };

    private static string[] Urls(string kind) => kind switch
    {
        MessageKinds.Reminder => [Manage, Calendar, Reminders],
        MessageKinds.Offered => [Offer],
        MessageKinds.Joined => [Waitlist],
        MessageKinds.Cancelled or MessageKinds.Rejected => [Manage],
        _ => [Manage, Calendar],
    };
}
