using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;

namespace Platform.Hub.Web.Public;

/// <summary>Who comes, as forms of the public pages ask it.</summary>
public sealed class PersonForm
{
    [Required, StringLength(200)]
    public string Name { get; set; } = "";

    [Required, Email, StringLength(254)]
    public string Email { get; set; } = "";

    [StringLength(30)]
    public string? Phone { get; set; }

    /// <summary>People do not see this field; programs that fill in every field do.</summary>
    public string? Fax { get; set; }

    public PublicClient ToClient(JsonElement? fields) => new(
        Name.Trim(), Email.Trim(), string.IsNullOrWhiteSpace(Phone) ? null : Phone.Trim(),
        CultureInfo.CurrentUICulture.Name, fields);

    /// <summary>The field for a member of a request.</summary>
    public static readonly IReadOnlyDictionary<string, string> Fields = new Dictionary<string, string>
    {
        ["client.name"] = "Person.Name",
        ["client.email"] = "Person.Email",
        ["client.phone"] = "Person.Phone",
        ["note"] = "Note",
        ["consent"] = "Consent",
    };
}
