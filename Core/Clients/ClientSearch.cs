using System.Text;
using Platform.Core.Storage;

namespace Platform.Core.Clients;

/// <summary>
/// Finds clients by the beginning of a part of their name, whatever the case and accents, of their e-mail or phone.
/// </summary>
public static class ClientSearch
{
    public static IQueryable<Client> ClientsNamed(this TenantDb db, string text)
    {
        var (name, email) = ($"% {Pattern(Plain(text))}", Pattern(text));
        var phone = Pattern((ClientRules.Phone(text, db.Tenant.Country).TryGet(out var number, out _) ? number : null) ?? text);
        return db.Clients.FromSql($"""
            select * from clients
            where ' ' || regexp_replace(normalize(name, NFD), '[\u0300-\u036f]', '', 'g') ilike {name}
                or email ilike {email} or phone like {phone}
            """);
    }

    private static string Pattern(string text) => $"{LikePattern.Escape(text)}%";

    /// <summary>Without accents.</summary>
    private static string Plain(string text) => string.Concat(text.Normalize(NormalizationForm.FormD)
        .Where(c => c is < '\u0300' or > '\u036f'));
}
