using Npgsql;

namespace Platform.Core.Storage;

/// <summary>
/// Whose rows of <c>platformdb</c> a transaction may see. Row-level security enforces it. The default sees none: then
/// reading a tenant's row is an error, not an empty answer.
/// </summary>
public readonly record struct Scope
{
    private const string TenantSetting = "app.tenant_id", StaffSetting = "app.staff", On = "on", Off = "off";

    private Scope(long? tenantId, bool isAllTenants) => (TenantId, IsAllTenants) = (tenantId, isAllTenants);

    /// <summary>The rows of every tenant: for platform staff, and for the processes themselves.</summary>
    public static Scope AllTenants { get; } = new(null, true);

    public bool IsAllTenants { get; }

    /// <summary>Null where the scope is not that of one tenant.</summary>
    public long? TenantId { get; }

    public static Scope Tenant(long id) => new(id, false);

    /// <summary>The settings that a transaction of a context begins with.</summary>
    internal IReadOnlyList<(string Name, string Value)> Settings =>
        IsAllTenants ? [(StaffSetting, On)] : TenantId is { } id ? [(TenantSetting, $"{id}")] : [];

    /// <summary>Lets the rest of the transaction see these rows.</summary>
    public NpgsqlBatchCommand ToStatement() =>
        IsAllTenants ? TenantSql.Statement($"select set_config('{StaffSetting}', '{On}', true)")
        : TenantId is { } id ? TenantSql.Statement($"select set_config('{TenantSetting}', $1, true)", $"{id}")
        : throw new InvalidOperationException("The scope sees no rows.");

    /// <summary>Takes <see cref="AllTenants"/> back: the rest of the transaction sees what it saw before.</summary>
    public static NpgsqlBatchCommand EndAllTenants() =>
        TenantSql.Statement($"select set_config('{StaffSetting}', '{Off}', true)");
}
