using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Portable;
using Aspire.Hosting.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

public static class RedisBuilderExtensions
{
    private const int ContainerPort = 6379;
    private const string DataFolder = "/data";

    public static IResourceBuilder<RedisResource> AddRedis(this IDistributedApplicationBuilder builder, string name, int? port) =>
        builder.AddRedis(name, port, password: null);

    public static IResourceBuilder<RedisResource> AddRedis(
        this IDistributedApplicationBuilder builder, string name, int? port = null,
        IResourceBuilder<ParameterResource>? password = null)
    {
        // A connection string's parts are separated by commas, so that the password has letters and digits only.
        var secret = password?.Resource
            ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false);
        var redis = new RedisResource(name, secret);
        var key = $"{name}_check";

        builder.Services.AddHealthChecks().Add(new(key, _ => new Ping(redis), HealthStatus.Unhealthy, tags: null));

        return builder.AddResource(redis)
            .WithEndpoint(port, ContainerPort, "redis", RedisResource.EndpointName)
            .WithEnvironment(context =>
            {
                if (redis.PasswordParameter is { } parameter) context.EnvironmentVariables["REDIS_PASSWORD"] = parameter;
            })
            .WithArgs(context => AddArguments(redis, context.Args))
            .WithAnnotation(new LocalServerAnnotation((start, ct) => LocalRedis.PlanAsync(redis, start, ct)))
            .WithHealthCheck(key);
    }

    /// <summary>Keeps the data from run to run.</summary>
    public static IResourceBuilder<RedisResource> WithDataVolume(
        this IResourceBuilder<RedisResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithVolume(name ?? $"{builder.Resource.Name}-data", DataFolder, isReadOnly).WithDefaultSnapshots(isReadOnly);

    public static IResourceBuilder<RedisResource> WithDataBindMount(
        this IResourceBuilder<RedisResource> builder, string source, bool isReadOnly = false) =>
        builder.WithBindMount(source, DataFolder, isReadOnly).WithDefaultSnapshots(isReadOnly);

    /// <summary>Writes a snapshot each interval in which that many keys have changed.</summary>
    public static IResourceBuilder<RedisResource> WithPersistence(
        this IResourceBuilder<RedisResource> builder, TimeSpan? interval = null, long keysChangedThreshold = 1)
    {
        builder.Resource.Snapshots = ((long)(interval ?? TimeSpan.FromMinutes(1)).TotalSeconds, keysChangedThreshold);
        return builder;
    }

    public static IResourceBuilder<RedisResource> WithPassword(
        this IResourceBuilder<RedisResource> builder, IResourceBuilder<ParameterResource>? password)
    {
        builder.Resource.SetPassword(password?.Resource);
        return builder;
    }

    public static IResourceBuilder<RedisResource> WithHostPort(this IResourceBuilder<RedisResource> builder, int? port) =>
        builder.WithEndpoint(RedisResource.EndpointName, endpoint => endpoint.Port = port);

    public static IResourceBuilder<RedisResource> WithRedisInsight(
        this IResourceBuilder<RedisResource> builder, Action<IResourceBuilder<RedisInsightResource>>? configureContainer = null,
        string? containerName = null)
    {
        var tool = builder.ApplicationBuilder.AddResource(new RedisInsightResource(containerName ?? "redisinsight"))
            .WithHttpEndpoint(targetPort: 5540, name: "http").ExcludeFromManifest();
        configureContainer?.Invoke(tool);
        return builder;
    }

    public static IResourceBuilder<RedisResource> WithRedisCommander(
        this IResourceBuilder<RedisResource> builder, Action<IResourceBuilder<RedisCommanderResource>>? configureContainer = null,
        string? containerName = null)
    {
        var tool = builder.ApplicationBuilder.AddResource(new RedisCommanderResource(containerName ?? "rediscommander"))
            .WithHttpEndpoint(targetPort: 8081, name: "http").ExcludeFromManifest();
        configureContainer?.Invoke(tool);
        return builder;
    }

    private static IResourceBuilder<RedisResource> WithDefaultSnapshots(this IResourceBuilder<RedisResource> builder, bool isReadOnly)
    {
        if (!isReadOnly && builder.Resource.Snapshots is null) builder.WithPersistence();

        return builder;
    }

    /// <summary>The command line that the container gets; the local server understands the same.</summary>
    private static void AddArguments(RedisResource redis, IList<object> arguments)
    {
        arguments.Add(LocalRedis.Program);

        if (redis.PasswordParameter is not null)
        {
            arguments.Add("--requirepass");
            arguments.Add(LocalRedis.PasswordVariable);
        }

        if (redis.Snapshots is not { } snapshots) return;

        arguments.Add("--save");
        arguments.Add(snapshots.Seconds.ToString(CultureInfo.InvariantCulture));
        arguments.Add(snapshots.Changes.ToString(CultureInfo.InvariantCulture));
    }
}
