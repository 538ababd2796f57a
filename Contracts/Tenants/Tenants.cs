using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Clients;

namespace Platform.Contracts.Tenants;

/// <summary><c>GET /internal/api/v1/tenants</c></summary>
/// <param name="TimeZone">IANA name; it never changes.</param>
/// <param name="Locale">BCP 47: <c>pt-BR</c> or <c>en</c>.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Status">
/// <c>provisioning</c>, <c>provisioning_failed</c>, <c>active</c>, <c>inactive</c>, <c>offboarding</c> or
/// <c>purged</c>.
/// </param>
/// <param name="CustomDomain">Host name of the tenant's own pages, in lower case; null where it has none.</param>
/// <param name="Branding">Colours and logo, by name; empty for the platform's own.</param>
/// <param name="Labels">The tenant's words for our terms, by term.</param>
/// <param name="ProvisioningError">One of <see cref="ProvisioningErrors"/>; null unless provisioning failed.</param>
/// <param name="PurgeAt">UTC: from then on an offboarded tenant may be purged; null for all others.</param>
/// <param name="Version">Raised with every change; the value of the <c>ETag</c>.</param>
public sealed record TenantResponse(
    long Id,
    string Slug,
    string Name,
    string TimeZone,
    string Locale,
    string Currency,
    string Status,
    string? CustomDomain,
    JsonElement Branding,
    JsonElement Labels,
    string? ProvisioningError,
    DateTimeOffset? PurgeAt,
    long Version) : StampedResponse;

/// <summary>Why a tenant could not be provisioned. For a person to act on; the log has the rest.</summary>
public static class ProvisioningErrors
{
    /// <summary>Something of the same name is in the way in <c>tenantdb</c>, or holds somebody's data.</summary>
    public const string SchemaConflict = "SCHEMA_CONFLICT";

    /// <summary>The database was not there; try again.</summary>
    public const string DatabaseUnavailable = "DATABASE_UNAVAILABLE";

    /// <summary>A migration broke.</summary>
    public const string MigrationFailed = "MIGRATION_FAILED";

    /// <summary>The rows of an export could not all be taken over; import it again.</summary>
    public const string ImportFailed = "IMPORT_FAILED";
}

/// <summary><c>POST /internal/api/v1/tenants</c></summary>
/// <param name="Slug">Lower-case letters, digits and hyphens, at most 63; part of addresses. Some are reserved.</param>
/// <param name="Name">At most 200 characters.</param>
/// <param name="TimeZone">IANA name. It can never be changed.</param>
/// <param name="Locale">BCP 47: <c>pt-BR</c> or <c>en</c>.</param>
/// <param name="Currency"><c>BRL</c>, <c>USD</c> or <c>EUR</c>.</param>
/// <param name="CustomDomain">A host name without scheme and port; kept in lower case.</param>
public sealed record CreateTenantRequest(
    [property: Required, StringLength(63), RegularExpression(TenantPatterns.Slug)] string Slug,
    [property: Required, StringLength(200)] string Name,
    [property: Required, StringLength(64)] string TimeZone,
    [property: RegularExpression(ClientPatterns.Locale)] string Locale = "pt-BR",
    [property: StringLength(3, MinimumLength = 3)] string Currency = "BRL",
    [property: StringLength(253), RegularExpression(TenantPatterns.Host)] string? CustomDomain = null,
    Branding? Branding = null,
    Labels? Labels = null);

/// <summary><c>PATCH /internal/api/v1/tenants/{id}</c>: an absent member stays as it is.</summary>
public sealed record ChangeTenantRequest
{
    /// <summary>Addresses with the old one end at once.</summary>
    [StringLength(63), RegularExpression(TenantPatterns.Slug)]
    public Optional<string> Slug { get; init; }

    [Required, StringLength(200)]
    public Optional<string> Name { get; init; }

    [RegularExpression(ClientPatterns.Locale)]
    public Optional<string> Locale { get; init; }

    /// <summary>Of grants to come; those that were made keep their price.</summary>
    [StringLength(3, MinimumLength = 3)]
    public Optional<string> Currency { get; init; }

    /// <summary>Null takes it away.</summary>
    [StringLength(253), RegularExpression(TenantPatterns.Host)]
    public Optional<string?> CustomDomain { get; init; }

    /// <summary>Replaced as a whole.</summary>
    public Optional<Branding> Branding { get; init; }

    /// <summary>Replaced as a whole.</summary>
    public Optional<Labels> Labels { get; init; }

    /// <summary>May be sent back as it is; stored local times would change meaning with another.</summary>
    public Optional<string> TimeZone { get; init; }
}

/// <summary>How tenants may be named in addresses.</summary>
public static class TenantPatterns
{
    public const string Slug = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";

    /// <summary>With a dot, and not an address of digits.</summary>
    public const string Host = @"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?![0-9]+$)[A-Za-z0-9-]{2,63}$";
}
