using System.Globalization;
using System.Text;
using Platform.Contracts;
using Platform.Contracts.Tenants;

namespace Platform.Core.Tenants;

/// <summary>Names of tenants, and which changes are allowed in which status.</summary>
public static class TenantRules
{
    public static Rejection? Slug(string slug) =>
        ReservedSlugs.All.Contains(slug) || slug.StartsWith(PurgedPrefix, StringComparison.Ordinal)
            ? new(RejectionKind.Invalid, Codes.ReservedSlug, "The slug is reserved.", "slug")
            : null;

    /// <summary>
    /// A slug from the name of an organisation: <c>Clínica São João</c> becomes <c>clinica-sao-joao </c>.
    /// </summary>
    /// <param name="attempt">
    /// From 1; the second and later ones end with the number, because the first was taken.
    /// </param>
    public static string SlugFrom(string name, int attempt)
    {
        const int MaxLength = 63;
        var letters = name.Normalize(NormalizationForm.FormD).ToLowerInvariant()
            .Where(letter => CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
            .Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-');
        var words = string.Concat(letters).Split('-', StringSplitOptions.RemoveEmptyEntries);
        var slug = words is [] ? "organisation" : string.Join('-', words);
        var ending = attempt > 1 || Slug(slug) is not null ? $"-{attempt}" : "";
        return slug[..Math.Min(slug.Length, MaxLength - ending.Length)].TrimEnd('-') + ending;
    }

    public static Rejection? Currency(string currency) =>
        PlatformCurrencies.All.Contains(currency)
            ? null
            : new(
                RejectionKind.Invalid, Codes.UnknownCurrency, $"The currency must be one of {string.Join(", ", PlatformCurrencies.All)}.", "currency");

    public static Rejection? TimeZone(string wanted, string actual) =>
        wanted == actual
            ? null
            : new(RejectionKind.Invalid, Codes.TimeZoneImmutable, "It never changes.", "timeZone");

    /// <summary>Before the number, the slug of a tenant that is gone; its own is free again.</summary>
    public const string PurgedPrefix = "purged-";

    /// <summary>Whether a change is possible at all.</summary>
    public static Rejection? Changeable(Tenant tenant) =>
        tenant.Status == TenantStatuses.Purged ? Refuse(tenant, "The tenant has been purged.") : null;

    public static Rejection? Switchable(Tenant tenant) =>
        tenant.Status is TenantStatuses.Active or TenantStatuses.Inactive
            ? null
            : Refuse(tenant, "Only a tenant that is provisioned and not being offboarded is switched on and off.");

    public static Rejection? Provisionable(Tenant tenant) =>
        tenant.Status is TenantStatuses.Provisioning or TenantStatuses.ProvisioningFailed or TenantStatuses.Active
            ? null
            : Refuse(tenant, "The tenant has been provisioned.");

    /// <summary>Whether there is a schema to read.</summary>
    public static Rejection? Exportable(Tenant tenant) =>
        TenantStatuses.IsBuilt(tenant.Status) ? null : Refuse(tenant, "The tenant has no data to export.");

    /// <summary>Also one that never came to be, once it is known that nobody is at it.</summary>
    public static Rejection? Offboardable(Tenant tenant) =>
        tenant.Status is TenantStatuses.Active or TenantStatuses.Inactive or TenantStatuses.ProvisioningFailed
            ? null
            : Refuse(tenant, "Only a tenant that exists and is not being offboarded can be offboarded.");

    public static Rejection? Keepable(Tenant tenant) =>
        tenant.Status == TenantStatuses.Offboarding ? null : Refuse(tenant, "The tenant is not being offboarded.");

    public static Rejection? Purgeable(Tenant tenant, DateTimeOffset now) =>
        Keepable(tenant) ?? (tenant.PurgeAt <= now
            ? null
            : new(RejectionKind.Conflict, Codes.CoolingPeriod, "Offboarding can be cancelled until the purge date.")
            {
                Extras = new() { PurgeAt = tenant.PurgeAt },
            });

    /// <summary>Whether it may be given licenses, seats and members.</summary>
    public static Rejection? Growing(string status) =>
        TenantStatuses.IsLeaving(status)
            ? Refuse(status, "A tenant that is being offboarded takes no new licences, seats or members.")
            : null;

    public static Rejection Taken(string field) =>
        new(RejectionKind.Conflict, Codes.AlreadyExists, "Another tenant has this value.", field);

    private static Rejection Refuse(Tenant tenant, string detail) => Refuse(tenant.Status, detail);

    private static Rejection Refuse(string status, string detail) =>
        new(RejectionKind.Conflict, Codes.InvalidTenantStatus, detail)
        {
            Extras = new() { TenantStatus = status },
        };
}
