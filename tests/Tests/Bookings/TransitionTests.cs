using System.Net;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

public sealed class TransitionTests(PlatformFixture platform)
{
    /// <summary>The transitions that each status allows; all others are refused.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["pending"] = ["confirm", "reject", "cancel", "reschedule", "reassign"],
        ["confirmed"] = ["check-in", "no-show", "cancel", "reschedule", "reassign"],
        ["checked_in"] = ["complete", "reassign"],
        ["completed"] = [],
        ["cancelled"] = ["cancel"], // twice is once
        ["rejected"] = [],
        ["expired"] = [],
        ["no_show"] = ["undo", "check-in"],
    };

    [Fact]
    public async Task Every_status_allows_only_its_listed_transitions()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.HireAsync(1);
        await tenant.ExecuteAsync("update services set check_in = '{}'");
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        foreach (var (status, allowed) in Allowed)
        {
            foreach (var action in (string[])["confirm", "reject", "cancel", "check-in", "no-show", "undo", "complete", "reschedule", "reassign"])
            {
                var start = action is "no-show" ? "2026-03-02T09:00:00Z" : "2026-03-02T12:00:00Z";
                await tenant.ExecuteAsync($"""
                    update bookings set status = '{status}', start_at = '{start}', end_at = timestamptz '{start}' + interval '1 hour';
                    update allocations set active = true;
                    """);

                var path = $"/bookings/{booking.Id}/{(action == "undo" ? "no-show" : action)}";
                using var response = await tenant.SendAsync("POST", path, action switch
                {
                    "undo" => """{ "undo": true }""",
                    "reschedule" => """{ "start": "2026-03-02T14:00:00Z" }""",
                    _ => "{}",
                });

                if (allowed.Contains(action))
                {
                    Assert.True(response.StatusCode == HttpStatusCode.OK, $"{status} {action}: {await response.Content.ReadAsStringAsync()}");
                }
                else
                {
                    Assert.Equal((409, Codes.InvalidTransition), await response.ProblemAsync());
                }
            }
        }
    }

    [Fact]
    public async Task A_booking_that_waits_for_approval_blocks_and_frees_its_time_when_it_is_rejected()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set requires_approval = true");
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        Assert.Equal("pending", booking.Status);
        Assert.DoesNotContain("02 12:00", await tenant.StartsAsync());
        var rejected = await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{booking.Id}/reject", """{ "reason": "full" }""");

        Assert.Equal(("rejected", "full", 2), (rejected.Status, rejected.CancelReason, rejected.Version));
        Assert.Contains("02 12:00", await tenant.StartsAsync());
    }

    [Theory]
    [InlineData("""{"opensMinutesBefore": 180}""", 200)]
    [InlineData("""{"opensMinutesBefore": 179}""", 409)]
    [InlineData("""{}""", 200)]
    public async Task Check_in_opens_at_its_configured_time_before_the_start(string policy, int status)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"update services set check_in = '{policy}'");
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        using var response = await tenant.SendAsync("POST", $"/bookings/{booking.Id}/check-in");

        Assert.Equal(status, (int)response.StatusCode);
        if (status == 200) Assert.Equal(PlatformFixture.Monday9am, (await response.DataAsync<BookingResponse>()).CheckedInAt);
    }

    [Theory]
    [InlineData("2026-03-02T09:00:00.000001Z", false)]
    [InlineData("2026-03-02T09:00:00Z", true)]
    public async Task No_show_before_the_start_is_refused(string start, bool allowed)
    {
        var tenant = await platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync($"update bookings set start_at = '{start}'");

        using var response = await tenant.SendAsync("POST", $"/bookings/{booking.Id}/no-show");
        Assert.Equal(allowed ? 200 : 409, (int)response.StatusCode);
        if (!allowed) return;

        var undone = await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{booking.Id}/no-show", """{ "undo": true }""");
        Assert.Equal(("confirmed", 3), (undone.Status, undone.Version));
        Assert.Equal(
            ["booking.created", "booking.status_changed", "booking.status_changed"],
            (await tenant.SentAsync<List<BookingEventResponse>>("GET", $"/bookings/{booking.Id}/events")).Select(e => e.EventType));
    }

    [Theory]
    [InlineData("confirm")]
    [InlineData("reject")]
    [InlineData("cancel")]
    [InlineData("check-in")]
    [InlineData("reschedule")]
    [InlineData("reassign")]
    public async Task A_transition_with_stale_version_returns_412(string action)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update services set requires_approval = true");
        var booking = await tenant.BookedAsync(tenant.AtNoon());

        var body = action == "reschedule" ? """{ "start": "2026-03-02T14:00:00Z" }""" : "{}";
        using var stale = await tenant.SendAsync("POST", $"/bookings/{booking.Id}/{action}", body, version: 2);

        Assert.Equal((412, Codes.VersionMismatch), await stale.ProblemAsync());
        Assert.Equal(1, (await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{booking.Id}")).Version);
    }

    [Theory]
    [InlineData("2026-03-02T09:00:00Z", null, 200, null)] // at the deadline itself it is free
    [InlineData("2026-03-02T08:59:59.999999Z", null, 422, null)]
    [InlineData("2026-03-02T09:00:00Z", "10.50", 200, null)]
    [InlineData("2026-03-02T08:59:59.999999Z", "10.50", 200, "10.50")]
    public async Task Cancelling_is_free_until_the_deadline(string deadline, string? fee, int status, string? due)
    {
        var tenant = await platform.NewTenantAsync();
        var money = fee is null ? "" : $$""", "fee": {"amount": {{fee}}, "currency": "EUR"}""";
        await tenant.ExecuteAsync($$"""update services set cancellation = '{"deadlineMinutes": 180{{money}}}'""");
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        Assert.Equal(PlatformFixture.Monday9am, booking.CancelDeadline);
        await tenant.ExecuteAsync($"update bookings set cancel_deadline = '{deadline}'");

        using var response = await tenant.SendAsync("POST", $"/bookings/{booking.Id}/cancel", "{}");

        Assert.Equal(status, (int)response.StatusCode);
        if (status == 422)
        {
            Assert.Equal((422, Codes.CancellationClosed), await response.ProblemAsync());
            var waived = await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{booking.Id}/cancel", """{ "waivePolicy": true }""");
            Assert.Equal(("cancelled", null), (waived.Status, waived.FeeDue));
            return;
        }

        var again = await tenant.SentAsync<BookingResponse>("POST", $"/bookings/{booking.Id}/cancel", "{}");
        Assert.Equal(due is null ? null : new Money(10.50m, "EUR"), (await response.DataAsync<BookingResponse>()).FeeDue);
        Assert.Equal((due is null ? null : 10.50m, 2), (again.FeeDue?.Amount, again.Version));
    }

    [Fact]
    public async Task Answers_are_checked_whenever_they_are_given()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("""
            update services set questions = '[{"key": "age", "label": "Age", "type": "number", "required": true}]'
            """);
        var body = $$"""{ "serviceId": {{tenant.ServiceId}}, "start": "2026-03-02T12:00:00Z" """;

        var missing = await tenant.RefusedAsync("POST", "/bookings", body + "}");
        var wrong = await tenant.RefusedAsync("POST", "/bookings", body + """, "answers": { "age": "six" } }""");
        var booking = await tenant.SentAsync<BookingResponse>("POST", "/bookings", body + """, "answers": { "age": 6 } }""");
        var changed = await tenant.RefusedAsync("PATCH", $"/bookings/{booking.Id}", """{ "answers": { "age": "seven" } }""");
        var noted = await tenant.SentAsync<BookingResponse>("PATCH", $"/bookings/{booking.Id}", """{ "note": "late" }""");

        Assert.Equal((422, Codes.InvalidAnswers, "answers.age"), missing);
        Assert.Equal((422, Codes.InvalidAnswers, "answers.age"), wrong);
        Assert.Equal((422, Codes.InvalidAnswers, "answers.age"), changed);
        Assert.Equal(("late", 6), (noted.Note, noted.Answers!.Value.GetProperty("age").GetInt32()));
    }
}
