using Platform.Tests.People;
using Platform.Tests.Tenants;
using Platform.Tests.Webhooks;
using Platform.Tests.Worker;

namespace Platform.Tests.Audit;

/// <summary>
/// Routes that write and that <see cref="AuditedRouteTests"/> does not try. Adding to them is a decision.
/// </summary>
internal static class OtherRoutes
{
    private const string OwnHistory = "a booking has a history of its own, which says who changed what";
    private const string Waitlist = "an entry is a request of a client, who is notified of its outcome";

    /// <summary>Routes that leave no row, and why.</summary>
    public static readonly Dictionary<string, string> NotAudited = new()
    {
        ["POST /api/v1/bookings"] = OwnHistory,
        ["PATCH /api/v1/bookings/{id:long}"] = OwnHistory,
        ["POST /api/v1/bookings/{id:long}/cancel"] = OwnHistory,
        ["POST /api/v1/bookings/{id:long}/check-in"] = OwnHistory,
        ["POST /api/v1/bookings/{id:long}/complete"] = OwnHistory,
        ["POST /api/v1/bookings/{id:long}/confirm"] = OwnHistory,
        ["POST /api/v1/bookings/{id:long}/no-show"] = OwnHistory,
        ["POST /api/v1/bookings/{id:long}/reassign"] = OwnHistory,
        ["POST /api/v1/bookings/{id:long}/reject"] = OwnHistory,
        ["POST /api/v1/bookings/{id:long}/reschedule"] = OwnHistory,
        ["POST /api/v1/series"] = OwnHistory,
        ["PATCH /api/v1/series/{id:long}"] = OwnHistory,
        ["POST /api/v1/series/{id:long}/cancel"] = OwnHistory,
        ["POST /public/api/v1/{slug}/bookings"] = OwnHistory,
        ["POST /public/api/v1/{slug}/manage/{token}/cancel"] = OwnHistory,
        ["POST /public/api/v1/{slug}/manage/{token}/reschedule"] = OwnHistory,
        ["POST /api/v1/series/preview"] = "it changes nothing",
        ["POST /api/v1/message-templates/{kind}/{locale}/preview"] = "it changes nothing",
        ["POST /api/v1/holds"] = "a hold is gone within minutes",
        ["POST /api/v1/holds/{id:long}/renew"] = "a hold is gone within minutes",
        ["DELETE /api/v1/holds/{id:long}"] = "a hold is gone within minutes",
        ["POST /public/api/v1/{slug}/holds"] = "a hold is gone within minutes",
        ["DELETE /public/api/v1/{slug}/holds/{token}"] = "a hold is gone within minutes",
        ["POST /api/v1/waitlist"] = Waitlist,
        ["DELETE /api/v1/waitlist/{id:long}"] = Waitlist,
        ["POST /public/api/v1/{slug}/waitlist"] = Waitlist,
        ["DELETE /public/api/v1/{slug}/waitlist/{token}"] = Waitlist,
        ["POST /api/v1/access/check"] = "each decision is in the trail of decisions",
        ["POST /api/v1/access/check/batch"] = "each decision is in the trail of decisions",
        ["POST /internal/api/v1/audit/verify"] = "it changes nothing",
        ["POST /public/api/v1/sign-ups"] = "nobody is known yet; the tenant that comes of it is in its trail",
    };

    /// <summary>
    /// Routes that need a world of their own; <see cref="AuditedRouteTests"/> looks whether the test asserts the row.
    /// </summary>
    public static readonly Dictionary<string, (string Test, string Action)> TriedElsewhere = new()
    {
        ["PUT /api/v1/identity-provider"] = (nameof(IdentityProviderTests), "identity_provider.changed"),
        ["DELETE /api/v1/identity-provider"] = (nameof(IdentityProviderTests), "identity_provider.deleted"),
        ["DELETE /internal/api/v1/users/{id:long}/sessions/{sessionId}"] = (nameof(AccountSecurityTests), "user.session_ended"),
        ["POST /internal/api/v1/users/{id:long}/reset-factors"] = (nameof(AccountSecurityTests), "user.factors_reset"),
        ["POST /internal/api/v1/sign-ups/{id:guid}/confirm"] = (nameof(SignUpTests), "tenant.registered"),
        ["POST /internal/api/v1/tenants"] = (nameof(ProvisioningTests), "tenant.registered"),
        ["POST /internal/api/v1/tenants/{id:long}/retry-provisioning"] = (nameof(ProvisioningTests), "tenant.provisioning_failed"),
        ["POST /public/api/v1/{slug}/manage/{token}/reminders/stop"] = (nameof(StaffMailTests), "client.changed"),
        ["POST /public/api/v1/{slug}/manage/{token}/reminders/resume"] = (nameof(StaffMailTests), "client.changed"),
        ["POST /internal/api/v1/mails/{id:long}/retry"] = (nameof(StaffMailTests), "mail.retried"),
        ["POST /internal/api/v1/events/dead-letters/{id}/replay"] = (nameof(DeadLetterTests), "dead_letter.replayed"),
        ["POST /internal/api/v1/events/dead-letters/{id}/discard"] = (nameof(DeadLetterTests), "dead_letter.discarded"),
        ["POST /internal/api/v1/webhooks/deliveries/{id:long}/resend"] = (nameof(StaffWebhookTests), "webhook.resent"),
        ["POST /internal/api/v1/tenants/import"] = (nameof(TransferTests), "tenant.imported"),
        ["POST /internal/api/v1/tenants/{id:long}/purge"] = (nameof(OffboardingTests), "tenant.purged"),
    };

    /// <summary>Routes whose row no test looks at, and why.</summary>
    public static readonly Dictionary<string, string> Untried = new()
    {
        ["POST /api/v1/identity-provider/verify"] = "it takes a record in the DNS of somebody else",
    };
}
