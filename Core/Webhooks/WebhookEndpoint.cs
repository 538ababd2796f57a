using System.Text.Json;
using Platform.Contracts.Webhooks;
using Platform.Core.Storage;

namespace Platform.Core.Webhooks;

/// <summary>A URL to which a tenant has events sent.</summary>
/// <remarks>
/// In the cell's own schema, like the deliveries: these are written in the transaction that handles an event.
/// </remarks>
public sealed class WebhookEndpoint : ActorStamped
{
    /// <summary>For which its secrets are encrypted.</summary>
    public const string SecretPurpose = "webhook";

    public long Id { get; init; }
    public required long TenantId { get; init; }
    public required string Url { get; set; }
    public string? Description { get; set; }

    /// <summary>Names or, as <c>booking.*</c>, beginnings of names; everything where empty.</summary>
    public required List<string> EventTypes { get; set; }
    public bool Enabled { get; set; } = true;

    /// <summary>Of <see cref="WebhookDisabledReasons"/>.</summary>
    public string? DisabledReason { get; set; }
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>Encrypted for its tenant.</summary>
    public required string Secret { get; set; }

    /// <summary>Signatures are made with it as well until it ends.</summary>
    public string? PreviousSecret { get; set; }
    public DateTimeOffset? PreviousSecretEndsAt { get; set; }

    /// <summary>The first failure since the last success.</summary>
    public DateTimeOffset? FailingSince { get; set; }

    /// <summary>Nothing is sent until then: it asked for that.</summary>
    public DateTimeOffset? PausedUntil { get; set; }
    public long Version { get; private init; }
}

/// <summary>An event on its way to an endpoint.</summary>
public sealed class WebhookDelivery
{
    public long Id { get; init; }
    public required long TenantId { get; init; }
    public required long EndpointId { get; init; }
    public required Guid EventId { get; init; }
    public required string EventType { get; init; }
    public required string AggregateType { get; init; }
    public required long AggregateId { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
    public required JsonElement Data { get; init; }

    /// <summary>Of <see cref="WebhookDeliveryStatuses"/>.</summary>
    public string Status { get; init; } = WebhookDeliveryStatuses.Pending;

    /// <summary>Since it was queued or sent again by hand.</summary>
    public int Attempts { get; init; }
    public DateTimeOffset NextAttemptAt { get; init; }
    public DateTimeOffset? DeliveredAt { get; init; }
    public string? Traceparent { get; init; }
}

public sealed class WebhookAttempt
{
    public long Id { get; init; }
    public required long DeliveryId { get; init; }
    public required DateTimeOffset AttemptedAt { get; init; }
    public required string Url { get; init; }
    public int? StatusCode { get; init; }
    public required int LatencyMilliseconds { get; init; }
    public string? Error { get; init; }
    public string? ResponseBody { get; init; }
}

internal sealed class WebhookEndpointConfiguration
    : IEntityTypeConfiguration<WebhookEndpoint>, ITenantTable, IEventsTable
{
    public void Configure(EntityTypeBuilder<WebhookEndpoint> builder)
    {
        builder.ToTable("webhook_endpoints", EventsDb.Schema);
        builder.HasKnownStamps();
        builder.HasVersion();
    }
}

internal sealed class WebhookDeliveryConfiguration
    : IEntityTypeConfiguration<WebhookDelivery>, ITenantTable, IEventsTable
{
    public void Configure(EntityTypeBuilder<WebhookDelivery> builder)
    {
        builder.ToTable("webhook_deliveries", EventsDb.Schema);
        builder.Property(d => d.Data).HasColumnType("jsonb");
        builder.HasStamps();
    }
}

internal sealed class WebhookAttemptConfiguration
    : IEntityTypeConfiguration<WebhookAttempt>, ITenantTable, IEventsTable
{
    public void Configure(EntityTypeBuilder<WebhookAttempt> builder) =>
        builder.ToTable("webhook_attempts", EventsDb.Schema);
}

public static class WebhookTables
{
    extension(TenantDb db)
    {
        /// <summary>Those of the tenant: the table is one for the whole cell.</summary>
        public IQueryable<WebhookEndpoint> Webhooks
        {
            get
            {
                var tenant = db.Tenant.Id;
                return db.Set<WebhookEndpoint>().Where(w => w.TenantId == tenant);
            }
        }

        /// <inheritdoc cref="Webhooks"/>
        public IQueryable<WebhookDelivery> WebhookDeliveries
        {
            get
            {
                var tenant = db.Tenant.Id;
                return db.Set<WebhookDelivery>().Where(d => d.TenantId == tenant);
            }
        }
    }
}
