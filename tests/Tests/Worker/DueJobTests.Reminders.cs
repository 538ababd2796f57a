using Platform.Contracts.Bookings;
using Platform.Core.Bookings;
using Platform.Tests.Support;
using Platform.Tests.Tenants;

namespace Platform.Tests.Worker;

/// <summary>Reminders: planned by the events of a booking, due by the booking as it is.</summary>
public sealed partial class DueJobTests
{
    [Fact]
    public async Task A_client_is_reminded_once_of_each_time()
    {
        var tenant = await world.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon()); // three hours from now: too late for the first of two
        await PlanAsync(tenant, booking);

        await world.RunAsync("09:59:59");
        Assert.Equal(0, await RemindersAsync(tenant));
        Assert.Equal(1, await world.JobsAsync(tenant, BookingJobs.Reminder, "due_at = '2026-03-02 10:00Z'"));
        await world.RunAsync("10:00");
        Assert.Equal(1, await RemindersAsync(tenant));
        Assert.Equal(0, await world.JobsAsync(tenant, BookingJobs.Reminder));

        await PlanAsync(tenant, booking); // its event has come again
        await world.RunAsync("10:01");
        Assert.Equal(1, await RemindersAsync(tenant));
    }

    [Theory]
    [InlineData("update bookings set status = 'cancelled'")]
    [InlineData("update clients set reminders = false")]
    [InlineData("update services set reminders_minutes = '{}'")]
    public async Task No_reminder_is_sent_for_a_cancelled_booking_or_when_reminders_are_off(string change)
    {
        var tenant = await world.NewTenantAsync();
        await PlanAsync(tenant, await tenant.BookedAsync(tenant.AtNoon()));
        await tenant.ExecuteAsync(change);

        await world.RunAsync("10:00");

        Assert.Equal((0L, 0L), (await RemindersAsync(tenant), await world.JobsAsync(tenant, BookingJobs.Reminder)));
    }

    [Fact]
    public async Task A_reminder_of_a_moved_booking_is_sent_for_its_new_time()
    {
        var tenant = await world.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await PlanAsync(tenant, booking);
        await world.RunAsync("09:00");
        await tenant.SentAsync<BookingResponse>(
            "POST", $"/bookings/{booking.Id}/reschedule", """{ "start": "2026-03-02T14:00:00Z" }""");

        await world.RunAsync("10:00");
        Assert.Equal(0, await RemindersAsync(tenant));
        await world.RunAsync("12:00");

        Assert.Equal(1, await RemindersAsync(tenant));
    }

    /// <summary>As the Worker does when it receives the event of a booking.</summary>
    private static Task PlanAsync(TestTenant tenant, BookingResponse booking) => tenant.ExecuteAsync($"""
        insert into platform.due_jobs (kind, tenant_id, subject_id, due_at)
        values ('{BookingJobs.Reminder}', {tenant.Id}, {booking.Id}, '2026-03-02 09:00Z')
        """);

    private Task<long> RemindersAsync(TestTenant tenant) => world.Platform.TenantValueAsync<long>(
        $"select count(*) from platform.notifications where tenant_id = {tenant.Id} and kind = 'booking.reminder'");
}
