using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using Platform.Identity.Accounts;
using Platform.ServiceDefaults.Databases;

namespace Platform.Identity.Storage;

internal static class StorageSetup
{
    /// <summary>Name of the database among the connection strings.</summary>
    public const string Database = "identitydb";

    /// <summary>
    /// Migrations grant to it what a running process may do; the login of the process is a member of it.
    /// </summary>
    public const string AppRole = "identity_app";

    extension(WebApplicationBuilder builder)
    {
        /// <summary>The database as a running process uses it: rows, and no right to change a table.</summary>
        public void AddStorage()
        {
            builder.AddStorage(Database, ForProcess);
            builder.AddDatabaseWatch(Database);
        }

        /// <summary>The database as its owner, for migrations.</summary>
        public void AddStorageAsOwner() =>
            builder.AddStorage(DatabaseSetup.OwnerOf(Database), connectionString => connectionString);

        private void AddStorage(string name, Func<string?, string?> settingsOf) => builder.AddNpgsqlDbContext<IdentityDb>(
            name,
            settings =>
            {
                settings.ConnectionString = settingsOf(settings.ConnectionString);
                settings.DisableHealthChecks = true; // DatabaseWatch knows
                settings.DisableRetry = true; // what was perhaps done is not done again, and transactions span statements
            },
            options => options.UseIdentityStorage());
    }

    extension(DbContextOptionsBuilder options)
    {
        /// <summary>Migrations are written by hand, so there is no snapshot of the model to compare with.</summary>
        public DbContextOptionsBuilder UseIdentityStorage() => options
            .UseNpgsql(npgsql => npgsql.MigrationsHistoryTable("migrations"))
            .EnableThreadSafetyChecks(false) // a context belongs to one request or job, which waits for each statement
            .ConfigureWarnings(warnings => warnings.Ignore(
                RelationalEventId.ModelSnapshotNotFound, RelationalEventId.PendingModelChangesWarning));
    }

    /// <summary>
    /// The connection string with the settings of a running process. Statements that are asked often are prepared, and
    /// a connection is not reset between two requests: nothing here leaves a state in it.
    /// </summary>
    public static string? ForProcess(string? connectionString)
    {
        if (string.IsNullOrEmpty(connectionString)) return connectionString;

        var connection = new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 60, NoResetOnClose = true };
        connection.Options = $"{connection.Options} -c jit=off".Trim();
        if (!connectionString.Contains("Maximum Pool Size", StringComparison.OrdinalIgnoreCase)) connection.MaxPoolSize = 30;
        return connection.ConnectionString;
    }
}
