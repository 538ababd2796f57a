using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Clients;
using Platform.Hub.Web.Bookings;

namespace Platform.Hub.Web.Clients;

/// <summary>A client, as somebody types it.</summary>
public sealed class ClientForm
{
    [Required, StringLength(200)]
    public string Name { get; set; } = "";

    [Email, StringLength(254)]
    public string? Email { get; set; }

    [StringLength(40)]
    public string? Phone { get; set; }

    public string? Locale { get; set; }

    public bool Reminders { get; set; } = true;

    public Dictionary<string, string?> Metadata { get; set; } = [];

    public long? Version { get; set; }

    [StringLength(64)]
    public string? Key { get; set; }

    public static ClientForm Of(ClientResponse client) => new()
    {
        Name = client.Name,
        Email = client.Email,
        Phone = client.Phone,
        Locale = client.Locale,
        Reminders = client.Reminders,
        Metadata = client.Metadata.ValueKind == JsonValueKind.Object
            ? client.Metadata.EnumerateObject().ToDictionary(m => m.Name, m => (string?)(m.Value.ValueKind switch
            {
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                JsonValueKind.Null => null,
                _ => m.Value.ToString(),
            }))
            : [],
        Version = client.Version,
    };

    public CreateClientRequest ToCreate(IEnumerable<AskedQuestion> fields) =>
        new(Name.Trim(), Text(Email), Text(Phone), Text(Locale), Metadata: Answers.ToJson(fields));

    /// <summary>Members without a field of the organisation stay as they are.</summary>
    public UpdateClientRequest ToUpdate(IReadOnlyList<AskedQuestion> fields)
    {
        var request = new UpdateClientRequest
        {
            Name = Name.Trim(),
            Email = Text(Email),
            Phone = Text(Phone),
            Locale = Text(Locale),
            Reminders = Reminders,
        };
        return fields.Count == 0 ? request : request with { Metadata = Answers.ToJson(fields) };
    }

    private static string? Text(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();
}
