using System.Diagnostics;
using System.Globalization;

namespace Platform.Stack.Support;

/// <summary>Finds the operating system's processes behind a stack.</summary>
internal static class StackProcesses
{
    /// <summary>The processes of a resource of the stack that uses this Redis.</summary>
    public static IReadOnlyList<Process> Of(string resource, string redis) =>
    [
        .. from id in Ids()
           let environment = ReadAll(id, "environ").Split('\0')
           where environment.Contains($"OTEL_SERVICE_NAME={resource}") && environment.Contains($"ConnectionStrings__redis={redis}")
           select Process.GetProcessById(id)
    ];

    /// <summary>PostgreSQL's first process, or Redis, of the stack with its data in this folder.</summary>
    public static IReadOnlyList<Process> ServersIn(string folder, string server) =>
    [
        .. from id in Ids()
           where ReadAll(id, "comm").StartsWith(server, StringComparison.Ordinal)
               && WorkingFolder(id).StartsWith(folder, StringComparison.Ordinal)
               && !ReadAll(id, "cmdline").StartsWith($"{server}:", StringComparison.Ordinal) // a session of PostgreSQL
           select Process.GetProcessById(id)
    ];

    /// <summary>
    /// Every process that was given this text: as an argument, in its environment, or as its working folder.
    /// </summary>
    public static IReadOnlyList<string> With(string text) =>
    [
        .. from id in Ids()
           where id != Environment.ProcessId
           let command = ReadAll(id, "cmdline")
           where command.Contains(text, StringComparison.Ordinal)
               || ReadAll(id, "environ").Contains(text, StringComparison.Ordinal)
               || WorkingFolder(id).StartsWith(text, StringComparison.Ordinal)
           select $"{id} {command.Replace('\0', ' ')}"
    ];

    private static IEnumerable<int> Ids() =>
        from folder in Directory.EnumerateDirectories("/proc")
        let name = Path.GetFileName(folder)
        where int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        select int.Parse(name, CultureInfo.InvariantCulture);

    private static string ReadAll(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended, or belongs to another user
        }
    }

    private static string WorkingFolder(int id)
    {
        try
        {
            return new FileInfo($"/proc/{id}/cwd").LinkTarget ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
