using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Internal;

namespace Platform.Core.Storage;

/// <summary>
/// What this process remembers of rows that every request needs, for seconds. Concurrent callers share one read. That
/// something was not found is never remembered.
/// </summary>
public sealed class LocalCache : IDisposable
{
    /// <summary>Some 30 MB. When it is full, a twentieth makes room: what nobody has used for longest.</summary>
    public const int MaxEntries = 100_000;

    /// <summary>Removing one row also removes what shares its generation, at the cost of a few reads.</summary>
    private const int Generations = 1024;

    private const HybridCacheEntryFlags Local = HybridCacheEntryFlags.DisableDistributedCache;

    private static readonly HybridCacheEntryOptions Remembered = new()
    {
        Flags = Local | HybridCacheEntryFlags.DisableUnderlyingData | HybridCacheEntryFlags.DisableLocalCacheWrite,
    };

    private static readonly HybridCacheEntryOptions ReadThrough = new()
    {
        Flags = Local | HybridCacheEntryFlags.DisableLocalCacheWrite, // a read stores what it finds itself
    };

    private readonly int[] _generations = new int[Generations];
    private readonly TimeProvider _clock;
    private readonly ServiceProvider _services;
    private readonly HybridCache _cache;

    public LocalCache(TimeProvider clock)
    {
        _clock = clock;

        // Services of its own: the limit is for this cache alone, and it never finds a distributed cache.
        _services = new ServiceCollection()
            .AddSingleton(clock)
            .AddMemoryCache(options => (options.SizeLimit, options.Clock) = (MaxEntries, new Clock(clock)))
            .AddSingleton<IHybridCacheSerializerFactory, OneByteEach>()
            .AddHybridCache().Services
            .BuildServiceProvider();
        _cache = _services.GetRequiredService<HybridCache>();
    }

    public int Count => ((MemoryCache)_services.GetRequiredService<IMemoryCache>()).Count;

    /// <summary>Names a row until the row is forgotten; from then on its name is another one.</summary>
    /// <param name="kind">What of it is remembered.</param>
    public string KeyOf(string kind, long first, long second = 0) => string.Create(
        CultureInfo.InvariantCulture, stackalloc char[96],
        $"{kind} {first} {second} {Volatile.Read(ref GenerationOf(first, second))}");

    /// <summary>
    /// After the commit of a change: callers that ask for a key from now on read again. A read that has begun stores
    /// its result under the former name, where nobody looks.
    /// </summary>
    public void Forget(long first, long second = 0) => Interlocked.Increment(ref GenerationOf(first, second));

    /// <summary>What was found under the key within the freshness, or else what is read now.</summary>
    /// <param name="read">
    /// Returns the default of the type if there is nothing. It may serve several callers, who all get the same
    /// instance: the type is immutable.
    /// </param>
    public ValueTask<T?> FindAsync<TState, T>(
        string key, TState state, Func<TState, Task<T?>> read, TimeSpan freshness, CancellationToken ct)
    {
        var remembered = _cache.GetOrCreateAsync<object?, T?>(
            key, null, static (_, _) => default, Remembered, tags: null, default);
        return remembered.IsCompletedSuccessfully && remembered.Result is var found && !IsNothing(found)
            ? new(found)
            : ReadAsync(key, state, read, freshness, ct);
    }

    public void Dispose() => _services.Dispose();

    private async ValueTask<T?> ReadAsync<TState, T>(
        string key, TState state, Func<TState, Task<T?>> read, TimeSpan freshness, CancellationToken ct)
    {
        var own = new Reading<T>(this, key, () => read(state), freshness);

        // A caller that goes away takes nothing from those that share the read.
        var found = await _cache
            .GetOrCreateAsync(
                key, own, static (own, _) => new ValueTask<T?>(own.RunAsync()), ReadThrough, tags: null, default)
            .AsTask().WaitAsync(ct);

        // The read of somebody else may have begun before the row was there.
        return IsNothing(found) && !own.HasBegun ? await own.RunAsync().WaitAsync(ct) : found;
    }

    private ref int GenerationOf(long first, long second) =>
        ref _generations[(uint)HashCode.Combine(first, second) % Generations];

    private static bool IsNothing<T>([NotNullWhen(false)] T? value) =>
        EqualityComparer<T>.Default.Equals(value, default);

    private sealed class Reading<T>(LocalCache cache, string key, Func<Task<T?>> read, TimeSpan freshness)
    {
        public bool HasBegun { get; private set; }

        public async Task<T?> RunAsync()
        {
            HasBegun = true;
            var begun = cache._clock.GetUtcNow();
            var found = await read();
            var rest = begun + freshness - cache._clock.GetUtcNow(); // fresh is what was true when the read began
            if (!IsNothing(found) && rest > TimeSpan.Zero)
            {
                await cache._cache.SetAsync(key, found, new() { Expiration = rest, Flags = Local });
            }

            return found;
        }
    }

    private sealed class Clock(TimeProvider clock) : ISystemClock
    {
        public DateTimeOffset UtcNow => clock.GetUtcNow();
    }

    /// <summary>
    /// The cache takes the size of an entry from its serialised form. Nothing is ever read from one, so each entry
    /// counts as one; a type that is not immutable fails with its first entry.
    /// </summary>
    private sealed class OneByteEach : IHybridCacheSerializerFactory
    {
        public bool TryCreateSerializer<T>([NotNullWhen(true)] out IHybridCacheSerializer<T>? serializer)
        {
            serializer = new Serializer<T>();
            return true;
        }

        private sealed class Serializer<T> : IHybridCacheSerializer<T>
        {
            public T Deserialize(ReadOnlySequence<byte> source) =>
                throw new NotSupportedException($"{typeof(T)} is not marked as an immutable object.");

            public void Serialize(T value, IBufferWriter<byte> target) => target.Write((ReadOnlySpan<byte>)[0]);
        }
    }
}
