using System.Net.Sockets;
using Npgsql;

namespace Platform.Stack.Support;

/// <summary>Retries until the expected value is there; a condition that is true at once costs no wait.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Whether the process at the other end died or is not there yet. A connection reset in the moment of its opening
    /// reaches the caller of <see cref="HttpClient"/> as a bare <see cref="SocketException"/>.
    /// </summary>
    public static bool IsConnectionLost(Exception e) =>
        e is HttpRequestException or SocketException or IOException or NpgsqlException { IsTransient: true };

    public static async Task<T> ValueAsync<T>(Func<Task<T?>> ask, string what, CancellationToken ct) where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        Exception? last = null;

        while (!limit.IsCancellationRequested)
        {
            try
            {
                if (await ask() is { } value) return value;
            }
            catch (Exception e) when (IsConnectionLost(e) || e is TaskCanceledException)
            {
                last = e; // a process that is just coming back
            }

            await Task.Delay(Pause, CancellationToken.None);
        }

        throw new TimeoutException($"There was never {what}.", last);
    }
}
