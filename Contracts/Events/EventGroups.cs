namespace Platform.Contracts.Events;

/// <summary>The consumer groups of the event streams. Each gets every event.</summary>
public static class EventGroups
{
    /// <summary>Queues mails to clients.</summary>
    public const string Notifications = "notifications";

    /// <summary>Queues deliveries to webhooks.</summary>
    public const string Webhooks = "webhooks";

    /// <summary>Queues bookings to be written to outside calendars.</summary>
    public const string Calendars = "calendars";

    /// <summary>Keeps the read model of bookings.</summary>
    public const string Analytics = "analytics";

    /// <summary>Keeps the usage of seats.</summary>
    public const string Billing = "billing";

    /// <summary>The form of a name: dead letters of a removed group stay readable.</summary>
    public const string Pattern = "^[a-z][a-z0-9-]{0,63}$";
}
