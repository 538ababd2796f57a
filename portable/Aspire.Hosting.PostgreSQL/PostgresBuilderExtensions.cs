using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Portable;
using Aspire.Hosting.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Aspire.Hosting;

public static class PostgresBuilderExtensions
{
    private const int ContainerPort = 5432;
    private const string DataFolder = "/var/lib/postgresql/data";

    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource>? userName = null,
        IResourceBuilder<ParameterResource>? password = null, int? port = null)
    {
        var secret = password?.Resource
            ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password");
        var server = new PostgresServerResource(name, userName?.Resource, secret);

        return builder.AddResource(server)
            .WithEndpoint(port, ContainerPort, "tcp", PostgresServerResource.EndpointName)
            .WithEnvironment("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256")
            .WithEnvironment("POSTGRES_INITDB_ARGS", "--auth-host=scram-sha-256 --auth-local=scram-sha-256")
            .WithEnvironment(context =>
            {
                context.EnvironmentVariables["POSTGRES_USER"] = server.UserNameReference;
                context.EnvironmentVariables["POSTGRES_PASSWORD"] = server.PasswordParameter;
            })
            .WithAnnotation(new LocalServerAnnotation((start, ct) => LocalPostgres.PlanAsync(server, start, ct)))
            .WithConnectionCheck($"{name}_check", server);
    }

    /// <summary>Creates the database as soon as the server is ready, if it is not there.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(
        this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null)
    {
        var database = new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource);
        builder.Resource.AddDatabase(name, database.DatabaseName);

        builder.ApplicationBuilder.Eventing.Subscribe<ResourceReadyEvent>(
            builder.Resource, (_, ct) => CreateAsync(database, ct));

        return builder.ApplicationBuilder.AddResource(database).WithConnectionCheck($"{name}_check", database);
    }

    /// <summary>SQL that creates the database, instead of a plain <c>CREATE DATABASE</c>.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> WithCreationScript(
        this IResourceBuilder<PostgresDatabaseResource> builder, string script)
    {
        builder.Resource.CreationScript = script;
        return builder;
    }

    /// <summary>Keeps the data from run to run.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataVolume(
        this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithVolume(name ?? $"{builder.Resource.Name}-data", DataFolder, isReadOnly);

    public static IResourceBuilder<PostgresServerResource> WithDataBindMount(
        this IResourceBuilder<PostgresServerResource> builder, string source, bool isReadOnly = false) =>
        builder.WithBindMount(source, DataFolder, isReadOnly);

    public static IResourceBuilder<PostgresServerResource> WithPassword(
        this IResourceBuilder<PostgresServerResource> builder, IResourceBuilder<ParameterResource> password)
    {
        builder.Resource.PasswordParameter = password.Resource;
        return builder;
    }

    public static IResourceBuilder<PostgresServerResource> WithUserName(
        this IResourceBuilder<PostgresServerResource> builder, IResourceBuilder<ParameterResource> userName)
    {
        builder.Resource.UserNameParameter = userName.Resource;
        return builder;
    }

    public static IResourceBuilder<PostgresServerResource> WithHostPort(
        this IResourceBuilder<PostgresServerResource> builder, int? port) =>
        builder.WithEndpoint(PostgresServerResource.EndpointName, endpoint => endpoint.Port = port);

    public static IResourceBuilder<T> WithPgAdmin<T>(
        this IResourceBuilder<T> builder, Action<IResourceBuilder<PgAdminContainerResource>>? configureContainer = null,
        string? containerName = null) where T : PostgresServerResource
    {
        var tool = builder.ApplicationBuilder.AddResource(new PgAdminContainerResource(containerName ?? "pgadmin"))
            .WithHttpEndpoint(targetPort: 80, name: "http").ExcludeFromManifest();
        configureContainer?.Invoke(tool);
        return builder;
    }

    public static IResourceBuilder<PostgresServerResource> WithPgWeb(
        this IResourceBuilder<PostgresServerResource> builder,
        Action<IResourceBuilder<PgWebContainerResource>>? configureContainer = null, string? containerName = null)
    {
        var tool = builder.ApplicationBuilder.AddResource(new PgWebContainerResource(containerName ?? "pgweb"))
            .WithHttpEndpoint(targetPort: 8081, name: "http").ExcludeFromManifest();
        configureContainer?.Invoke(tool);
        return builder;
    }

    private static async Task CreateAsync(PostgresDatabaseResource database, CancellationToken ct)
    {
        await using var dataSource = NpgsqlDataSource.Create($"{await database.Parent.GetConnectionStringAsync(ct)};Database=postgres;Pooling=false");
        await using var find = dataSource.CreateCommand("select 1 from pg_database where datname = $1");
        find.Parameters.AddWithValue(database.DatabaseName);

        if (await find.ExecuteScalarAsync(ct) is not null) return;

        var name = database.DatabaseName.Replace("\"", "\"\"");
        await using var create = dataSource.CreateCommand(database.CreationScript ?? $"create database \"{name}\"");
        await create.ExecuteNonQueryAsync(ct);
    }

    private static IResourceBuilder<T> WithConnectionCheck<T>(
        this IResourceBuilder<T> builder, string key, IResourceWithConnectionString resource) where T : IResource
    {
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(
            new(key, _ => new ConnectionCheck(resource), HealthStatus.Unhealthy, tags: null));
        return builder.WithHealthCheck(key);
    }

    private sealed class ConnectionCheck(IResourceWithConnectionString resource) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                var settings = new NpgsqlConnectionStringBuilder(await resource.GetConnectionStringAsync(cancellationToken))
                {
                    Pooling = false,
                    Timeout = 5,
                };
                settings.Database ??= "postgres";
                await using var connection = new NpgsqlConnection(settings.ConnectionString);
                await connection.OpenAsync(cancellationToken);
                await using var command = new NpgsqlCommand("select 1", connection);
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException)
            {
                return HealthCheckResult.Unhealthy(e.Message, e);
            }
        }
    }
}
