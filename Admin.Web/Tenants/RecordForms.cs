using System.ComponentModel.DataAnnotations;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;
using Platform.Ui.Localization;

namespace Platform.Admin.Web.Tenants;

/// <summary>An address or a contact of a tenant, as a form has it.</summary>
public abstract class RecordForm
{
    [Required]
    public string Type { get; set; } = "";

    /// <summary>The one of its type that is used first.</summary>
    public bool Primary { get; set; }

    /// <summary>Makes sending the form twice create one record.</summary>
    [StringLength(64)]
    public string Key { get; set; } = IdempotencyKeys.New();

    /// <summary>The members of a request, with the fields that hold them.</summary>
    internal abstract IReadOnlyList<string> FieldNames { get; }

    public abstract object ToRequest();

    public abstract object ToChange();

    protected static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

public sealed class AddressForm : RecordForm
{
    public static readonly IReadOnlyList<string> Members = ["Type", "Line1", "Line2", "City", "Region", "PostalCode", "Country"];

    internal override IReadOnlyList<string> FieldNames => Members;

    public AddressForm() => Type = TenantChoices.AddressTypes[0];

    [Required, StringLength(200)]
    public string Line1 { get; set; } = "";

    [StringLength(200)]
    public string? Line2 { get; set; }

    [Required, StringLength(100)]
    public string City { get; set; } = "";

    [StringLength(100)]
    public string? Region { get; set; }

    [StringLength(20)]
    public string? PostalCode { get; set; }

    [Required, StringLength(2)]
    public string Country { get; set; } = "BR";

    public static AddressForm Of(AddressResponse address) => new()
    {
        Type = address.Type,
        Line1 = address.Line1,
        Line2 = address.Line2,
        City = address.City,
        Region = address.Region,
        PostalCode = address.PostalCode,
        Country = address.Country,
        Primary = address.Primary,
    };

    public override CreateAddressRequest ToRequest() => new(
        Type, Line1.Trim(), City.Trim(), Country, Given(Line2), Given(Region), Given(PostalCode), Primary);

    public override ChangeAddressRequest ToChange() => new()
    {
        Type = Type,
        Line1 = Line1.Trim(),
        Line2 = Given(Line2),
        City = City.Trim(),
        Region = Given(Region),
        PostalCode = Given(PostalCode),
        Country = Country,
        Primary = Primary ? true : default(Optional<bool>),
    };
}

public sealed class ContactForm : RecordForm
{
    public static readonly IReadOnlyList<string> Members = ["Type", "Name", "Email", "Phone", "Department"];

    internal override IReadOnlyList<string> FieldNames => Members;

    public ContactForm() => Type = TenantChoices.ContactTypes[0];

    [Required, StringLength(200)]
    public string Name { get; set; } = "";

    [Required, Email, StringLength(254)]
    public string Email { get; set; } = "";

    /// <summary>Where <see cref="Phone"/> is dialled, unless it begins with +.</summary>
    [StringLength(2)]
    public string? PhoneCountry { get; set; } = "BR";

    [StringLength(40)]
    public string? Phone { get; set; }

    [StringLength(100)]
    public string? Department { get; set; }

    public static ContactForm Of(ContactResponse contact) => new()
    {
        Type = contact.Type,
        Name = contact.Name,
        Email = contact.Email,
        Phone = contact.Phone,
        Department = contact.Department,
        Primary = contact.Primary,
    };

    public override CreateContactRequest ToRequest() => new(
        Type, Name.Trim(), Email.Trim(), Countries.International(Phone, PhoneCountry), Given(Department), Primary);

    public override ChangeContactRequest ToChange() => new()
    {
        Type = Type,
        Name = Name.Trim(),
        Email = Email.Trim(),
        Phone = Countries.International(Phone, PhoneCountry),
        Department = Given(Department),
        Primary = Primary ? true : default(Optional<bool>),
    };
}

/// <summary>Fields of a form by the members of the request that it makes.</summary>
internal static class RecordFields
{
    /// <param name="prefix">Of the fields: <c>Input</c>, <c>Addresses[0]</c>.</param>
    public static Dictionary<string, string> Of(IEnumerable<string> members, string prefix) =>
        members.ToDictionary(
            member => $"{char.ToLowerInvariant(member[0])}{member[1..]}", member => $"{prefix}.{member}");
}
