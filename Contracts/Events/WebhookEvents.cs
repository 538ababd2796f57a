namespace Platform.Contracts.Events;

/// <summary>The platform has disabled a webhook of the tenant; its other webhooks receive this event.</summary>
/// <param name="Reason"><c>gone</c> or <c>failing</c>, of <see cref="Webhooks.WebhookDisabledReasons"/>.</param>
public sealed record WebhookDisabled(long WebhookId, string Url, string Reason) : IEventData
{
    public static string EventType => "webhook.disabled";
    public static int EventVersion => 1;
    public static string AggregateType => "webhook";
}
