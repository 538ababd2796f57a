using System.Text.Json;
using Platform.Api.Http;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Api.Clients;

/// <summary>
/// A client as the audit compares it: it keeps values of language and zone, of the rest the names of what differs.
/// </summary>
internal sealed record ClientTerms(
    string Name, string? Email, string? Phone, JsonElement Metadata, string Locale, string? TimeZone, bool Reminders)
{
    private static readonly string[] Personal = ["name", "email", "phone", "metadata"];

    public static ClientTerms Of(Client c) => new(c.Name, c.Email, c.Phone, c.Metadata, c.Locale, c.TimeZone, c.Reminders);

    public static Task RecordAsync(
        TenantDb db, string action, ClientTerms? before, Client after, HttpContext http, CancellationToken ct) =>
        db.RecordAsync(action, after.Id, before, Of(after), http, ct, Personal);
}
