using System.Collections.Frozen;

namespace Platform.Contracts.Tenants;

/// <summary>
/// Names that URLs of the platform use or may use later. No tenant gets one as its slug, because the public pages of a
/// tenant are at <c>/{slug}</c>.
/// </summary>
public static class ReservedSlugs
{
    public static readonly FrozenSet<string> All = FrozenSet.ToFrozenSet("""
        account accounts admin alive api app apps assets auth billing blog book booking bookings calendar cdn
        clients connect contact dashboard demo dev docs embed error events favicon feeds fhir ftp health help
        hub icons id identity imap index internal invitations join language legal localhost login logout mail
        manage metrics null oidc onboarding openapi organisations platform pop portal privacy public purged
        reports robots root scim security session settings setup sign-in sign-out sign-up signed-out signin
        signin-error signin-oidc signout signout-backchannel signout-callback-oidc signout-oidc signup sitemap
        smtp staff static status support swagger switch switch-tenant system t tenant tenants terms test tests
        ui undefined user users webhooks webmail well-known www
        """.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
}
