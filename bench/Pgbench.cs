using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Platform.Bench;

/// <summary>PostgreSQL's own load generator, which comes with the server.</summary>
internal static partial class Pgbench
{
    /// <summary>Transactions per second of a script, each statement a round trip.</summary>
    public static async Task<double> RateAsync(string connectionString, string script, int clients, TimeSpan length)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, script);
            var start = new ProcessStartInfo(Program(), [
                "--no-vacuum", $"--file={file}", $"--client={clients}", $"--jobs={Math.Min(clients, 2)}",
                $"--time={length.TotalSeconds:0}", $"--host={database.Host}", $"--port={database.Port}",
                $"--username={database.Username}", database.Database!])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["PGPASSWORD"] = database.Password },
            };
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();

            if (output.Contains("actually processed: 0\n", StringComparison.Ordinal)) return 0;

            return Rate().Match(output) is { Success: true } rate
                ? double.Parse(rate.Groups["rate"].ValueSpan, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"pgbench: {await errors}{output}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Program() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(Directory.Exists("/usr/lib/postgresql")
                ? Directory.GetDirectories("/usr/lib/postgresql").Order().Reverse().Select(version => Path.Combine(version, "bin"))
                : [])
            .Select(folder => Path.Combine(folder, "pgbench"))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("pgbench was not found; it comes with Debian's package 'postgresql'.");

    [GeneratedRegex(@"^tps = (?<rate>[0-9.]+)", RegexOptions.Multiline)]
    private static partial Regex Rate();
}
