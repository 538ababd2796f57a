namespace Platform.Contracts.Tenants;

/// <summary>
/// The demo of Development: Identity seeds the accounts, the Api the tenants, and both must agree on the numbers. Ids
/// below 1,000 belong to it; sequences start above. It is never seeded outside Development.
/// </summary>
public static class DemoTenants
{
    /// <summary>The password of every demo account.</summary>
    public const string Password = "Demo-2026-stack";

    public static readonly DemoUser Staff = new(1, "Sofia Staff", "staff@platform.example", null, null, "en");

    /// <summary>A member of staff who may only read.</summary>
    public static readonly DemoUser Viewer = new(2, "Vera Viewer", "viewer@platform.example", null, null, "en");

    public static readonly DemoTenant Clinic = new(
        1, "clinica-aurora", "Clínica Aurora", "America/Sao_Paulo", "pt-BR", "BRL",
        [
            new(11, "Ana Souza", "ana@aurora.example", "admin", "tenant_admin", "pt-BR"),
            new(12, "Bruno Lima", "bruno@aurora.example", "operations", "user", "pt-BR"),
        ]);

    public static readonly DemoTenant Coworking = new(
        2, "porto-cowork", "Porto Cowork", "Europe/Lisbon", "pt-BR", "EUR",
        [
            new(21, "Clara Nunes", "clara@porto.example", "admin", "tenant_admin", "pt-BR"),
            new(22, "Duarte Reis", "duarte@porto.example", "manager", "manager", "en"),
        ]);

    public static readonly IReadOnlyList<DemoTenant> All = [Clinic, Coworking];
}

/// <param name="TimeZone">IANA name.</param>
public sealed record DemoTenant(
    long Id, string Slug, string Name, string TimeZone, string Locale, string Currency, IReadOnlyList<DemoUser> Users);

/// <param name="UserType">Null for platform staff, who are members of no tenant.</param>
public sealed record DemoUser(long Id, string Name, string Email, string? UserType, string? Role, string Locale);
