using System.Globalization;

namespace Platform.AppHost.Ports;

/// <param name="ProcessId">Null when the process belongs to somebody else and cannot be seen.</param>
internal sealed record PortHolder(int Port, int? ProcessId, string Name);

/// <summary>
/// Who listens on a TCP port of this machine. On Linux it is read from <c>/proc </c>; elsewhere the list is empty.
/// </summary>
internal static class PortHolders
{
    private const string Listening = "0A";

    public static IEnumerable<PortHolder> Of(IReadOnlyCollection<int> ports)
    {
        var inodes = new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists).SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == Listening)
            .Select(fields => (Port: int.Parse(fields[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture), Inode: fields[9]))
            .Where(socket => ports.Contains(socket.Port))
            .DistinctBy(socket => socket.Port)
            .ToList();

        foreach (var (port, inode) in inodes)
        {
            var process = ProcessWith(inode);
            yield return process is null ? new(port, null, "a process of another user") : new(port, process, NameOf(process.Value));
        }
    }

    private static int? ProcessWith(string inode)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && HasSocket(folder, inode)) return id;
        }

        return null;
    }

    private static bool HasSocket(string process, string inode)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd"))
                .Any(file => new FileInfo(file).LinkTarget == $"socket:[{inode}]");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has ended, or belongs to another user
        }
    }

    private static string NameOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Split('\0')[0] is { Length: > 0 } program ? program : "a process";
        }
        catch (IOException)
        {
            return "a process";
        }
    }
}
