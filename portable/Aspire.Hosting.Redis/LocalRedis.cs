using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Portable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Redis;

/// <summary>Says how to start the machine's own Redis.</summary>
internal static class LocalRedis
{
    public const string Program = "redis-server", PasswordVariable = "$REDIS_PASSWORD";

    public static Task<ProcessPlan> PlanAsync(RedisResource redis, LocalServerStart start, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var program = Programs.Find(Program, "/");
        var volume = redis.Annotations.OfType<ContainerMountAnnotation>().LastOrDefault() switch
        {
            null => null,
            { Type: ContainerMountType.Volume, Source: { } name } => start.Folders.Volume(name),
            { Source: var source } => start.Folders.ThrowAway ? null : source,
        };
        var folder = volume ?? start.Folders.Scratch(redis.Name);

        if (volume is null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);

        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        // In a file that only its owner reads: a command line is for everybody to see.
        var settings = Path.Combine(folder, "redis.conf");
        LocalFolders.WriteSecret(settings, Settings(start, folder, isLasting: volume is not null));

        return Task.FromResult(new ProcessPlan(program, [settings, .. OwnArguments(start.Arguments)])
        {
            WorkingDirectory = folder,
            Rank = Guardian.ServerRank,
        });
    }

    private static string Settings(LocalServerStart start, string folder, bool isLasting)
    {
        List<string> lines =
        [
            $"port {start.Port}",
            $"bind {string.Join(' ', Ports.Loopbacks)}",
            "protected-mode yes",
            "daemonize no",
            $"dir \"{folder}\"",
            $"appendonly {(isLasting ? "yes" : "no")}",
            "appendfsync everysec",
            "maxmemory-policy noeviction",
            "save \"\"",
        ];

        if (start.Variables.TryGetValue("REDIS_PASSWORD", out var password)) lines.Add($"requirepass \"{Escape(password)}\"");

        return string.Join('\n', lines) + "\n";
    }

    /// <summary>Those of the container's command line that are not in the file.</summary>
    private static IEnumerable<string> OwnArguments(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (i == 0 && arguments[i] == Program) continue;

            if (arguments[i] == "--requirepass" && i + 1 < arguments.Count && arguments[i + 1] == PasswordVariable)
            {
                i++;
                continue;
            }

            yield return arguments[i];
        }
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"");
}

/// <summary>Healthy while PING is answered.</summary>
internal sealed class Ping(RedisResource redis) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(5));

        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", redis.PrimaryEndpoint.Port, patience.Token);
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream);

            if (redis.PasswordParameter is { } parameter)
            {
                var password = await parameter.GetValueAsync(patience.Token) ?? "";
                if (await AskAsync("AUTH", password) is not "+OK") return HealthCheckResult.Unhealthy("The password is not accepted.");
            }

            var answer = await AskAsync("PING");
            return answer == "+PONG" ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(answer);

            async Task<string?> AskAsync(params string[] words)
            {
                var command = $"*{words.Length}\r\n" + string.Concat(words.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"));
                await stream.WriteAsync(Encoding.UTF8.GetBytes(command), patience.Token);
                return await reader.ReadLineAsync(patience.Token);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy(e.Message);
        }
    }
}
