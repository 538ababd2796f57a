using System.Diagnostics;

namespace Platform.Stack.Support;

/// <summary>Finds the operating system's process behind a resource, to do to it what a bad day does.</summary>
internal static class StackProcesses
{
    /// <summary>
    /// The processes of a resource of this very stack: the name says which resource, and only this stack's processes
    /// were given this Redis.
    /// </summary>
    public static IReadOnlyList<Process> Of(string resource, string redis) =>
    [
        .. from directory in Directory.EnumerateDirectories("/proc")
           where int.TryParse(Path.GetFileName(directory), out _)
           let environment = EnvironmentOf(directory)
           where environment.Contains($"OTEL_SERVICE_NAME={resource}") && environment.Contains($"ConnectionStrings__redis={redis}")
           select Process.GetProcessById(int.Parse(Path.GetFileName(directory), null))
    ];

    private static string[] EnvironmentOf(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "environ")).Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // gone meanwhile, or somebody else's
        }
    }
}
