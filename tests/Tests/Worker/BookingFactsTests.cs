using Platform.Contracts.Events;
using Platform.Worker;
using Platform.Worker.Analytics;

namespace Platform.Tests.Worker;

public sealed class BookingFactsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_rebuild_from_the_log_equals_the_incremental_result()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.StartAsync(builder => builder.AddOutboxRelay().AddConsumer<CollectBookingFacts>());
        for (var booking = 1; booking <= 20; booking++)
        {
            var snapshot = Booking(booking);
            await world.WriteAsync(booking, 1, "booking.created", data: new BookingCreated(snapshot));
            if (booking % 2 == 0)
            {
                var moved = snapshot with { Start = Start.AddDays(1), End = Start.AddDays(1).AddHours(1), ResourceIds = [3] };
                await world.WriteAsync(booking, 2, "booking.rescheduled", data: new BookingRescheduled(moved, Start, Start.AddHours(1)));
            }

            if (booking % 4 == 0)
            {
                await world.WriteAsync(booking, 3, "booking.cancelled", data: new BookingCancelled(snapshot with { Status = "cancelled" }, "Ill"));
            }
        }

        await Eventually.EqualAsync(35L, () => world.CountAsync("platform.inbox where consumer_group = 'analytics'"));
        var incremental = await FactsAsync(world);
        await world.ExecuteAsync("update platform.booking_facts set status = 'wrong'; delete from platform.booking_facts where booking_id < 5");
        var output = new StringWriter();

        var exitCode = await RebuildCommand.RunAsync(world.Database, output, TestContext.Current.CancellationToken);

        Assert.Equal((0, "analytics: 20 bookings"), (exitCode, output.ToString().Trim()));
        Assert.Equal(20, incremental.Count);
        Assert.Equal(incremental, await FactsAsync(world));
        Assert.Contains("7 4 3 cancelled 50.00 BRL", incremental);
        Assert.Contains("7 2 2 confirmed 50.00 BRL", incremental);
    }

    [Fact]
    public async Task A_late_older_event_changes_only_the_time_of_the_booking()
    {
        await using var world = await WorkerWorld.CreateAsync();
        await world.StartAsync(builder => builder.AddConsumer<CollectBookingFacts>());
        var newer = world.Envelope(1, 2, "booking.cancelled", data: new BookingCancelled(Booking(1) with { Status = "cancelled" }, null));
        var older = world.Envelope(1, 1, "booking.created", data: new BookingCreated(Booking(1)));

        await world.PublishAsync(newer);
        await world.PublishAsync(older with { OccurredAt = newer.OccurredAt.AddDays(-1) });

        await Eventually.EqualAsync(2L, () => world.CountAsync("platform.inbox"));
        Assert.Equal(["7 1 2 cancelled 50.00 BRL"], await FactsAsync(world));
        Assert.Equal(1, await world.CountAsync("platform.booking_facts where booked_at = '2026-11-21T10:00Z'"));
    }

    private static BookingSnapshot Booking(int n) => new(
        n, $"bk-{n}", 1, "Checkup", Start, Start.AddHours(1), "Europe/Lisbon", "confirmed", [1, 2], ["Room 1", "Room 2"], n, $"Client {n}",
        $"client{n}@example.org", "en", Price: new(50.00m, "BRL"));

    private static async Task<List<string>> FactsAsync(WorkerWorld world)
    {
        await using var command = world.Sql.CreateCommand("""
            select concat_ws(' ', tenant_id, booking_id, version, status, price, currency) from platform.booking_facts order by booking_id
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var facts = new List<string>();
        while (await reader.ReadAsync()) facts.Add(reader.GetString(0));
        return facts;
    }
}
