using Npgsql;

namespace Platform.Core.Storage;

/// <summary>The databases by the names of their connection strings, and how the running processes connect.</summary>
public static class Databases
{
    public const string Platform = "platformdb";
    public const string Tenant = "tenantdb";

    /// <summary>Owns nothing and may change no table, so that grants and row-level security bind our processes.</summary>
    public const string AppRole = "platform_app";

    /// <summary>
    /// The same server as <see cref="AppRole"/>. At most 20 connections that live ten minutes: a connection keeps about
    /// half a megabyte for every tenant it has ever touched. Frequent statements are prepared: PostgreSQL plans them
    /// again only when the tenant changes. No just-in-time compilation: it takes longer than the short statements that the
    /// planner, before a new table's first ANALYZE, takes for long ones.
    /// </summary>
    public static string AsApp(string connectionString)
    {
        var app = new NpgsqlConnectionStringBuilder(connectionString);
        app.Options = $"{app.Options} -c role={AppRole} -c jit=off".Trim();
        if (!connectionString.Contains("Maximum Pool Size", StringComparison.OrdinalIgnoreCase)) app.MaxPoolSize = 20;
        if (!connectionString.Contains("Connection Lifetime", StringComparison.OrdinalIgnoreCase))
        {
            app.ConnectionLifetime = 600;
        }

        if (!connectionString.Contains("Max Auto Prepare", StringComparison.OrdinalIgnoreCase)) app.MaxAutoPrepare = 60;

        return app.ConnectionString;
    }
}
