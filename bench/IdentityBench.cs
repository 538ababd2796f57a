using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Platform.Bench;

/// <summary>
/// Tokens a second, compared to an endpoint that only makes the same signatures; and the password hash's share of
/// a sign-in.
/// </summary>
internal static class IdentityBench
{
    private const int Clients = 8;

    public static async IAsyncEnumerable<Figure> RunAsync(BenchStack stack)
    {
        await using var raw = await RawProcess.StartAsync();
        var people = Enumerable.Range(0, Clients).Select(_ => stack.NewPerson()).ToArray();

        yield return await Load.CompareAsync(
            $"identity.client_credentials.{Clients}_clients", Clients, goal: 0.3,
            product: _ => stack.TokenAsync(),
            limit: _ => raw.PostAsync("sign/1"));

        foreach (var person in people) await person.SignInAsync();
        yield return await Load.CompareAsync(
            $"identity.userinfo.{Clients}_clients", Clients, goal: 0.3,
            product: client => people[client].UserInfoAsync(),
            limit: _ => raw.PostAsync("sign/1"));

        yield return await Load.CompareAsync(
            $"identity.refresh.{Clients}_clients", Clients, goal: 0.15,
            product: client => people[client].RefreshAsync(),
            limit: _ => raw.PostAsync("sign/2"));

        // The limit hashes one password for each sign-in: the ratio is the hash's share of a sign-in.
        yield return await Load.CompareAsync(
            "identity.sign_in.1_client", 1, goal: 0.5,
            product: client => people[client].SignInAsync(),
            limit: _ => raw.PostAsync("hash"));

        foreach (var person in people) person.Dispose();
    }

    /// <summary><see cref="RawSigner"/>, in a process of its own.</summary>
    private sealed class RawProcess(Process process, HttpClient client) : IAsyncDisposable
    {
        public static async Task<RawProcess> StartAsync()
        {
            var url = $"http://127.0.0.1:{FreePort()}";
            var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["raw-signer", url]) { UseShellExecute = false })!;
            var raw = new RawProcess(process, new HttpClient { BaseAddress = new(url) });
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    await raw.PostAsync("sign/1");
                    return raw;
                }
                catch (HttpRequestException) when (attempt < 100)
                {
                    await Task.Delay(100);
                }
            }
        }

        public async Task PostAsync(string path)
        {
            using var answer = await client.PostAsync(path, null);
            answer.EnsureSuccessStatusCode();
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            client.Dispose();
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
