using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.Tenants;

/// <summary>What addresses and contacts of a tenant have in common.</summary>
public interface ITenantRecordResponse
{
    long Id { get; }

    string Type { get; }

    /// <summary>Exactly one record of each type is primary.</summary>
    bool Primary { get; }

    long Version { get; }
}

/// <summary>An address of a tenant.</summary>
/// <param name="Type"><c>HQ</c>, <c>BILLING</c> or <c>SHIPPING</c>.</param>
/// <param name="Country">ISO 3166-1 alpha-2, in upper case.</param>
/// <param name="Primary">Of each type that a tenant has, exactly one is.</param>
/// <param name="Version">Raised with every change; the value of the <c>ETag</c>.</param>
public sealed record AddressResponse(
    long Id,
    long TenantId,
    string Type,
    string Line1,
    string? Line2,
    string City,
    string? Region,
    string? PostalCode,
    string Country,
    bool Primary,
    long Version) : StampedResponse, ITenantRecordResponse;

/// <summary><c>POST /internal/api/v1/tenants/{id}/addresses</c></summary>
/// <param name="Type"><c>HQ</c>, <c>BILLING</c> or <c>SHIPPING</c>.</param>
/// <param name="Country">ISO 3166-1 alpha-2; kept in upper case.</param>
/// <param name="Primary">Instead of the one that was; the first of its type is by itself.</param>
public sealed record CreateAddressRequest(
    [property: Required, RegularExpression(RecordPatterns.AddressType)] string Type,
    [property: FreeText, Required, StringLength(200)] string Line1,
    [property: Required, StringLength(100)] string City,
    [property: Required, RegularExpression(RecordPatterns.Country)] string Country,
    [property: FreeText, StringLength(200)] string? Line2 = null,
    [property: StringLength(100)] string? Region = null,
    [property: StringLength(20)] string? PostalCode = null,
    bool Primary = false);

/// <summary><c>PATCH /internal/api/v1/tenants/{id}/addresses/{addressId}</c>: absent stays, null clears.</summary>
public sealed record ChangeAddressRequest
{
    /// <inheritdoc cref="CreateAddressRequest"/>
    [RegularExpression(RecordPatterns.AddressType)]
    public Optional<string> Type { get; init; }

    [FreeText, Required, StringLength(200)]
    public Optional<string> Line1 { get; init; }

    [FreeText, StringLength(200)]
    public Optional<string?> Line2 { get; init; }

    [Required, StringLength(100)]
    public Optional<string> City { get; init; }

    [StringLength(100)]
    public Optional<string?> Region { get; init; }

    [StringLength(20)]
    public Optional<string?> PostalCode { get; init; }

    /// <inheritdoc cref="CreateAddressRequest"/>
    [RegularExpression(RecordPatterns.Country)]
    public Optional<string> Country { get; init; }

    /// <summary>False cannot be said of the one that is: make another one primary instead.</summary>
    public Optional<bool> Primary { get; init; }
}

/// <summary>Whom to talk to at a tenant.</summary>
/// <param name="Type"><c>ADMIN</c>, <c>BILLING</c>, <c>TECH</c> or <c>LEGAL</c>.</param>
/// <param name="Phone">E.164.</param>
/// <param name="Primary">Of each type that a tenant has, exactly one is.</param>
/// <param name="Version">Raised with every change; the value of the <c>ETag</c>.</param>
public sealed record ContactResponse(
    long Id,
    long TenantId,
    string Type,
    string? Department,
    string Name,
    string Email,
    string? Phone,
    bool Primary,
    long Version) : StampedResponse, ITenantRecordResponse;

/// <summary><c>POST /internal/api/v1/tenants/{id}/contacts</c></summary>
/// <param name="Type"><c>ADMIN</c>, <c>BILLING</c>, <c>TECH</c> or <c>LEGAL</c>.</param>
/// <param name="Phone">E.164, or as it is dialled in the tenant's country; kept as E.164.</param>
/// <param name="Primary">Instead of the one that was; the first of its type is by itself.</param>
public sealed record CreateContactRequest(
    [property: Required, RegularExpression(RecordPatterns.ContactType)] string Type,
    [property: Required, StringLength(200)] string Name,
    [property: Required, StringLength(254), Email] string Email,
    [property: StringLength(40)] string? Phone = null,
    [property: StringLength(100)] string? Department = null,
    bool Primary = false);

/// <summary><c>PATCH /internal/api/v1/tenants/{id}/contacts/{contactId}</c>: absent stays, null clears.</summary>
public sealed record ChangeContactRequest
{
    /// <inheritdoc cref="CreateContactRequest"/>
    [RegularExpression(RecordPatterns.ContactType)]
    public Optional<string> Type { get; init; }

    [Required, StringLength(200)]
    public Optional<string> Name { get; init; }

    [Required, StringLength(254), Email]
    public Optional<string> Email { get; init; }

    /// <inheritdoc cref="CreateContactRequest"/>
    [StringLength(40)]
    public Optional<string?> Phone { get; init; }

    [StringLength(100)]
    public Optional<string?> Department { get; init; }

    /// <summary>False cannot be said of the one that is: make another one primary instead.</summary>
    public Optional<bool> Primary { get; init; }
}

internal static class RecordPatterns
{
    public const string Country = "^[A-Za-z]{2}$";
    public const string AddressType = "^(HQ|BILLING|SHIPPING)$";
    public const string ContactType = "^(ADMIN|BILLING|TECH|LEGAL)$";
}
