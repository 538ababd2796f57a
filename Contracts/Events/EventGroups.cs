namespace Platform.Contracts.Events;

/// <summary>The consumer groups of the event streams. Each gets every event.</summary>
public static class EventGroups
{
    /// <summary>Queues mails to clients.</summary>
    public const string Notifications = "notifications";

    /// <summary>Queues deliveries to webhooks.</summary>
    public const string Webhooks = "webhooks";

    /// <summary>Keeps the read model of bookings.</summary>
    public const string Analytics = "analytics";

    /// <summary>One of them, as a regular expression.</summary>
    public const string Pattern = $"^({Notifications}|{Webhooks}|{Analytics})$";
}
