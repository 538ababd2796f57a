using System.Diagnostics;

namespace Aspire.Hosting.Portable;

/// <summary>
/// A small shell process that outlives this one: it waits for the end of its input, which comes when this process is gone in
/// whatever way, even by kill -9, and then stops what still runs. Parent-death signals would not do: they follow the thread
/// that forked, not the process.
/// </summary>
internal sealed class Guardian(LocalFolders folders) : IDisposable
{
    /// <summary>Projects and programs stop first, servers after them.</summary>
    public const string ProgramRank = "1", ServerRank = "2";

    // Every process has a file "pid start-time boot-id signal"; the start time tells it from a later one of the same number.
    private const string Script = """
        trap '' INT TERM HUP
        run=$1 throwaway=$2
        field() { shift 19; echo "$1"; }
        runs() {
            [ -r "/proc/$1/stat" ] && read -r stat < "/proc/$1/stat" || return 1
            read -r now < /proc/sys/kernel/random/boot_id
            stat=${stat##*) }
            case $stat in Z*) return 1 ;; esac
            [ "$(field $stat)" = "$2" ] && [ "$now" = "$3" ]
        }
        signal_all() {
            left=0
            for file in "$run/$1"-*.pid; do
                [ -f "$file" ] || continue
                read -r pid start boot signal < "$file" || continue
                runs "$pid" "$start" "$boot" || continue
                left=1
                case $2 in
                    stop) kill -s "$signal" "$pid" ;;
                    kill) kill -s KILL "$pid" ;;
                esac
            done
        }
        stop_rank() {
            signal_all "$1" stop
            tries=0
            while [ $tries -lt 80 ] && signal_all "$1" look && [ $left = 1 ]; do sleep 0.1; tries=$((tries + 1)); done
            signal_all "$1" kill
            for file in "$run/$1"-*.pid; do
                [ -f "$file" ] || continue
                read -r pid start boot signal < "$file" || continue
                [ "$boot" = "$(cat /proc/sys/kernel/random/boot_id)" ] && kill -s KILL -- "-$pid"
                rm -f "$file"
            done
        }
        cat > /dev/null
        { stop_rank 1; stop_rank 2; } 2> /dev/null
        if [ -n "$throwaway" ]; then rm -rf "$throwaway"; fi
        """;

    private readonly Lock _gate = new();
    private Process? _shell;

    private string OwnerFile => Path.Combine(folders.Runs, "owner");

    public int Id => _shell?.Id ?? throw new InvalidOperationException("The guardian has not been started.");

    /// <summary>Starts watching, after dealing with what an earlier run left behind.</summary>
    /// <exception cref="DistributedApplicationException">The same checkout runs already.</exception>
    public async Task StartAsync(HostConsole console, CancellationToken ct)
    {
        if (!OperatingSystem.IsLinux()) throw new DistributedApplicationException("The portable host runs on Linux only.");

        if (ReadIdentity(OwnerFile) is { } owner && owner.Runs() && owner.Pid != Environment.ProcessId)
        {
            throw new DistributedApplicationException(
                $"This checkout is running already, as process {owner.Pid}. Stop that one first (kill {owner.Pid}).");
        }

        var left = Directory.GetFiles(folders.Runs, "*.pid").Count(file => ReadIdentity(file)?.Runs() == true);

        if (left > 0) console.Say($"An earlier run was killed and left {left} process(es); stopping them.");

        await SweepAsync(folders.Runs, ct);
        ProcessIdentity.Of(Environment.ProcessId)?.Write(OwnerFile);

        lock (_gate) _shell = StartShell(folders.Runs, folders.ThrowAway ? folders.Root : "");
    }

    /// <summary>Stops what the files of a folder name, and returns once it is gone.</summary>
    public static async Task SweepAsync(string runs, CancellationToken ct)
    {
        if (!Directory.EnumerateFiles(runs, "*.pid").Any()) return;

        using var shell = StartShell(runs, "");
        shell.StandardInput.Close();
        await shell.WaitForExitAsync(ct);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_shell is null) return;

            File.Delete(OwnerFile);
            _shell.StandardInput.Close();
            _shell.WaitForExit(TimeSpan.FromSeconds(20));
            _shell.Dispose();
            _shell = null;
        }
    }

    private static Process StartShell(string runs, string throwAway)
    {
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = "/" };

        foreach (var argument in (string[])["sh", "-c", Script, "aspire-portable-guardian", runs, throwAway])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new DistributedApplicationException("The guardian process could not be started.");
    }

    private static ProcessIdentity? ReadIdentity(string file)
    {
        if (!File.Exists(file) || File.ReadAllText(file).Split(' ') is not [var pid, var start, var boot, ..]) return null;

        return int.TryParse(pid, out var number) ? new(number, start, boot.Trim()) : null;
    }
}

/// <summary>A process that cannot be mistaken for a later one with the same number.</summary>
internal sealed record ProcessIdentity(int Pid, string StartTime, string BootId)
{
    public static ProcessIdentity? Of(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null
                : new(pid, fields[19], File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
        }
        catch (IOException)
        {
            return null;
        }
    }

    public bool Runs() => Of(Pid) == this;

    public void Write(string file) => File.WriteAllText(file, $"{Pid} {StartTime} {BootId}\n");
}
