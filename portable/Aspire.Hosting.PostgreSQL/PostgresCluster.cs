using Aspire.Hosting.Portable;

namespace Aspire.Hosting.Postgres;

/// <summary>A data folder: made once (a copy of a prepared one costs a fifth of making it), and cleared of what was left.</summary>
internal sealed class PostgresCluster(string folder, PostgresPrograms programs, ServerAccount account)
{
    private const int Interrupt = 2, Quit = 3, Kill = 9;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const string Access = """
        host all         all 127.0.0.1/32 scram-sha-256
        host all         all ::1/128      scram-sha-256
        host replication all 127.0.0.1/32 scram-sha-256

        """;

    private string LockFile => Path.Combine(folder, "postmaster.pid");

    /// <summary>Whose password it has; kept beside the data.</summary>
    private string FingerprintFile => folder + ".password";

    /// <summary>A server that an earlier run left behind would keep the folder for itself.</summary>
    public async Task StopLeftoverAsync(Action<string> say, CancellationToken ct)
    {
        if (!File.Exists(LockFile)) return;

        if (int.TryParse((await File.ReadAllLinesAsync(LockFile, ct)).FirstOrDefault(), out var pid) && IsServerOfThisFolder(pid))
        {
            say($"PostgreSQL still runs from an earlier run (process {pid}); stopping it.");

            foreach (var signal in (int[])[Interrupt, Quit, Kill])
            {
                _ = ChildProcess.SendSignal(pid, signal);
                if (await HasGoneAsync(pid, TimeSpan.FromSeconds(8), ct)) break;
            }
        }
        else
        {
            say("An earlier PostgreSQL was killed; it recovers its data now.");
        }

        File.Delete(LockFile);
    }

    public async Task ForgetAsync(CancellationToken ct)
    {
        if (Directory.Exists(folder)) await ChildProcess.RunAsync("rm", ["-rf", folder], ct);

        File.Delete(FingerprintFile);
    }

    /// <summary>Leaves a folder that can be started, with this user and this password.</summary>
    public async Task EnsureAsync(string user, string password, bool isLasting, Action<string> say, CancellationToken ct)
    {
        if (!File.Exists(Path.Combine(folder, "PG_VERSION")))
        {
            await ForgetAsync(ct);
            if (isLasting) say($"Making a new PostgreSQL data folder, {folder}");

            await CopyPreparedAsync(user, ct);

            if (isLasting) await ChildProcess.RunAsync("sync", ["-f", folder], ct);
        }

        var fingerprint = LocalPostgres.Fingerprint(user, password);

        if (File.Exists(FingerprintFile) && await File.ReadAllTextAsync(FingerprintFile, ct) == fingerprint) return;

        // Single-user mode asks for no password. It reads one statement a line.
        var quoted = password.Replace("'", "''");
        var name = user.Replace("\"", "\"\"");
        await account.RunAsync(
            programs.Postgres, ["--single", "-D", folder, "-c", "fsync=off", "-c", "password_encryption=scram-sha-256", "postgres"], ct,
            input: $"alter role \"{name}\" password '{quoted}'\n", folder);
        LocalFolders.WriteSecret(FingerprintFile, fingerprint);
    }

    private async Task CopyPreparedAsync(string user, CancellationToken ct)
    {
        var prepared = LocalFolders.Cache($"initdb-{programs.Version}-{user}");

        if (!Directory.Exists(prepared))
        {
            // Made where the account may write, then moved into the cache; whoever comes second has made one in vain.
            await MakeAsync(folder, user, ct);
            Directory.CreateDirectory(Path.GetDirectoryName(prepared)!, OwnerOnly);
            var draft = $"{prepared}.{Guid.CreateVersion7():n}";
            await ChildProcess.RunAsync("cp", ["-a", folder, draft], ct);

            try
            {
                Directory.Move(draft, prepared);
            }
            catch (IOException)
            {
                await ChildProcess.RunAsync("rm", ["-rf", draft], ct);
            }

            return;
        }

        // Half a folder must not look like a whole one: it gets its name last.
        await ChildProcess.RunAsync("rm", ["-rf", $"{folder}.new"], ct);
        await ChildProcess.RunAsync("cp", ["-a", prepared, $"{folder}.new"], ct);
        await account.TakeAsync($"{folder}.new", ct);
        Directory.Move($"{folder}.new", folder);
    }

    private async Task MakeAsync(string target, string user, CancellationToken ct)
    {
        var draft = $"{target}.new";
        await ChildProcess.RunAsync("rm", ["-rf", draft], ct);
        Directory.CreateDirectory(draft, OwnerOnly);
        await account.TakeAsync(draft, ct);
        await account.RunAsync(
            programs.InitDb,
            ["-D", draft, "-U", user, "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust", "--data-checksums", "--no-sync"], ct, folder: draft);
        await File.WriteAllTextAsync(Path.Combine(draft, "pg_hba.conf"), Access, ct); // before the server has ever run
        Directory.Move(draft, target);
    }

    private bool IsServerOfThisFolder(int pid)
    {
        try
        {
            var command = File.ReadAllText($"/proc/{pid}/cmdline");
            return command.Contains("postgres", StringComparison.Ordinal) && command.Contains(folder, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<bool> HasGoneAsync(int pid, TimeSpan patience, CancellationToken ct)
    {
        var began = TimeProvider.System.GetTimestamp();

        while (ProcessIdentity.Of(pid) is not null)
        {
            if (TimeProvider.System.GetElapsedTime(began) > patience) return false;

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ct);
        }

        return true;
    }
}
