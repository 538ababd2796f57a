using System.Globalization;
using Platform.Contracts;
using Platform.Hub.Web;
using Platform.Tests.Support;
using Platform.Tests.Ui;

namespace Platform.Tests.HubWeb;

public sealed class HubSite(PlatformFixture platform, Chromium chromium) : Site<HubApi>(platform, chromium, "hub")
{
    public static Person MemberOf(TestTenant tenant) => new(
        "Uma",
        tenant.Token,
        ("sub", tenant.UserId.ToString(CultureInfo.InvariantCulture)),
        (ClaimNames.TenantId, tenant.Id.ToString(CultureInfo.InvariantCulture)),
        (ClaimNames.TenantName, $"Tenant {tenant.Id}"));
}
