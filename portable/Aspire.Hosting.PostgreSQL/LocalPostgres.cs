using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Portable;

namespace Aspire.Hosting.Postgres;

/// <summary>Prepares a data folder for the machine's own PostgreSQL and says how to start it.</summary>
internal static class LocalPostgres
{
    public const UnixFileMode Passable = (UnixFileMode)0b111_001_001; // rwx--x--x

    /// <summary>Nothing in a throw-away folder has to survive a crash.</summary>
    private static readonly string[] Fast =
        ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"];

    public static async Task<ProcessPlan> PlanAsync(PostgresServerResource server, LocalServerStart start, CancellationToken ct)
    {
        var programs = PostgresPrograms.Find();
        var account = await ServerAccount.FindAsync(ct);
        var (user, password) = (start.Variables["POSTGRES_USER"], start.Variables["POSTGRES_PASSWORD"]);
        var volume = VolumeOf(server, start.Folders);
        var folder = volume ?? start.Folders.Scratch(server.Name);

        if (!await account.CanReachAsync(folder, ct))
        {
            var elsewhere = start.Folders.Elsewhere(Path.GetFileName(folder));
            start.Say($"The account '{account.Name}' may not enter {folder}; the data is kept in {elsewhere}.");
            Directory.CreateDirectory(Path.GetDirectoryName(elsewhere)!, Passable);
            if (volume is not null) Link(volume, elsewhere);
            folder = elsewhere;
        }

        var cluster = new PostgresCluster(folder, programs, account);
        await cluster.StopLeftoverAsync(start.Say, ct);

        if (volume is null) await cluster.ForgetAsync(ct);

        await cluster.EnsureAsync(user, password, isLasting: volume is not null, start.Say, ct);

        string[] arguments =
        [
            "-D", folder,
            "-p", $"{start.Port}",
            "-c", $"listen_addresses={string.Join(',', Ports.Loopbacks)}",
            "-c", "unix_socket_directories=", // the password is the only way in
            .. volume is null ? Fast : [],
            .. start.Arguments,
        ];

        var (file, all) = account.Command(programs.Postgres, arguments);

        return new(file, all)
        {
            WorkingDirectory = folder,
            StopSignal = ChildProcess.Interrupt, // "fast": open sessions are ended, all is written
            Rank = Guardian.ServerRank,
        };
    }

    /// <summary>Leaves a trace in the checkout, by which people and <c>./platform reset</c> find data kept elsewhere.</summary>
    private static void Link(string folder, string target)
    {
        var link = new FileInfo(folder);
        if (link.LinkTarget == target || (link.LinkTarget is null && Directory.Exists(folder))) return;

        link.Delete(); // of a checkout that has moved; nothing happens if there is none
        link.CreateAsSymbolicLink(target);
    }

    private static string? VolumeOf(PostgresServerResource server, LocalFolders folders) =>
        server.Annotations.OfType<ContainerMountAnnotation>().LastOrDefault() switch
        {
            null => null,
            { Type: ContainerMountType.Volume, Source: { } name } => folders.Volume(name),
            { Source: var folder } => folders.ThrowAway ? null : folder,
        };

    /// <summary>A trace of the password by which a change of it is noticed.</summary>
    public static string Fingerprint(string user, string password) =>
        Convert.ToHexStringLower(Rfc2898DeriveBytes.Pbkdf2(password, Encoding.UTF8.GetBytes("aspire-portable:" + user), 100_000, HashAlgorithmName.SHA256, 32));
}

/// <summary>The programs of the newest PostgreSQL on this machine.</summary>
internal sealed record PostgresPrograms(string Folder)
{
    public string Postgres => Path.Combine(Folder, "postgres");
    public string InitDb => Path.Combine(Folder, "initdb");

    /// <summary>Tells apart builds whose data folders do not go together.</summary>
    public string Version => new FileInfo(Postgres).LastWriteTimeUtc.Ticks.ToString("x", System.Globalization.CultureInfo.InvariantCulture);

    public static PostgresPrograms Find()
    {
        const string debian = "/usr/lib/postgresql";
        var installed = Directory.Exists(debian)
            ? Directory.GetDirectories(debian).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        string?[] given = [Environment.GetEnvironmentVariable("PG_BIN")];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);

        return given.Concat(installed).Concat(path).OfType<string>().Select(folder => new PostgresPrograms(folder))
            .FirstOrDefault(programs => File.Exists(programs.Postgres) && File.Exists(programs.InitDb))
            ?? throw Programs.Missing("postgres");
    }
}

/// <summary>Who PostgreSQL runs as: it refuses root.</summary>
internal sealed record ServerAccount(string Name, bool IsOther)
{
    public static async Task<ServerAccount> FindAsync(CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess) return new(Environment.UserName, IsOther: false);

        Programs.Find("setpriv", "/");
        var accounts = (await File.ReadAllLinesAsync("/etc/passwd", ct)).Select(line => line.Split(':')[0]);
        return new(accounts.Contains("postgres") ? "postgres" : "nobody", IsOther: true);
    }

    public (string File, string[] Arguments) Command(string program, IEnumerable<string> arguments) => IsOther
        ? ("setpriv", [$"--reuid={Name}", $"--regid={Group}", "--clear-groups", "--", program, .. arguments])
        : (program, [.. arguments]);

    public Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct, string? input = null, string folder = "/")
    {
        var (file, all) = Command(program, arguments);
        return ChildProcess.RunAsync(file, all, ct, input, folder);
    }

    /// <summary>Makes a folder its own, with everything in it.</summary>
    public async Task TakeAsync(string folder, CancellationToken ct)
    {
        if (IsOther) await ChildProcess.RunAsync("chown", ["-R", $"{Name}:{Group}", folder], ct);
    }

    /// <summary>Whether every folder on the way may be passed.</summary>
    public async Task<bool> CanReachAsync(string folder, CancellationToken ct)
    {
        var parent = Path.GetDirectoryName(folder)!;
        Directory.CreateDirectory(parent, LocalPostgres.Passable);

        if (!IsOther) return true;

        try
        {
            await RunAsync("test", ["-x", parent], ct);
            return true;
        }
        catch (DistributedApplicationException)
        {
            return false;
        }
    }

    private string Group => Name == "nobody" ? "nogroup" : Name;
}
