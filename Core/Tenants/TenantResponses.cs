using Platform.Contracts.Events;
using Platform.Contracts.Tenants;

namespace Platform.Core.Tenants;

public static class TenantResponses
{
    extension(Tenant tenant)
    {
        public TenantResponse ToResponse() => new(
            tenant.Id, tenant.Slug, tenant.Name, tenant.TimeZone, tenant.Locale, tenant.Currency, tenant.Status,
            tenant.CustomDomain, tenant.Branding, tenant.Labels, tenant.ProvisioningError, tenant.PurgeAt, tenant.Version)
        {
            Stamps = tenant.ToStamps(),
        };
    }

    extension(TenantResponse tenant)
    {
        /// <summary>What events and audit rows show of it.</summary>
        public TenantSnapshot ToSnapshot() => new(
            tenant.Id, tenant.Slug, tenant.TimeZone, tenant.Locale, tenant.Currency, tenant.Status, tenant.CustomDomain);
    }
}
