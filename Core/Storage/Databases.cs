using Npgsql;

namespace Platform.Core.Storage;

/// <summary>The databases by the names of their connection strings, and how the running processes connect.</summary>
public static class Databases
{
    public const string Platform = "platformdb";
    public const string Tenant = "tenantdb";

    /// <summary>
    /// The role to which migrations grant what our processes may do. Each process logs in as a member of it, which owns
    /// nothing, so that grants and row-level security bind it.
    /// </summary>
    public const string AppRole = "platform_app";

    /// <summary>
    /// The connection string with the settings of a process that serves. At most 20 connections that live ten minutes:
    /// a connection keeps about half a megabyte for every tenant it has ever touched. Frequent statements are
    /// prepared: PostgreSQL plans them again only when the tenant changes. No just-in-time compilation: it takes
    /// longer than the short statements that the planner, before a new table's first ANALYZE, takes for long ones.
    /// </summary>
    public static string ForProcess(string connectionString)
    {
        var process = new NpgsqlConnectionStringBuilder(connectionString);
        process.Options = $"{process.Options} -c jit=off".Trim();
        if (!connectionString.Contains("Maximum Pool Size", StringComparison.OrdinalIgnoreCase)) process.MaxPoolSize = 20;
        if (!connectionString.Contains("Connection Lifetime", StringComparison.OrdinalIgnoreCase))
        {
            process.ConnectionLifetime = 600;
        }

        if (!connectionString.Contains("Max Auto Prepare", StringComparison.OrdinalIgnoreCase)) process.MaxAutoPrepare = 60;

        return process.ConnectionString;
    }
}
