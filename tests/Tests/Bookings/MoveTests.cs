using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

public sealed class MoveTests(PlatformFixture platform)
{
    private static readonly DateTimeOffset Noon = PlatformFixture.Monday9am.AddHours(3);

    [Fact]
    public async Task A_moved_booking_keeps_its_id_and_uid_and_frees_its_old_time()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        using var response = await MoveAsync(tenant, booking.Id, "2026-03-02T14:00:00Z");

        var moved = await response.DataAsync<BookingResponse>();
        Assert.Equal((booking.Id, booking.Uid, 2, 1), (moved.Id, moved.Uid, moved.Version, moved.Sequence));
        Assert.Equal((Noon.AddHours(2), Noon.AddHours(3)), (moved.Start, moved.End));
        Assert.Equal("\"2\"", response.Headers.ETag?.Tag);
        var free = await tenant.StartsAsync();
        Assert.Contains("02 12:00", free);
        Assert.DoesNotContain("02 14:00", free);
    }

    [Fact]
    public async Task A_booking_does_not_conflict_with_itself()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set slot_interval_minutes = 15, before_buffer_minutes = 10, after_buffer_minutes = 10");
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        using var response = await MoveAsync(tenant, booking.Id, "2026-03-02T12:15:00Z");

        Assert.Equal(Noon.AddMinutes(15), (await response.DataAsync<BookingResponse>()).Start);
        Assert.Equal(1, await tenant.CountAsync("select count(*) from allocations where active"));
    }

    [Theory]
    [InlineData("2026-03-02T13:00:00Z", 409, Codes.BookingConflict)]
    [InlineData("2026-03-02T15:00:00Z", 409, Codes.SlotHeld)]
    [InlineData("2026-03-02T20:00:00Z", 422, Codes.OutsideAvailability)]
    [InlineData("2026-03-02T08:00:00Z", 422, Codes.TooSoon)]
    [InlineData("2026-09-02T10:00:00Z", 422, Codes.TooFar)]
    [InlineData("9999-12-31T23:59:59Z", 422, Codes.TooFar)]
    [InlineData("0001-01-01T00:00:00", 422, Codes.TooSoon)] // in the booking's own zone
    [InlineData("never", 400, Codes.ValidationFailed)]
    public async Task A_booking_that_cannot_move_stays_where_it_was(string start, int status, string code)
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.BookedAsync(tenant.AtNoon("b@x.org") with { Start = Noon.AddHours(1) });
        await tenant.HeldAsync(Noon.AddHours(3));

        using var response = await MoveAsync(tenant, booking.Id, start);

        Assert.Equal((status, code), await response.ProblemAsync());
        if (status == 409) Assert.True((await response.BodyAsync()).GetProperty("nextSlots").GetArrayLength() > 0);
        Assert.Equivalent(booking, await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{booking.Id}"), strict: true);
        Assert.DoesNotContain("02 12:00", await tenant.StartsAsync());
    }

    [Theory]
    [InlineData("reschedule", """{ "start": "2026-03-02T14:00:00Z" }""")]
    [InlineData("reassign", "{}")]
    public async Task A_booking_whose_service_is_no_longer_offered_stays_where_it_was(string how, string body)
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync("update services set active = false");

        using var response = await tenant.SendAsync("POST", $"/bookings/{booking.Id}/{how}", body);

        Assert.Equal((404, Codes.NotFound), await response.ProblemAsync());
        Assert.Equivalent(booking, await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{booking.Id}"), strict: true);
    }

    [Fact]
    public async Task Moving_to_later_wins_no_time_to_cancel()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("""update services set cancellation = '{"deadlineMinutes": 60}'""");
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        using var later = await MoveAsync(tenant, booking.Id, "2026-03-03T12:00:00Z");
        using var earlier = await MoveAsync(tenant, booking.Id, "2026-03-02T11:00:00Z");

        Assert.Equal(Noon.AddHours(-1), (await later.DataAsync<BookingResponse>()).CancelDeadline);
        Assert.Equal(Noon.AddHours(-2), (await earlier.DataAsync<BookingResponse>()).CancelDeadline);
    }

    [Fact]
    public async Task A_moved_booking_keeps_its_resource_if_it_is_free_and_gets_another_otherwise()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(1);
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { ResourceIds = [tenant.DoctorId] });
        await tenant.BookedAsync(tenant.AtNoon("b@x.org") with { ResourceIds = [tenant.DoctorId], Start = Noon.AddHours(2) });

        using var same = await MoveAsync(tenant, booking.Id, "2026-03-02T13:00:00Z");
        using var other = await MoveAsync(tenant, booking.Id, "2026-03-02T14:00:00Z");
        using var longer = await MoveAsync(tenant, booking.Id, "2026-03-02T14:00:00Z", """, "durationMinutes": 61""");

        Assert.Equal(tenant.DoctorId, (await same.DataAsync<BookingResponse>()).Resources[0].Id);
        Assert.Equal(1, (await other.DataAsync<BookingResponse>()).Resources[0].Id);
        Assert.Equal((422, Codes.InvalidDuration), await longer.ProblemAsync());
    }

    [Fact]
    public async Task Reassigning_a_doctor_keeps_the_time_and_the_room()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(3);
        await tenant.ExecuteAsync("update service_resources set requirement = 2 where resource_id in (2, 3)");
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { ResourceIds = [1, 3] });

        var reassigned = await tenant.SentAsync<BookingResponse>(
            "POST", $"/bookings/{booking.Id}/reassign", $$"""{ "resourceIds": [{{tenant.DoctorId}}] }""");
        using var anyOther = await tenant.SendAsync("POST", $"/bookings/{booking.Id}/reassign", "{}");

        Assert.Equal([3, tenant.DoctorId], reassigned.Resources.Select(r => r.Id));
        Assert.Equal((booking.Start, 2), (reassigned.Start, reassigned.Version));
        Assert.Equal([1, 2], (await anyOther.DataAsync<BookingResponse>()).Resources.Select(r => r.Id));
        await tenant.BookedAsync(tenant.AtNoon("b@x.org") with { ResourceIds = [tenant.DoctorId, 3] });
        using var taken = await tenant.SendAsync("POST", $"/bookings/{booking.Id}/reassign", "{}");
        Assert.Equal(409, (int)taken.StatusCode);
    }

    [Fact]
    public async Task A_local_time_without_a_zone_is_in_the_zone_of_the_booking()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { TimeZone = "Europe/Berlin" });

        using var moved = await MoveAsync(tenant, booking.Id, "2026-03-03T10:00");

        Assert.Equal(DateTimeOffset.Parse("2026-03-03T09:00Z", null), (await moved.DataAsync<BookingResponse>()).Start);
    }

    [Fact]
    public async Task Concurrent_moves_with_the_same_version_move_the_booking_once()
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        var outcomes = await SchedulingAnswers.AtOnceAsync(10, i => tenant.SendAsync(
            "POST", $"/bookings/{booking.Id}/reschedule", $$"""{ "start": "2026-03-03T{{9 + (i % 8):00}}:00:00Z" }""", version: 1));

        Assert.Single(outcomes, o => o.Status == 200);
        Assert.Equal(9, outcomes.Count(o => o == (412, Codes.VersionMismatch)));
        Assert.Equal(1, await tenant.CountAsync("select count(*) from allocations"));
    }

    private static Task<HttpResponseMessage> MoveAsync(TestTenant tenant, long id, string start, string more = "") =>
        tenant.SendAsync("POST", $"/bookings/{id}/reschedule", $$"""{ "start": "{{start}}"{{more}} }""");
}
