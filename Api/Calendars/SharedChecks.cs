namespace Platform.Api.Calendars;

/// <summary>
/// Runs one check at a time. A caller joins the check that has not begun yet: what it learns was true after it asked.
/// </summary>
internal sealed class SharedChecks
{
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private Task<string?>? _next;

    public Task<string?> JoinAsync(Func<Task<string?>> check)
    {
        lock (_gate) return _next ??= RunAsync(check, after: _running);
    }

    private async Task<string?> RunAsync(Func<Task<string?>> check, Task after)
    {
        await after.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_gate)
        {
            _running = _next!;
            _next = null;
        }

        return await check();
    }
}
