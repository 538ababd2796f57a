using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Platform.Contracts.Webhooks;

/// <summary>An address of a tenant's that events are sent to, as Standard Webhooks 1.0 describes it.</summary>
/// <param name="EventTypes">
/// What it is sent: names as <c>booking.created </c>, or all of a kind as <c>booking.* </c>; everything where empty.
/// </param>
/// <param name="DisabledReason">Of <see cref="WebhookDisabledReasons"/>; null while it is enabled.</param>
/// <param name="FailingSince">
/// Since when nothing but failures came of it; null where the last attempt succeeded.
/// </param>
/// <param name="Version">The value of the <c>ETag</c>.</param>
/// <param name="Secret">
/// <c>whsec_</c> and base64; signatures are made with it. It is shown when it is made, and null ever after.
/// </param>
/// <param name="PreviousSecretEndsAt">Until then signatures are made with the secret before as well.</param>
public sealed record WebhookResponse(
    long Id,
    string Url,
    string? Description,
    IReadOnlyList<string> EventTypes,
    bool Enabled,
    string? DisabledReason,
    DateTimeOffset? DisabledAt,
    DateTimeOffset? FailingSince,
    DateTimeOffset? PreviousSecretEndsAt,
    long Version,
    string? Secret = null) : StampedResponse;

/// <summary><c>POST /api/v1/webhooks</c></summary>
/// <param name="Url">With https, on port 443 or 8443 of a public host.</param>
/// <param name="EventTypes">
/// Names as <c>booking.created </c>, or all of a kind as <c>booking.* </c>; everything where absent or empty.
/// </param>
public sealed record CreateWebhookRequest(
    [property: Required, StringLength(WebhookLimits.Url)] string Url,
    [property: Length(0, WebhookLimits.EventTypes), Distinct, Each(1, 100)] IReadOnlyList<string>? EventTypes = null,
    [property: StringLength(WebhookLimits.Description), FreeText] string? Description = null,
    bool Enabled = true);

/// <summary><c>PATCH /api/v1/webhooks/{id}</c>: what is absent stays.</summary>
public sealed record ChangeWebhookRequest
{
    [Required, StringLength(WebhookLimits.Url)]
    public Optional<string> Url { get; init; }

    /// <summary>Replaced as a whole.</summary>
    [Required, Length(0, WebhookLimits.EventTypes), Distinct, Each(1, 100)]
    public Optional<IReadOnlyList<string>> EventTypes { get; init; }

    [StringLength(WebhookLimits.Description), FreeText]
    public Optional<string?> Description { get; init; }

    /// <summary>
    /// False: nothing is queued any more, and what waits is given up. True: what happens from now on is sent.
    /// </summary>
    public Optional<bool> Enabled { get; init; }
}

/// <summary>
/// <c>POST /api/v1/webhooks/{id}/recover</c>: what was not delivered is sent again, and what was never queued is
/// queued.
/// </summary>
/// <param name="Since">At most 30 days ago.</param>
/// <param name="Until">Now where absent.</param>
public sealed record RecoverWebhookRequest(DateTimeOffset Since, DateTimeOffset? Until = null);

/// <param name="Queued">How many deliveries wait now.</param>
/// <param name="Until">
/// How far events were looked at. Ask again from there if it is before what you asked for: a request takes up to
/// 2,000.
/// </param>
public sealed record RecoverWebhookResponse(int Queued, DateTimeOffset Until);

/// <summary>An event on its way to a webhook.</summary>
/// <param name="EventId">The header <c>webhook-id</c>: the same in every attempt.</param>
/// <param name="Status">Of <see cref="WebhookDeliveryStatuses"/>.</param>
/// <param name="NextAttemptAt">While it is pending.</param>
/// <param name="Body">What is sent.</param>
/// <param name="Attempts">Oldest first; the latest 20.</param>
public sealed record WebhookDeliveryResponse(
    long Id,
    long WebhookId,
    Guid EventId,
    string EventType,
    string Status,
    DateTimeOffset OccurredAt,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? DeliveredAt,
    JsonElement Body,
    IReadOnlyList<WebhookAttemptResponse> Attempts);

/// <param name="StatusCode">Null where there was no answer.</param>
/// <param name="Error">Why it was no success, where the status does not say so.</param>
/// <param name="ResponseBody">Its first 4 KB.</param>
public sealed record WebhookAttemptResponse(
    DateTimeOffset AttemptedAt, string Url, int? StatusCode, int LatencyMilliseconds, string? Error, string? ResponseBody);

public static class WebhookDeliveryStatuses
{
    public const string Pending = "pending";
    public const string Delivered = "delivered";

    /// <summary>The last attempt failed, or the webhook was disabled.</summary>
    public const string Failed = "failed";
}

public static class WebhookDisabledReasons
{
    /// <summary>Somebody did.</summary>
    public const string Manual = "manual";

    /// <summary>It answered 410.</summary>
    public const string Gone = "gone";

    /// <summary>It failed for five days without one success.</summary>
    public const string Failing = "failing";
}

public static class WebhookLimits
{
    public const int Url = 2000, Description = 500, EventTypes = 100, PerTenant = 50;
}
