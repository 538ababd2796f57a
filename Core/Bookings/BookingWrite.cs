using Npgsql;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;
using Platform.Core.Clients;

namespace Platform.Core.Bookings;

/// <summary>What a write does with the allocations of a booking.</summary>
internal enum AllocationWrite
{
    /// <summary>Inserts them: the booking occupies its resources from now on.</summary>
    Occupy,

    /// <summary>Inserts them for the record: the booking is over and occupies nothing.</summary>
    Record,

    /// <summary>Activates them again, after the booking gave its resources up.</summary>
    Reoccupy,

    /// <summary>Leaves them: the booking occupies its resources already.</summary>
    Keep,
}

/// <summary>
/// A booking to be written, as data. <see cref="Statements"/> is the only place that knows the order in which the
/// statements run; new bookings, used holds, series, imports, moves and offers to the waitlist all use it.
/// </summary>
/// <param name="Capacity">Seats of a group session.</param>
internal sealed record BookingWrite(Booking Booking, ChosenResources Resources, TimeRange Occupied, int Capacity)
{
    public AllocationWrite Allocations { get; init; }

    /// <summary>Clients that nobody may merge or erase before the booking is stored, and who are not locked yet.</summary>
    public IReadOnlyList<long> KnownClients { get; init; } = [];

    /// <summary>A client who becomes known by this booking.</summary>
    public Client? NewClient { get; init; }

    /// <summary>The service, if its limits count for the booking.</summary>
    public BookableService? Limited { get; init; }

    /// <summary>Whether rows of expired holds may exist at the time of the booking.</summary>
    public bool HasExpiredHolds { get; init; }

    /// <summary>Whether outside calendars count: not for what was agreed elsewhere, which is in them.</summary>
    public bool BusyCounts { get; init; } = true;

    /// <summary>What stores the row of the booking itself.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> Row { get; init; } = [];

    /// <summary>What is written with the booking: jobs, history, the event.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> After { get; init; } = [];

    private bool Occupies => Allocations is AllocationWrite.Occupy or AllocationWrite.Reoccupy;

    private bool SharesResources => Occupies && Resources.IsShared;

    /// <summary>The write of a new booking or hold.</summary>
    public static BookingWrite Of(NewBooking booking) =>
        new(booking.Booking, booking.Resources, booking.Occupied, booking.Service.Capacity)
        {
            KnownClients = booking.KnownClientIds,
            NewClient = booking.IsNewClient ? booking.View.Client : null,
            Limited = booking.Service.HasLimits ? booking.Service : null,
            Row = [BookingStatements.InsertBooking(booking.Booking)],
        };

    /// <summary>
    /// All statements, for one batch in one transaction: all locks first, then booking by booking.
    /// <para>
    /// Two writers cannot deadlock, because all of them wait in one order: clients, the booking that exists already,
    /// services, resources, and within a kind by id. A change of a booking has locked the row of the booking before,
    /// and releasing a hold may write an offer to the waitlist after it; so a hold that is used is locked here before
    /// its service. Statements after the locks cannot deadlock: allocations are inserted in the
    /// order of their resources, and refuse where their time is taken.
    /// </para>
    /// <para>
    /// Capacity and limits are counted after the allocations are stored, under the locks: a second writer sees the
    /// rows of the first, or waits.
    /// </para>
    /// </summary>
    public static IEnumerable<NpgsqlBatchCommand> Statements(DateTimeOffset now, params IReadOnlyList<BookingWrite> all)
    {
        foreach (var statement in BookingStatements.KeepClients([.. all.SelectMany(w => w.KnownClients)])) yield return statement;
        foreach (var used in all.Where(w => w is { Allocations: AllocationWrite.Keep, Limited: not null }))
        {
            yield return BookingStatements.LockBooking(used.Booking.Id);
        }

        foreach (var id in all.Select(w => w.Limited?.Id).OfType<long>().Distinct().Order())
        {
            yield return BookingStatements.LockService(id);
        }

        var shared = all.Where(w => w.SharesResources).SelectMany(w => w.Resources.Ids).ToArray();
        if (shared.Length > 0) yield return BookingStatements.LockResources(shared);

        foreach (var write in all)
        {
            foreach (var statement in write.OwnStatements(now)) yield return statement;
        }
    }

    private IEnumerable<NpgsqlBatchCommand> OwnStatements(DateTimeOffset now)
    {
        if (Occupies && HasExpiredHolds) yield return BookingStatements.ClearExpiredHolds(Resources, Occupied, now);
        if (NewClient is not null) yield return BookingStatements.InsertClient(NewClient, Booking.CreatedBy);
        foreach (var statement in Row) yield return statement;
        if (AllocationStatement() is { } allocations) yield return allocations;
        if (SharesResources) yield return BookingStatements.CheckCapacity(Resources, Occupied, Capacity, now);
        if (Limited is not null) yield return BookingStatements.CheckLimits(Booking, Limited, Resources, now);
        foreach (var statement in After) yield return statement;
    }

    private NpgsqlBatchCommand? AllocationStatement() => Allocations switch
    {
        AllocationWrite.Keep => null,
        AllocationWrite.Reoccupy => BookingStatements.ActivateAllocations(Booking.Id),
        _ => BookingStatements.InsertAllocations(Booking, Resources, Occupied, active: Occupies, BusyCounts),
    };
}
