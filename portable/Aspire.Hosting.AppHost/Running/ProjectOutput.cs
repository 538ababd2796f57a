using System.Reflection;

namespace Aspire.Hosting.Portable;

/// <summary>Finds what a project's build has left to run.</summary>
internal static class ProjectOutput
{
    /// <summary>The key under which the AppHost's build writes down where a project's assembly is.</summary>
    public const string MetadataPrefix = "aspire-portable-target:";

    public static async Task<ProcessPlan> PlanAsync(IProjectMetadata project, Assembly? appHost, CancellationToken ct)
    {
        var file = project.ProjectPath;
        var target = ProjectFolders.Metadata(project.GetType().Assembly, MetadataPrefix + file)
            ?? ProjectFolders.Metadata(appHost, MetadataPrefix + file)
            ?? await AskBuildAsync(file, ct);

        if (!File.Exists(target))
        {
            if (project.SuppressBuild) throw new DistributedApplicationException($"'{target}' is not there: build '{file}' first.");

            await ChildProcess.RunAsync(DotNet, ["build", file, "--nologo", "-v", "quiet"], ct);
        }

        return new(DotNet, [target]) { WorkingDirectory = Path.GetDirectoryName(file)! };
    }

    private static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (Path.GetFileName(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet");

    private static async Task<string> AskBuildAsync(string file, CancellationToken ct) =>
        (await ChildProcess.RunAsync(DotNet, ["msbuild", file, "-getProperty:TargetPath"], ct)).Trim();
}
