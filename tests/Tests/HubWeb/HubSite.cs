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
        (ClaimNames.TenantSlug, tenant.Slug),
        (ClaimNames.TenantName, $"Tenant {tenant.Id}"));

    /// <summary>The same person in another of their tenants.</summary>
    public static async Task<Person> InOtherTenantAsync(TestTenant tenant, TestTenant other, PlatformFixture platform)
    {
        await platform.ExecutePlatformAsync($"""
            insert into memberships (tenant_id_fk, user_id_fk, user_type_id_fk) values ({other.Id}, {tenant.UserId}, 3)
            """);
        return MemberOf(other) with
        {
            Token = TestTokens.For(tenant.UserId, other.Id, false, Scopes.Scheduling, Scopes.Licensing),
            Claims = [.. MemberOf(other).Claims.Skip(1), ("sub", tenant.UserId.ToString(CultureInfo.InvariantCulture))],
        };
    }

    /// <summary>The URL of a page of a tenant: <c>/t/{slug}</c> and the rest.</summary>
    public static string Of(TestTenant tenant, string page = "") => $"/t/{tenant.Slug}{page}";
}
