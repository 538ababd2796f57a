namespace Platform.Stack.Support;

/// <summary>Asks again until the answer is there; what is true at once costs no wait.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

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
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                last = e; // a process that is just coming back
            }

            await Task.Delay(Pause, CancellationToken.None);
        }

        throw new TimeoutException($"There was never {what}.", last);
    }
}
