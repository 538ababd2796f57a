using System.Globalization;

namespace Platform.Bench;

/// <summary>The memory of a process of the stack, as the kernel counts it.</summary>
internal static class MemoryOf
{
    /// <summary>Megabytes, of the largest among the process and those that it started: a launcher may stand before it.</summary>
    public static double Tree(int processId) =>
        Children(processId).Select(Tree).Append(Resident(processId)).Max();

    private static IEnumerable<int> Children(int processId)
    {
        var file = $"/proc/{processId}/task/{processId}/children";
        return File.Exists(file)
            ? File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))
            : [];
    }

    private static double Resident(int processId)
    {
        const string Name = "VmRSS:";
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return double.Parse(line[Name.Length..^2], CultureInfo.InvariantCulture) / 1024;
    }
}
