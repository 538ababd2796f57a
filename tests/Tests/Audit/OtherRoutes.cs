using Platform.Tests.Licensing;
using Platform.Tests.People;
using Platform.Tests.Scim;
using Platform.Tests.Tenants;
using Platform.Tests.Worker;

namespace Platform.Tests.Audit;

/// <summary>Routes that write and that <see cref="AuditedRouteTests"/> does not try. Adding to them is a decision.</summary>
internal static class OtherRoutes
{
    private const string OwnHistory = "a booking has a history of its own, which says who changed what";

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
        ["POST /api/v1/holds"] = "a hold is gone within minutes",
        ["POST /api/v1/holds/{id:long}/renew"] = "a hold is gone within minutes",
        ["DELETE /api/v1/holds/{id:long}"] = "a hold is gone within minutes",
        ["POST /public/api/v1/{slug}/holds"] = "a hold is gone within minutes",
        ["DELETE /public/api/v1/{slug}/holds/{token}"] = "a hold is gone within minutes",
        ["POST /api/v1/waitlist"] = "an entry is a wish of a client, who is told what becomes of it",
        ["DELETE /api/v1/waitlist/{id:long}"] = "an entry is a wish of a client, who is told what becomes of it",
        ["POST /api/v1/access/check"] = "each decision is in the trail of decisions",
        ["POST /api/v1/access/check/batch"] = "each decision is in the trail of decisions",
        ["POST /internal/api/v1/audit/verify"] = "it changes nothing",
        ["POST /public/api/v1/sign-ups"] = "nobody is known yet; the tenant that comes of it is in its trail",
    };

    /// <summary>Routes that need Identity or another process, and the tests that look at their rows.</summary>
    public static readonly Dictionary<string, string> TriedElsewhere = new()
    {
        ["POST /api/v1/users"] = nameof(InviteTests),
        ["POST /internal/api/v1/events/dead-letters/{id}/replay"] = nameof(DeadLetterTests),
        ["POST /internal/api/v1/events/dead-letters/{id}/discard"] = nameof(DeadLetterTests),
        ["POST /api/v1/groups/{id:long}/apps/{application}/grant"] = nameof(GroupTests),
        ["POST /api/v1/groups/{id:long}/apps/{application}/revoke"] = nameof(GroupTests),
        ["POST /api/v1/invitations/{id:long}/resend"] = nameof(InviteTests),
        ["DELETE /api/v1/invitations/{id:long}"] = nameof(InviteTests),
        ["POST /api/v1/me/invitations/{id:long}/accept"] = nameof(InviteTests),
        ["POST /api/v1/me/invitations/{id:long}/decline"] = nameof(InviteTests),
        ["POST /internal/api/v1/invitations/{id:long}/accept"] = nameof(InviteTests),
        ["POST /internal/api/v1/users"] = nameof(InviteTests),
        ["POST /internal/api/v1/tenants/{id:long}/users"] = nameof(InviteTests),
        ["PATCH /internal/api/v1/users/{id:long}"] = nameof(StaffUserTests),
        ["PUT /api/v1/identity-provider"] = nameof(IdentityProviderTests),
        ["DELETE /api/v1/identity-provider"] = nameof(IdentityProviderTests),
        ["POST /api/v1/identity-provider/verify"] = nameof(IdentityProviderTests),
        ["POST /internal/api/v1/people/{id:long}/memberships"] = nameof(IdentityProviderTests),
        ["PUT /internal/api/v1/people/{id:long}/profile"] = nameof(CarriedOverTests),
        ["DELETE /internal/api/v1/users/{id:long}/sessions"] = nameof(AccountSecurityTests),
        ["DELETE /internal/api/v1/users/{id:long}/sessions/{sessionId}"] = nameof(AccountSecurityTests),
        ["POST /internal/api/v1/users/{id:long}/lock"] = nameof(AccountSecurityTests),
        ["POST /internal/api/v1/users/{id:long}/unlock"] = nameof(AccountSecurityTests),
        ["POST /internal/api/v1/users/{id:long}/reset-factors"] = nameof(AccountSecurityTests),
        ["POST /internal/api/v1/sign-ups/{id:guid}/confirm"] = nameof(SignUpTests),
        ["POST /internal/api/v1/tenants"] = nameof(ProvisioningTests),
        ["POST /internal/api/v1/tenants/{id:long}/retry-provisioning"] = nameof(ProvisioningTests),
        ["POST /internal/api/v1/tenants/import"] = nameof(TransferTests),
        ["POST /internal/api/v1/tenants/{id:long}/purge"] = nameof(OffboardingTests),
        ["POST /scim/v2/Users"] = nameof(DirectoryTests),
        ["PUT /scim/v2/Users/{id}"] = nameof(DirectoryTests),
        ["PATCH /scim/v2/Users/{id}"] = nameof(DirectoryTests),
        ["DELETE /scim/v2/Users/{id}"] = nameof(DirectoryTests),
        ["POST /scim/v2/Groups"] = nameof(DirectoryTests),
        ["PUT /scim/v2/Groups/{id}"] = nameof(DirectoryTests),
        ["PATCH /scim/v2/Groups/{id}"] = nameof(DirectoryTests),
        ["DELETE /scim/v2/Groups/{id}"] = nameof(DirectoryTests),
    };
}
