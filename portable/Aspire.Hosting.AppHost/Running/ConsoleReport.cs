using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Portable;

/// <summary>Turns changes of state into lines, and into a table once nothing is on its way any more.</summary>
internal sealed class ConsoleReport(HostConsole console, ResourceNotificationService notifications, TimeProvider clock)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(400);
    private static readonly string[] OnTheWay = ["Waiting", "Starting", "Restarting", "Stopping", "Running, not healthy"];
    private readonly Dictionary<string, ResourceEvent> _last = [];
    private string _shown = "";

    public async Task WatchAsync(CancellationToken ct)
    {
        try
        {
            await using var events = notifications.WatchAsync(ct).GetAsyncEnumerator(ct);
            var next = events.MoveNextAsync().AsTask();

            while (true)
            {
                if (await Task.WhenAny(next, Task.Delay(Quiet, clock, ct)) != next)
                {
                    ShowIfSettled();
                    await Task.WhenAny(next); // now there is time
                }

                if (!await next) return;

                Line(events.Current);
                next = events.MoveNextAsync().AsTask();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The end.
        }
    }

    private void Line(ResourceEvent e)
    {
        var before = _last.TryGetValue(e.ResourceId, out var known) ? HostConsole.Describe(known.Snapshot) : "NotStarted";
        var now = HostConsole.Describe(e.Snapshot);
        _last[e.ResourceId] = e;

        if (before != now && !e.Snapshot.IsHidden) console.Line(e.Resource.Name, now, HostConsole.StyleOf(e.Snapshot));
    }

    private void ShowIfSettled()
    {
        var states = string.Join('\n', _last.Select(entry => $"{entry.Key} {HostConsole.Describe(entry.Value.Snapshot)}"));

        if (states == _shown || _last.Count == 0 || _last.Values.Any(e => OnTheWay.Contains(HostConsole.Describe(e.Snapshot)))) return;

        // What has no process has nothing to wait for; before the first process moves there is nothing to show.
        if (_shown.Length == 0 && _last.Values.All(e => e.Snapshot.State?.Text is "NotStarted")) return;

        _shown = states;
        console.Table(_last.Values);
    }
}
