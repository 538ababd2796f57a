using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Platform.Core.Storage;

public static class StorageExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>The three contexts and what writes SQL by hand, all as the login of this process.</summary>
        /// <remarks>The contexts carry their tenant, so they are scoped and never pooled.</remarks>
        public IServiceCollection AddStorage(string platformDb, string tenantDb) => services
            .AddKeyedSingleton(Databases.Platform, (provider, _) => DataSource(provider, platformDb))
            .AddKeyedSingleton(Databases.Tenant, (provider, _) => DataSource(provider, tenantDb))
            .AddScoped<TenantContext>()
            .AddScoped<PlatformScope>()
            .AddScoped<TenantSql>()
            .AddSingleton<PlatformSql>()
            .AddSingleton<SchemaVersions>()
            .AddDbContext<PlatformDb>((provider, options) => options.UseStorage(provider, Databases.Platform))
            .AddDbContext<TenantDb>((provider, options) => options.UseStorage(provider, Databases.Tenant))
            .AddDbContext<EventsDb>((provider, options) => options.UseStorage(provider, Databases.Tenant));
    }

    extension(DbContextOptionsBuilder options)
    {
        internal DbContextOptionsBuilder UseStorage(IServiceProvider provider, string database) => options
            .UseNpgsql(provider.GetRequiredKeyedService<NpgsqlDataSource>(database))
            .AddInterceptors(new TransactionSettings());

        /// <summary>As the owner; naming the schema of the history table is what makes EF Core create it.</summary>
        internal DbContextOptionsBuilder UseMigrations(string connectionString, string schema) => options
            .UseNpgsql(connectionString, npgsql => npgsql.MigrationsHistoryTable("migrations", schema))
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.ModelSnapshotNotFound))
            .AddInterceptors(new TransactionSettings());
    }

    private static NpgsqlDataSource DataSource(IServiceProvider provider, string connectionString) =>
        new NpgsqlDataSourceBuilder(Databases.ForProcess(connectionString))
            .UseLoggerFactory(provider.GetService<ILoggerFactory>())
            .Build();
}
