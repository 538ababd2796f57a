using System.Text.Json;
using Npgsql;

namespace Platform.Portable.Hosting;

/// <summary>An AppHost that is ended in all the ways in which people end programs.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData(HostProcess.Interrupt)] // Ctrl+C
    [InlineData(HostProcess.Terminate)]
    public async Task A_polite_end_stops_all_in_order_and_leaves_nobody(int signal)
    {
        var checkout = HostProcess.NewCheckout();
        await using var host = HostProcess.Start(checkout);
        await host.SettledAsync();
        Assert.Contains(HostProcess.Relatives(checkout), process => process.Command.Contains("sleep 1000", StringComparison.Ordinal));

        host.Signal(signal);

        Assert.Equal(0, await host.EndsAsync());
        await HostProcess.NobodyIsLeftAsync(checkout);
        var output = host.Output;
        Assert.True(
            output.LastIndexOf("api                  Finished", StringComparison.Ordinal)
            < output.LastIndexOf("postgres             Stopping", StringComparison.Ordinal), output);
    }

    [Fact]
    public async Task A_killed_host_leaves_nobody_and_the_next_run_finds_its_data()
    {
        var checkout = HostProcess.NewCheckout();

        await using (var host = HostProcess.Start(checkout))
        {
            await host.SettledAsync();
            await ExecuteAsync(checkout, "create table things (id int); insert into things values (7)");

            host.Signal(HostProcess.Kill);

            await host.EndsAsync();
            await HostProcess.NobodyIsLeftAsync(checkout);
        }

        await using var next = HostProcess.Start(checkout);
        await next.SettledAsync();
        Assert.Equal(7, await ExecuteAsync(checkout, "select id from things"));
    }

    [Fact]
    public async Task What_an_earlier_run_left_is_stopped_by_the_next()
    {
        var checkout = HostProcess.NewCheckout();

        await using (var host = HostProcess.Start(checkout))
        {
            await host.SettledAsync();

            // Even the guardian is killed, so that the servers stay behind without a master.
            var guardian = HostProcess.Relatives(checkout).Single(process => process.Command.Contains("aspire-portable-guardian", StringComparison.Ordinal));
            HostProcess.KillNow(guardian.Pid);
            host.Signal(HostProcess.Kill);
            await host.EndsAsync();
            Assert.Contains(HostProcess.Relatives(checkout), process => process.Command.Contains("postgres -D", StringComparison.Ordinal));

            await using var next = HostProcess.Start(checkout);
            await next.SettledAsync();
            Assert.Contains("An earlier run was killed and left", next.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_server_without_a_record_of_it_is_found_by_its_data_folder()
    {
        var checkout = HostProcess.NewCheckout();

        await using (var host = HostProcess.Start(checkout))
        {
            await host.SettledAsync();
            var guardian = HostProcess.Relatives(checkout).Single(process => process.Command.Contains("aspire-portable-guardian", StringComparison.Ordinal));
            HostProcess.KillNow(guardian.Pid);
            host.Signal(HostProcess.Kill);
            await host.EndsAsync();

            foreach (var other in HostProcess.Relatives(checkout).Where(p => !p.Command.Contains("postgres", StringComparison.Ordinal)))
            {
                HostProcess.KillNow(other.Pid);
            }

            foreach (var record in Directory.GetFiles(Path.Combine(checkout, ".local", "run"), "*.pid")) File.Delete(record);

            await using var next = HostProcess.Start(checkout);
            await next.SettledAsync();
            Assert.Contains("PostgreSQL still runs from an earlier run", next.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Killed_servers_are_started_again_on_their_data()
    {
        var checkout = HostProcess.NewCheckout();
        await using var host = HostProcess.Start(checkout);
        await host.SettledAsync();
        await ExecuteAsync(checkout, "create table things (id int); insert into things values (7)");

        foreach (var process in HostProcess.Relatives(checkout).Where(p => p.Command.Contains("postgres -D", StringComparison.Ordinal)))
        {
            HostProcess.KillNow(process.Pid);
        }

        await host.SaysAsync("postgres             Restarting (137)");
        await host.SaysAsync("An earlier PostgreSQL was killed; it recovers its data now.");
        NpgsqlConnection.ClearAllPools();
        Assert.Equal(7, await EventuallyAsync(checkout, "select id from things"));
    }

    [Fact]
    public async Task Two_checkouts_share_nothing_and_one_is_not_run_twice()
    {
        var (one, two) = (HostProcess.NewCheckout(), HostProcess.NewCheckout());
        await using var first = HostProcess.Start(one);
        await using var second = HostProcess.Start(two);
        await first.SettledAsync();
        await second.SettledAsync();

        Assert.NotEqual(Secret(one, "postgres"), Secret(two, "postgres"));
        Assert.NotEqual(Secret(one, "redis"), Secret(two, "redis"));
        Assert.NotEqual(PortOf(one), PortOf(two));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(one, ".local", "parameters.json")));

        await using var again = HostProcess.Start(one);
        Assert.Equal(1, await again.EndsAsync());
        Assert.Contains("This checkout is running already", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_of_a_checkout_that_the_account_of_PostgreSQL_may_not_enter_is_found_from_there()
    {
        var checkout = HostProcess.NewCheckout();
        File.SetUnixFileMode(checkout, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var folder = new FileInfo(Path.Combine(checkout, ".local", "data", "postgres-data"));
        await using (var host = HostProcess.Start(checkout)) await host.SettledAsync();

        Assert.True(File.Exists(Path.Combine(folder.FullName, "PG_VERSION")));
        Assert.Equal(Environment.IsPrivilegedProcess, folder.LinkTarget?.StartsWith("/var/lib/aspire-portable/", StringComparison.Ordinal) is true);
        if (folder.LinkTarget is { } elsewhere) Directory.Delete(Path.GetDirectoryName(elsewhere)!, recursive: true);
    }

    [Fact]
    public async Task A_missing_server_names_its_Debian_package()
    {
        var checkout = HostProcess.NewCheckout();
        var programs = Directory.CreateTempSubdirectory("platform-path-").FullName;

        foreach (var program in (string[])["sh", "setsid", "sleep", "cat", "rm", "cp", "chown", "test", "setpriv", "dotnet"])
        {
            var from = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, program)).First(File.Exists);
            File.CreateSymbolicLink(Path.Combine(programs, program), from);
        }

        await using var host = HostProcess.Start(checkout, path: programs);

        await host.SaysAsync("'redis-server' is not installed. Install the Debian package 'redis-server'");
        await host.SaysAsync("'api' waits for 'redis', but: 'redis' is FailedToStart");
    }

    private static string Secret(string checkout, string server)
    {
        using var values = JsonDocument.Parse(File.ReadAllText(Path.Combine(checkout, ".local", "parameters.json")));
        return values.RootElement.GetProperty($"Parameters:{server}-password").GetString()!;
    }

    private static int PortOf(string checkout) =>
        int.Parse(File.ReadAllLines(Path.Combine(checkout, ".local", "data", "postgres-data", "postmaster.pid"))[3]);

    private static async Task<object?> EventuallyAsync(string checkout, string sql)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await ExecuteAsync(checkout, sql);
            }
            catch (Exception e) when (e is NpgsqlException or IOException && tries < 100)
            {
                await Task.Delay(200);
            }
        }
    }

    private static async Task<object?> ExecuteAsync(string checkout, string sql)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = "localhost",
            Port = PortOf(checkout),
            Username = "postgres",
            Password = Secret(checkout, "postgres"),
            Database = "appdb",
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
