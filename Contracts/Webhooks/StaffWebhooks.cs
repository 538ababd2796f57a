using System.Text.Json;

namespace Platform.Contracts.Webhooks;

/// <summary><c>GET /internal/api/v1/webhooks</c>: a webhook of whichever tenant.</summary>
/// <param name="DisabledReason">Of <see cref="WebhookDisabledReasons"/>; null while it is enabled.</param>
/// <param name="FailingSince">UTC; null where the last attempt succeeded.</param>
/// <param name="Pending">How many deliveries wait.</param>
/// <param name="Failed">How many deliveries of the last 30 days failed.</param>
public sealed record StaffWebhookResponse(
    long Id,
    long TenantId,
    string? TenantSlug,
    string? TenantName,
    string Url,
    string? Description,
    IReadOnlyList<string> EventTypes,
    bool Enabled,
    string? DisabledReason,
    DateTimeOffset? DisabledAt,
    DateTimeOffset? FailingSince,
    int Pending,
    int Failed);

/// <summary>Which webhooks staff look at.</summary>
public static class WebhookStates
{
    public const string Enabled = "enabled";
    public const string Disabled = "disabled";

    /// <summary>Enabled, and its last attempts failed.</summary>
    public const string Failing = "failing";

    /// <summary>All of them, as a pattern.</summary>
    public const string Pattern = $"^({Enabled}|{Disabled}|{Failing})$";
}

/// <summary><c>GET /internal/api/v1/webhooks/deliveries</c>: a delivery of whichever tenant.</summary>
/// <param name="Status">Of <see cref="WebhookDeliveryStatuses"/>.</param>
/// <param name="NextAttemptAt">While it is pending.</param>
/// <param name="Attempts">Oldest first: the latest one in lists, else the latest 20.</param>
/// <param name="Body">What is sent, personal data included; null in lists.</param>
public sealed record StaffDeliveryResponse(
    long Id,
    long TenantId,
    string? TenantSlug,
    string? TenantName,
    long WebhookId,
    string Url,
    Guid EventId,
    string EventType,
    string Status,
    DateTimeOffset OccurredAt,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? DeliveredAt,
    IReadOnlyList<WebhookAttemptResponse> Attempts,
    JsonElement? Body = null);
