using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Contracts;
using Platform.Core.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Bookings;

public sealed class IdempotencyTests(PlatformFixture platform)
{
    [Fact]
    public async Task The_same_request_with_the_same_key_replays_the_response_and_books_once()
    {
        var tenant = await platform.NewTenantAsync();

        using var first = await tenant.BookAsync(tenant.AtNoon(), "a-key");
        using var second = await tenant.BookAsync(tenant.AtNoon(), "a-key");

        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal((first.Headers.Location, first.Headers.ETag), (second.Headers.Location, second.Headers.ETag));
        Assert.True(second.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(1, await tenant.QueryAsync(db => db.Bookings.CountAsync()));
    }

    [Fact]
    public async Task Another_request_with_the_same_key_is_refused()
    {
        var tenant = await platform.NewTenantAsync();
        using var first = await tenant.BookAsync(tenant.AtNoon(), "a-key");

        using var second = await tenant.BookAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am }, "a-key");

        Assert.Equal((422, Codes.IdempotencyKeyReused), await second.ProblemAsync());
        Assert.Equal(1, await tenant.QueryAsync(db => db.Bookings.CountAsync()));
    }

    [Fact]
    public async Task An_idempotency_key_of_another_user_has_no_effect()
    {
        var tenant = await platform.NewTenantAsync();
        using var first = await tenant.BookAsync(tenant.AtNoon(), "a-key");
        using var staff = platform.ClientWith(1, staff: true, Scopes.Scheduling);
        staff.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");
        staff.DefaultRequestHeaders.Add(Headers.IdempotencyKey, "a-key");

        using var other = await staff.PostAsJsonAsync(
            "/api/v1/bookings", tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddHours(1) }, PlatformJson.Options);

        Assert.Equal(HttpStatusCode.Created, other.StatusCode);
        Assert.False(other.Headers.Contains("Idempotency-Replayed"));
    }

    [Fact]
    public async Task A_request_that_was_refused_leaves_its_key_unused()
    {
        var tenant = await platform.NewTenantAsync();
        var booked = await tenant.BookedAsync(tenant.AtNoon());
        using var refused = await tenant.BookAsync(tenant.AtNoon(), "a-key");
        using var cancelled = await tenant.Client.PostAsync($"/api/v1/bookings/{booked.Id}/cancel", null);

        using var again = await tenant.BookAsync(tenant.AtNoon(), "a-key");

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
    }

    [Fact]
    public async Task Concurrent_requests_with_one_key_book_once()
    {
        var tenant = await platform.NewTenantAsync();

        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => tenant.BookAsync(tenant.AtNoon(), "a-key")));

        Assert.Contains(responses, r => r.StatusCode == HttpStatusCode.Created);
        foreach (var response in responses.Where(r => r.StatusCode != HttpStatusCode.Created))
        {
            Assert.Equal((409, Codes.IdempotencyInProgress), await response.ProblemAsync());
        }

        Assert.Equal(1, await tenant.QueryAsync(db => db.Bookings.CountAsync()));
    }

    [Fact]
    public async Task A_second_request_does_not_wait_for_the_first_that_still_runs()
    {
        var tenant = await platform.NewTenantAsync();
        var earlier = await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am });
        await using var somebody = new NpgsqlConnection($"{platform.Databases.TenantDb};Pooling=false");
        await somebody.OpenAsync();
        await using var holding = await somebody.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand(
            $"""
            insert into {tenant.Schema}.allocations (booking_id, resource_id, unit, occupied)
            values ({earlier.Id}, {tenant.DoctorId}, 1, '[2026-03-02 12:00Z,2026-03-02 13:00Z)')
            """, somebody, holding);
        await hold.ExecuteNonQueryAsync(); // the first request now waits for this transaction to end
        var first = tenant.BookAsync(tenant.AtNoon(), "a-key");
        await UntilBlockedAsync(somebody.ProcessID);

        using var second = await tenant.BookAsync(tenant.AtNoon(), "a-key");
        await holding.RollbackAsync();

        Assert.Equal((409, Codes.IdempotencyInProgress), await second.ProblemAsync());
        using var answered = await first;
        Assert.Equal(HttpStatusCode.Created, answered.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task A_malformed_key_returns_400(string key)
    {
        var tenant = await platform.NewTenantAsync();

        using var response = await tenant.BookAsync(tenant.AtNoon(), key);

        Assert.Equal((400, Codes.ValidationFailed), await response.ProblemAsync());
    }

    [Fact]
    public async Task A_booking_takes_at_most_four_round_trips_with_its_key()
    {
        var tenant = await platform.NewTenantAsync();
        using var warm = await tenant.Client.GetAsync("/api/v1/services");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/bookings")
        {
            Content = System.Net.Http.Json.JsonContent.Create(tenant.AtNoon(), options: PlatformJson.Options),
        };
        request.Headers.Add(Headers.IdempotencyKey, "a-key");
        var trace = platform.Api.Statements.Watch(request);

        using var response = await tenant.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.InRange(platform.Api.Statements.RoundTripsOf(trace).Count, 2, 4);
    }

    private async Task UntilBlockedAsync(int process)
    {
        await using var source = NpgsqlDataSource.Create($"{platform.Databases.TenantDb};Pooling=false");
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(20);
        while (TimeProvider.System.GetUtcNow() < deadline)
        {
            await using var command = source.CreateCommand(
                $"select exists (select from pg_stat_activity where {process} = any (pg_blocking_pids(pid)))");
            if (await command.ExecuteScalarAsync() is true) return;
            await Task.Delay(20);
        }

        Assert.Fail("The first request never came to wait.");
    }
}
