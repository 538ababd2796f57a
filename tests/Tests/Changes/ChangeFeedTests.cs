using System.Globalization;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Changes;
using Platform.Tests.Bookings;
using Platform.Tests.Clients;
using Platform.Tests.Support;

namespace Platform.Tests.Changes;

public sealed class ChangeFeedTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_follower_sees_each_changed_entity_once_and_each_deletion()
    {
        var tenant = await platform.NewTenantAsync();
        var start = await EndAsync(tenant);

        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.SentAsync<BookingResponse>("PATCH", $"/bookings/{booking.Id}", """{ "note": "x" }""");
        await tenant.HeldAsync(PlatformFixture.Monday9am);
        var blackout = await tenant.SentAsync<BlackoutResponse>(
            "POST", "/blackouts", """{ "start": "2026-03-03T12:00:00Z", "end": "2026-03-03T13:00:00Z", "reason": "Lunch" }""");
        using var _ = await tenant.SendAsync("DELETE", $"/blackouts/{blackout.Id}");
        using var __ = await tenant.SendAsync(
            "PUT", $"/resources/{tenant.DoctorId}/overrides/2026-03-05", """{ "intervals": [] }""");

        var (seen, next) = await ReadAsync(tenant, start);
        Assert.Equal(
            [
                $"blackout {blackout.Id} deleted ", $"booking {booking.Id} changed /api/v1/bookings/{booking.Id}",
                $"client {booking.Client!.Id} changed /api/v1/clients/{booking.Client.Id}",
                $"resource {tenant.DoctorId} changed /api/v1/resources/{tenant.DoctorId}",
            ],
            seen.Order(StringComparer.Ordinal));
        Assert.Empty((await ReadAsync(tenant, next)).Seen);

        await tenant.CancelledAsync(booking);
        Assert.Equal([$"booking {booking.Id} changed /api/v1/bookings/{booking.Id}"], (await ReadAsync(tenant, next)).Seen);
    }

    [Fact]
    public async Task Merging_and_erasing_are_seen()
    {
        var tenant = await platform.NewTenantAsync();
        var (stays, goes) = (await tenant.KnownAsync(new("Stays")), await tenant.KnownAsync(new("Goes")));
        var booking = await tenant.BookedAsync(new(tenant.ServiceId, PlatformFixture.Monday9am, ClientId: goes.Id));
        var start = await EndAsync(tenant);

        using var _ = await tenant.MergeAsync(stays.Id, goes.Id);
        var (merged, next) = await ReadAsync(tenant, start);
        await tenant.CancelledAsync(booking);
        using var __ = await tenant.EraseAsync(stays.Id);
        var (erased, _) = await ReadAsync(tenant, next);

        Assert.Contains($"client {goes.Id} merged /api/v1/clients/{goes.Id}", merged);
        Assert.Contains($"client {stays.Id} changed /api/v1/clients/{stays.Id}", merged);
        Assert.Contains($"booking {booking.Id} changed /api/v1/bookings/{booking.Id}", merged);
        Assert.Contains($"client {stays.Id} erased /api/v1/clients/{stays.Id}", erased);
        Assert.Contains($"booking {booking.Id} changed /api/v1/bookings/{booking.Id}", erased);
    }

    [Fact]
    public async Task A_change_that_commits_late_is_not_missed()
    {
        var tenant = await platform.NewTenantAsync();
        var start = await EndAsync(tenant);
        await using var source = NpgsqlDataSource.Create(platform.Databases.TenantDb);
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var late = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var insert = new NpgsqlCommand(
            $"""
            set local search_path to {tenant.Schema};
            insert into clients (id, name, locale) values (1, 'Late', 'en');
            """, connection, late))
        {
            await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var early = await tenant.KnownAsync(new("Early"));
        var (before, next) = await ReadAsync(tenant, start);
        await late.CommitAsync(TestContext.Current.CancellationToken);
        var (after, _) = await ReadAsync(tenant, next);

        Assert.Equal([$"client {early.Id} changed /api/v1/clients/{early.Id}"], before);
        Assert.Equal(["client 1 changed /api/v1/clients/1"], after);
    }

    [Fact]
    public async Task A_follower_during_concurrent_writes_receives_every_change()
    {
        const int count = 30;
        var tenant = await platform.NewTenantAsync();
        var next = await EndAsync(tenant);
        HashSet<string> seen = [];

        var writing = Task.WhenAll(Enumerable.Range(0, count).Select(n => tenant.KnownAsync(new($"C{n}"))));
        while (!writing.IsCompleted) await FollowAsync();
        var clients = await writing;
        await FollowAsync();

        Assert.Equal(clients.Select(c => $"client {c.Id} changed /api/v1/clients/{c.Id}").Order(), seen.Order());

        async Task FollowAsync()
        {
            (var found, next) = await ReadAsync(tenant, next, limit: 7);
            seen.UnionWith(found);
        }
    }

    [Theory]
    [InlineData("after=x", "after")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    public async Task An_invalid_cursor_or_limit_returns_400(string query, string field)
    {
        var tenant = await platform.UntouchedTenantAsync();

        Assert.Equal((400, Codes.ValidationFailed, field), await tenant.RefusedAsync("GET", $"/changes?{query}"));
    }

    private static async Task<string> EndAsync(TestTenant tenant) => (await ReadAsync(tenant, null)).Next;

    private static async Task<(List<string> Seen, string Next)> ReadAsync(TestTenant tenant, string? after, int limit = 3)
    {
        List<string> seen = [];
        while (true)
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"/changes?limit={limit}{(after is null ? "" : $"&after={after}")}");
            var feed = await tenant.SentAsync<ChangeFeed>("GET", query);
            Assert.True(feed.Changes.Count <= limit);
            seen.AddRange(feed.Changes.Select(c => $"{c.Type} {c.Id} {c.Operation} {c.Url}"));
            after = feed.Next;
            if (!feed.HasMore) return (seen, feed.Next);
        }
    }
}
