using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>What all processes of the platform have in common for the AppHost.</summary>
internal static class ProcessExtensions
{
    /// <summary>A process that serves until it is stopped, and is started again when it crashes.</summary>
    public static IResourceBuilder<ProjectResource> AddService<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name).WithHttpHealthCheck("/health").RestartAfterCrash().WithAllowedHosts();

    /// <summary>A command of a process's program that does its work and ends.</summary>
    public static IResourceBuilder<ProjectResource> AddTask<TProject>(
        this IDistributedApplicationBuilder builder, string name, params string[] command)
        where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name, options => options.ExcludeLaunchProfile = true)
            .WithArgs([.. command])
            .WithEnvironment("DOTNET_ENVIRONMENT", builder.Environment.EnvironmentName);

    /// <summary>Generated at the first run and kept in user secrets. A deployment sets <c>Parameters:&lt;name&gt;</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddSecret(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddParameter(name, new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);

    /// <summary><c>Replicas:Api=2</c> runs two of it behind one URL.</summary>
    public static int Replicas(this IDistributedApplicationBuilder builder, string process) =>
        builder.Configuration.GetValue($"Replicas:{process}", defaultValue: 1);

    /// <summary>
    /// The page of a process that people open, on the dashboard and in the table of <c>./platform up</c>.
    /// </summary>
    public static IResourceBuilder<T> WithPage<T>(this IResourceBuilder<T> builder, string name, string path = "")
        where T : IResourceWithEndpoints =>
        builder.WithUrlForEndpoint("http", url =>
        {
            if (path is not "") url.Url = path; // Aspire completes it with the endpoint's URL
            url.DisplayText = name;
        });
}
