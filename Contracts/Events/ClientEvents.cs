namespace Platform.Contracts.Events;

/// <summary>Two records turned out to be one person; the other's bookings now belong to the client.</summary>
/// <param name="ClientId">Who stays.</param>
/// <param name="OtherId">Whose record only says where its bookings went.</param>
public sealed record ClientMerged(long ClientId, long OtherId) : IEventData
{
    public static string EventType => "client.merged";
    public static int EventVersion => 1;
    public static string AggregateType => "client";
}

/// <summary>A person's data was erased. Holders of a copy delete it as well.</summary>
public sealed record ClientErased(long ClientId) : IEventData
{
    public static string EventType => "client.erased";
    public static int EventVersion => 1;
    public static string AggregateType => "client";
}
