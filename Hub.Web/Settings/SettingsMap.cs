using Platform.Contracts.People;

namespace Platform.Hub.Web.Settings;

/// <summary>A page of the set-up in its navigation. Its texts are <c>Setup.{Key}</c> and <c>Setup.{Key}.Lead</c>.</summary>
/// <param name="Path">Below <c>/settings</c>.</param>
/// <param name="Needs">The permission without which it is not offered.</param>
public sealed record SettingsEntry(string Key, string Path, string Icon, string? Needs);

/// <summary>Its title is <c>Setup.Group.{Key}</c>.</summary>
public sealed record SettingsGroup(string Key, params IReadOnlyList<SettingsEntry> Entries);

public static class SettingsMap
{
    public static IReadOnlyList<SettingsGroup> Groups { get; } =
    [
        new("Offer",
            new("Start", "start", "check-circle", Permissions.CatalogueWrite),
            new("Services", "services", "calendar-check", Permissions.CatalogueWrite),
            new("Resources", "resources", "person", Permissions.CatalogueWrite),
            new("Categories", "categories", "grid", Permissions.CatalogueWrite)),
        new("Time",
            new("Hours", "hours", "clock", Permissions.SettingsWrite),
            new("Year", "year", "calendar3", Permissions.CatalogueWrite),
            new("Holidays", "holidays", "calendar-plus", Permissions.SettingsWrite)),
        new("Organisation",
            new("General", "general", "gear", Permissions.SettingsWrite),
            new("Page", "booking-page", "globe", Permissions.SettingsWrite),
            new("Branding", "branding", "pencil", Permissions.SettingsWrite),
            new("Labels", "labels", "list", Permissions.SettingsWrite),
            new("Messages", "messages", "envelope", Permissions.SettingsWrite),
            new("Fields", "fields", "info-circle", Permissions.CatalogueWrite),
            new("Domains", "domains", "box-arrow-up-right", Permissions.SettingsWrite)),
        new("People",
            new("Team", "people", "people", Permissions.UsersRead),
            new("Roles", "roles", "person-plus", Permissions.UsersRead),
            new("Access", "access", "grid", Permissions.SeatsWrite)),
        new("Connections",
            new("Keys", "api-keys", "shield-lock", Permissions.ApiKeysManage),
            new("Feeds", "feeds", "calendar3", Permissions.CatalogueWrite),
            new("Webhooks", "webhooks", "activity", Permissions.WebhooksManage),
            new("Import", "import", "plus-lg", Permissions.BookingsImport),
            new("Export", "export", "download", Permissions.BookingsRead),
            new("History", "history", "clock", Permissions.AuditRead)),
    ];

    /// <summary>The groups with what a reader may use.</summary>
    public static IEnumerable<SettingsGroup> For(IReadOnlyList<string> permissions) => Groups
        .Select(group => group with { Entries = [.. group.Entries.Where(e => e.Needs is null || permissions.Contains(e.Needs))] })
        .Where(group => group.Entries.Count > 0);
}
