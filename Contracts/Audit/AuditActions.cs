using System.Collections.Frozen;

namespace Platform.Contracts.Audit;

/// <summary>
/// What the trail of changes calls each act. The list is closed and <c>docs/audit.md </c> explains it; the part before
/// the dot is the type of the target.
/// </summary>
public static class AuditActions
{
    public const string AuditRead = "audit.read";
    public const string AuditExported = "audit.exported";
    public const string BlackoutCreated = "blackout.created";
    public const string BlackoutDeleted = "blackout.deleted";
    public const string BookingCorrected = "booking.corrected";
    public const string BookingsImported = "booking.imported";
    public const string BookingPageChanged = "booking_page.changed";
    public const string BrandingChanged = "branding.changed";
    public const string CalendarFeedCreated = "calendar_feed.created";
    public const string CalendarFeedDeleted = "calendar_feed.deleted";
    public const string CategoryCreated = "category.created";
    public const string CategoryChanged = "category.changed";
    public const string CategoryDeleted = "category.deleted";
    public const string ClientCreated = "client.created";
    public const string ClientChanged = "client.changed";
    public const string ClientMerged = "client.merged";
    public const string ClientErased = "client.erased";
    public const string ClientExported = "client.exported";
    public const string CustomFieldCreated = "custom_field.created";
    public const string CustomFieldChanged = "custom_field.changed";
    public const string CustomFieldDeleted = "custom_field.deleted";
    public const string DeadLetterDiscarded = "dead_letter.discarded";
    public const string DeadLetterReplayed = "dead_letter.replayed";
    public const string HolidaysCreated = "holidays.created";
    public const string HolidaysDeleted = "holidays.deleted";
    public const string LabelsChanged = "labels.changed";
    public const string MailRetried = "mail.retried";
    public const string MembershipProfileChanged = "membership.profile_changed";
    public const string MessageTemplateChanged = "message_template.changed";
    public const string MessageTemplateDeleted = "message_template.deleted";
    public const string MessageTemplateTested = "message_template.tested";
    public const string OutsideCalendarCreated = "outside_calendar.created";
    public const string OutsideCalendarDeleted = "outside_calendar.deleted";
    public const string OutsideCalendarPolled = "outside_calendar.polled";
    public const string OverrideChanged = "schedule_override.changed";
    public const string OverrideDeleted = "schedule_override.deleted";
    public const string PersonFeedCreated = "person_feed.created";
    public const string PersonFeedDeleted = "person_feed.deleted";
    public const string PersonReportRead = "user.report_read";
    public const string RequestRefused = "request.refused";
    public const string ResourceCreated = "resource.created";
    public const string ResourceChanged = "resource.changed";
    public const string ResourceDeleted = "resource.deleted";
    public const string ScheduleChanged = "schedule.changed";
    public const string ScheduleDeleted = "schedule.deleted";
    public const string ServiceCreated = "service.created";
    public const string ServiceChanged = "service.changed";
    public const string ServiceDeleted = "service.deleted";
    public const string SettingsChanged = "settings.changed";
    public const string WebhookChanged = "webhook.changed";
    public const string WebhookCreated = "webhook.created";
    public const string WebhookDeleted = "webhook.deleted";
    public const string WebhookDisabled = "webhook.disabled";
    public const string WebhookRecovered = "webhook.recovered";
    public const string WebhookResent = "webhook.resent";
    public const string WebhookSecretRotated = "webhook.secret_rotated";
    public const string WebhookTested = "webhook.tested";

    /// <summary>Of every trail, also those that are named where they are written.</summary>
    public static readonly FrozenSet<string> All = FrozenSet.ToFrozenSet(
    [
        AuditRead, AuditExported, BlackoutCreated, BlackoutDeleted, BookingCorrected, BookingsImported, BookingPageChanged,
        BrandingChanged,
        CalendarFeedCreated, CalendarFeedDeleted, CategoryCreated, CategoryChanged, CategoryDeleted, ClientCreated,
        ClientChanged, ClientMerged, ClientErased, ClientExported, CustomFieldCreated, CustomFieldChanged,
        CustomFieldDeleted, DeadLetterDiscarded, DeadLetterReplayed, HolidaysCreated, HolidaysDeleted, LabelsChanged, MailRetried,
        MembershipProfileChanged, MessageTemplateChanged, MessageTemplateDeleted, MessageTemplateTested,
        OutsideCalendarCreated, OutsideCalendarDeleted, OutsideCalendarPolled, OverrideChanged,
        OverrideDeleted,
        PersonFeedCreated, PersonFeedDeleted, PersonReportRead, RequestRefused, ResourceCreated, ResourceChanged, ResourceDeleted, ScheduleChanged,
        ScheduleDeleted, ServiceCreated, ServiceChanged, ServiceDeleted, SettingsChanged, WebhookChanged, WebhookCreated,
        WebhookDeleted, WebhookDisabled, WebhookRecovered, WebhookResent, WebhookSecretRotated, WebhookTested,
        "api_key.created", "api_key.revoked", "api_key.rotated", "application.changed", "application.created",
        "application.deleted", "application.retired", "audit.pruned", "billing.adjusted", "billing.month_closed",
        "grant.changed", "grant.created", "grant.revoked", "identity_provider.changed", "identity_provider.deleted",
        "identity_provider.domain_verified", "invitation.accepted", "invitation.created", "invitation.declined",
        "invitation.resent", "invitation.withdrawn", "license.cancelled", "license.changed", "license.created",
        "license.resumed", "license.seats_reconciled", "license.suspended", "membership.activated", "membership.changed",
        "membership.created", "membership.deactivated", "membership.directory_changed", "membership.removed",
        "person.activated", "person.deactivated", "price.changed", "price.deleted", "price.ended", "price.scheduled",
        "group.application_granted", "group.application_revoked", "role.changed", "role.created", "role.deleted",
        "role.directory_changed", "service_account.changed",
        "service_account.created", "service_account.deleted", "tenant.activated", "tenant.changed", "tenant.created",
        "tenant.deactivated", "tenant.exported", "tenant.import_refused", "tenant.imported", "tenant.kept",
        "tenant.offboarded", "tenant.provisioning_failed", "tenant.purged", "tenant.registered", "tenant.viewed",
        "tenant_address.changed", "tenant_address.created", "tenant_address.deleted", "tenant_contact.changed",
        "tenant_contact.created", "tenant_contact.deleted", "user.changed", "user.created", "user.factors_reset",
        "user.invited", "user.locked", "user.profile_changed", "user.session_ended", "user.sessions_ended",
        "user.unlocked",
    ]);

    /// <param name="filter">An action, or the beginning of several up to the dot: <c>grant.</c></param>
    public static bool IsKnown(string filter) =>
        All.Contains(filter) || (filter.EndsWith('.') && All.Any(action => action.StartsWith(filter, StringComparison.Ordinal)));
}

/// <summary>How an act in the trail of changes ended.</summary>
public static class AuditOutcomes
{
    public const string Done = "done";

    /// <summary>The answer was 403 or 409, and nothing changed.</summary>
    public const string Refused = "refused";
}
