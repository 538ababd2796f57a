using Npgsql;
using Platform.Contracts.Events;

namespace Platform.Worker.Streams;

/// <summary>
/// One consumer group's reaction to events. It may be handed the same event again after a failure, and whatever it
/// writes in the <see cref="EventTransaction"/> is kept or lost as a whole, together with the note that the event is
/// handled. Handlers do nothing that cannot be rolled back (mail, HTTP): they queue, another loop sends.
/// </summary>
internal interface IEventHandler
{
    /// <summary>Names the consumer group on the streams; changing it replays everything.</summary>
    static abstract string Group { get; }

    /// <summary>
    /// The event types it handles, with the version of each that it understands. Other types are skipped.
    /// </summary>
    static abstract IReadOnlyDictionary<string, int> Versions { get; }

    /// <summary>
    /// Whether the event can have an effect, by what it carries. One that cannot is done without a row in the inbox, and
    /// a batch of such events without a transaction.
    /// </summary>
    static virtual bool Concerns(EventEnvelope e) => true;

    /// <summary>The same, for all events of a tenant.</summary>
    /// <returns>Those of the tenants whose events can have an effect; null if any can.</returns>
    static virtual ValueTask<IReadOnlySet<long>?> ConcernedTenantsAsync(
        NpgsqlDataSource database, long[] tenantIds, CancellationToken ct) => new((IReadOnlySet<long>?)null);

    Task HandleAsync(EventEnvelope e, CancellationToken ct);
}

/// <summary>The transaction that a handler works in; opened and committed by the caller.</summary>
internal sealed class EventTransaction
{
    private NpgsqlConnection? _connection;

    public NpgsqlConnection Connection => _connection ?? throw new InvalidOperationException("No event is being handled.");

    public void Join(NpgsqlConnection connection) => _connection = connection;
}
