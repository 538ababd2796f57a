namespace Aspire.Hosting.Portable;

/// <summary>Finds programs, and names the package to install for one that is missing.</summary>
internal static class Programs
{
    private static readonly Dictionary<string, string> Packages = new()
    {
        ["node"] = "nodejs",
        ["npm"] = "npm",
        ["npx"] = "npm",
        ["redis-server"] = "redis-server",
        ["postgres"] = "postgresql",
        ["setpriv"] = "util-linux",
        ["python3"] = "python3",
    };

    /// <exception cref="DistributedApplicationException">It is not installed.</exception>
    public static string Find(string command, string workingDirectory)
    {
        if (command.Contains('/'))
        {
            var path = Path.GetFullPath(command, workingDirectory);
            return File.Exists(path) ? path : throw new DistributedApplicationException($"There is no program '{path}'.");
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);

        return folders.Concat(["/usr/local/sbin", "/usr/sbin", "/sbin"])
            .Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists) ?? throw Missing(command);
    }

    public static DistributedApplicationException Missing(string command) => new(
        Packages.TryGetValue(command, out var package)
            ? $"'{command}' is not installed. Install the Debian package '{package}' (apt-get install {package})."
            : $"'{command}' is not installed.");
}
