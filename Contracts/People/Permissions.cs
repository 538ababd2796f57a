namespace Platform.Contracts.People;

/// <summary>What roles are made of: a closed catalogue. A permission never changes meaning.</summary>
public static class Permissions
{
    public const string BookingsRead = "bookings.read";
    public const string BookingsWrite = "bookings.write";

    /// <summary>Seeing the bookings of one's own resource or client record.</summary>
    public const string BookingsOwn = "bookings.own";

    /// <summary>Moving bookings that have begun, and cancelling those that have ended.</summary>
    public const string BookingsCorrect = "bookings.correct";

    /// <summary>Taking over files of bookings.</summary>
    public const string BookingsImport = "bookings.import";
    public const string CatalogueWrite = "catalogue.write";
    public const string ClientsRead = "clients.read";
    public const string ClientsWrite = "clients.write";

    /// <summary>Merging, exporting and erasing people who come.</summary>
    public const string ClientsManage = "clients.manage";
    public const string UsersRead = "users.read";
    public const string UsersWrite = "users.write";
    public const string RolesWrite = "roles.write";
    public const string ReportsRead = "reports.read";
    public const string SettingsWrite = "settings.write";

    /// <summary>Giving and taking seats of applications.</summary>
    public const string SeatsWrite = "seats.write";
    public const string AuditRead = "audit.read";
    public const string BillingRead = "billing.read";

    /// <summary>Service accounts and their keys.</summary>
    public const string ApiKeysManage = "api_keys.manage";

    /// <summary>Where events are sent, and what became of them: they hold what is known of clients.</summary>
    public const string WebhooksManage = "webhooks.manage";

    /// <summary>Sorted.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        ApiKeysManage, AuditRead, BillingRead, BookingsCorrect, BookingsImport, BookingsOwn, BookingsRead, BookingsWrite,
        CatalogueWrite, ClientsManage, ClientsRead, ClientsWrite, ReportsRead, RolesWrite, SeatsWrite, SettingsWrite,
        UsersRead, UsersWrite, WebhooksManage,
    ];
}

/// <summary>The platform's own roles, by slug. Every tenant has them, none can change them.</summary>
public static class SystemRoles
{
    /// <summary>Given and taken by platform staff alone.</summary>
    public const string SuperAdmin = "super_admin";
    public const string TenantAdmin = "tenant_admin";
    public const string Manager = "manager";
    public const string User = "user";
}
