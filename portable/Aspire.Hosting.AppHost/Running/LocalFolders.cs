using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Aspire.Hosting.Portable;

/// <summary>
/// Where the host keeps things: <c>.local/</c> of the checkout, so that two checkouts share nothing, or a temporary folder
/// that goes with the application.
/// </summary>
internal sealed class LocalFolders
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Passable = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private readonly Lock _parameters = new();

    private LocalFolders(string root, string checkout, bool throwAway)
    {
        (Root, Checkout, ThrowAway) = (root, checkout, throwAway);
        Directory.CreateDirectory(Root, Passable);
        Directory.CreateDirectory(Runs, OwnerOnly);
        Directory.CreateDirectory(Logs, OwnerOnly);
    }

    public string Root { get; }
    public string Checkout { get; }
    public bool ThrowAway { get; }

    /// <summary>A file for each process that runs; what is found here at the start was left by an earlier run.</summary>
    public string Runs => Path.Combine(Root, "run");

    public string Logs => Path.Combine(Root, "logs");

    public string Dashboard => Path.Combine(Checkout, ".local", "dashboard");

    public static LocalFolders For(string appHostDirectory, bool throwAway)
    {
        var checkout = ProjectFolders.Checkout(appHostDirectory);

        if (!throwAway) return new(Path.Combine(checkout, ".local"), checkout, throwAway: false);

        var root = Path.Combine(Path.GetTempPath(), $"aspire-portable-{Guid.CreateVersion7():n}");
        return new(root, checkout, throwAway: true);
    }

    public static LocalFolders Of(IDistributedApplicationBuilder builder) =>
        builder is IHasLocalFolders { Folders: { } folders } ? folders
            : throw new InvalidOperationException("This builder is not of the portable host.");

    /// <summary>Data that outlives the run; null when nothing shall.</summary>
    public string? Volume(string name) => ThrowAway ? null : Path.Combine(Root, "data", name);

    /// <summary>Data of this run alone.</summary>
    public string Scratch(string name) => Path.Combine(Root, "scratch", name);

    /// <summary>A place outside the checkout, for users who may not enter it; told apart by the checkout's path.</summary>
    public string Elsewhere(string name) =>
        Path.Combine("/var/lib/aspire-portable", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Root)))[..16], name);

    /// <summary>Where things are kept that cost time to make and hold no secret.</summary>
    public static string Cache(string name)
    {
        var home = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(home, "aspire-portable", name);
    }

    /// <summary>The value kept under a key in <c>.local/parameters.json</c> (mode 0600), made once.</summary>
    public string KeepParameter(string key, Func<string> make)
    {
        if (ThrowAway) return make();

        lock (_parameters)
        {
            var file = Path.Combine(Root, "parameters.json");
            var values = File.Exists(file)
                ? JsonSerializer.Deserialize<SortedDictionary<string, string>>(File.ReadAllText(file)) ?? [] : [];

            if (values.TryGetValue(key, out var kept)) return kept;

            values[key] = make();
            WriteSecret(file, JsonSerializer.Serialize(values, Indented));
            return values[key];
        }
    }

    public static void WriteSecret(string file, string text)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };

        using (var writer = new StreamWriter(file + ".new", options)) writer.Write(text);
        File.Move(file + ".new", file, overwrite: true);
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}

internal interface IHasLocalFolders
{
    LocalFolders Folders { get; }
}
