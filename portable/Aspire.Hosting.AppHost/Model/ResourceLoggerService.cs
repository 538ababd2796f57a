using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.Portable;

namespace Aspire.Hosting.ApplicationModel;

public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>What the processes write: the last lines in memory, all of it in a file for each resource.</summary>
public class ResourceLoggerService : IDisposable
{
    private readonly ConcurrentDictionary<string, Log> _logs = new(StringComparer.OrdinalIgnoreCase);
    private readonly LocalFolders _folders;

    internal ResourceLoggerService(LocalFolders folders) => _folders = folders;

    /// <summary>The lines so far (the last thousand at most), then each new one.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(resource.Name);

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName)
    {
        await foreach (var lines in Of(resourceName).WatchAsync(CancellationToken.None)) yield return lines;
    }

    public void Dispose()
    {
        foreach (var log in _logs.Values) log.Dispose();

        GC.SuppressFinalize(this);
    }

    internal void Add(string resourceName, string line) => Of(resourceName).Add(line);

    internal string FileOf(string resourceName) => Path.Combine(_folders.Logs, $"{resourceName}.log");

    internal IReadOnlyList<string> LastLines(string resourceName, int count) =>
        _logs.TryGetValue(resourceName, out var log) ? log.Last(count) : [];

    private Log Of(string resourceName) => _logs.GetOrAdd(resourceName, name => new(FileOf(name)));

    private sealed class Log(string file) : IDisposable
    {
        private const int Kept = 1000;
        private readonly Lock _gate = new();
        private readonly Queue<LogLine> _lines = new();
        private readonly List<Channel<LogLine>> _watchers = [];
        private readonly Lazy<StreamWriter> _file = new(() => new StreamWriter(file, append: false) { AutoFlush = true });
        private int _count;
        private bool _closed;

        public void Add(string text)
        {
            lock (_gate)
            {
                if (_closed) return;

                var line = new LogLine(++_count, text, IsErrorMessage: false);
                _lines.Enqueue(line);
                if (_lines.Count > Kept) _lines.Dequeue();

                _file.Value.WriteLine(text);
                foreach (var watcher in _watchers) watcher.Writer.TryWrite(line);
            }
        }

        public IReadOnlyList<string> Last(int count)
        {
            lock (_gate) return [.. _lines.TakeLast(count).Select(line => line.Content)];
        }

        public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync([EnumeratorCancellation] CancellationToken ct)
        {
            var watcher = Channel.CreateUnbounded<LogLine>();

            lock (_gate)
            {
                foreach (var line in _lines) watcher.Writer.TryWrite(line);
                if (_closed) watcher.Writer.TryComplete();
                _watchers.Add(watcher);
            }

            await foreach (var line in watcher.Reader.ReadAllAsync(ct)) yield return [line];
        }

        public void Dispose()
        {
            lock (_gate)
            {
                if (_closed) return;

                _closed = true;
                if (_file.IsValueCreated) _file.Value.Dispose();
                foreach (var watcher in _watchers) watcher.Writer.TryComplete();
            }
        }
    }
}
