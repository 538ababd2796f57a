using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Platform.Tests.Support;
using Platform.Tests.Worker;

namespace Platform.Tests.AppHost;

/// <summary>The script that runs this machine's PostgreSQL for AppHost.</summary>
public sealed class PostgresScriptTests : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"platform-postgres-{Guid.CreateVersion7():n}"));
    private readonly int _port = Ports.Free();
    private Process? _script;

    private string PidFile => Path.Combine(_folder.FullName, "data", "postmaster.pid");

    [Fact]
    public async Task Data_survives_a_kill_whose_process_id_another_program_has_now_and_a_new_password()
    {
        await StartAsync("first");
        await ExecuteAsync("first", "create table kept as select 42 as answer");
        await KillAsync();
        await File.WriteAllTextAsync(PidFile, (await File.ReadAllTextAsync(PidFile)).Replace(Pid(), $"{Environment.ProcessId}", StringComparison.Ordinal));

        await StartAsync("second");

        Assert.Equal(42, await ExecuteAsync("second", "select answer from kept"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_script is { HasExited: false })
        {
            using var stop = Process.Start("kill", ["-TERM", $"{_script.Id}"]);
            await _script.WaitForExitAsync();
        }

        _script?.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task StartAsync(string password)
    {
        var start = new ProcessStartInfo("sh", [Repository.PathOf("AppHost/Servers/postgres.sh")]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DATA"] = Path.Combine(_folder.FullName, "data");
        start.Environment["PORT"] = $"{_port}";
        start.Environment["PASSWORD"] = password;
        start.Environment["STOP_DELAY"] = "0";
        _script = Process.Start(start)!;
        _script.OutputDataReceived += (_, _) => { };
        _script.ErrorDataReceived += (_, _) => { };
        _script.BeginOutputReadLine();
        _script.BeginErrorReadLine();

        await Eventually.TrueAsync(async () =>
        {
            Assert.False(_script.HasExited, "The script ended.");
            try
            {
                return await ExecuteAsync(password, "select 1") is 1;
            }
            catch (NpgsqlException)
            {
                return false; // not yet
            }
        });
    }

    /// <summary>As a power cut does: PostgreSQL leaves its pid file behind.</summary>
    private async Task KillAsync()
    {
        using var postmaster = Process.GetProcessById(int.Parse(Pid(), CultureInfo.InvariantCulture));
        postmaster.Kill();
        await _script!.WaitForExitAsync();
        Assert.True(File.Exists(PidFile));
    }

    private string Pid() => File.ReadLines(PidFile).First();

    private async Task<object?> ExecuteAsync(string password, string sql)
    {
        await using var connection = new NpgsqlConnection($"Host=localhost;Port={_port};Username=postgres;Password={password};Database=postgres;Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
