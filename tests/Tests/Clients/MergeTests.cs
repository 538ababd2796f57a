using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Clients;
using Platform.Core.Bookings;
using Platform.Core.Bookings.Series;
using Platform.Core.Bookings.Waitlists;
using Platform.Core.Outbox;
using Platform.Tests.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Clients;

public sealed class MergeTests(PlatformFixture platform)
{
    [Fact]
    public async Task Merging_moves_everything_fills_what_is_missing_and_is_announced_once()
    {
        var tenant = await platform.NewTenantAsync();
        var stays = await tenant.KnownAsync(new("Ada", Metadata: JsonSerializer.SerializeToElement(new { a = 1, b = 1 })));
        var goes = await tenant.KnownAsync(new(
            "Ada L.", "ada@example.com", "+442071234567", TimeZone: "Europe/London",
            Metadata: JsonSerializer.SerializeToElement(new { b = 2, c = 3 })));
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync($"""
            insert into series (uid, service_id, client_id, start_local, rule_start, time_zone, duration_minutes, rrule, status)
            values ('s', {tenant.ServiceId}, {goes.Id}, '2026-01-01', '2026-01-01', 'Etc/UTC', 60, 'FREQ=DAILY', 'active');
            insert into waitlist_entries (service_id, client_id, wanted, time_zone, status)
            values ({tenant.ServiceId}, {goes.Id}, '[2026-01-01,2026-01-02)', 'Etc/UTC', 'waiting');
            """);
        Assert.Equal(goes.Id, booking.Client!.Id);

        using var first = await tenant.MergeAsync(stays.Id, goes.Id, "\"1\"");
        using var again = await tenant.MergeAsync(stays.Id, goes.Id);

        var merged = await first.DataAsync<ClientResponse>();
        Assert.Equal(("Ada", "ada@example.com", "+442071234567", "Europe/London", 2),
            (merged.Name, merged.Email, merged.Phone, merged.TimeZone, merged.Version));
        Assert.Equal("""{"a":1,"b":1,"c":3}""", merged.Metadata.GetRawText());
        Assert.Equal(2, (await again.DataAsync<ClientResponse>()).Version);
        var other = await tenant.ClientAsync(goes.Id);
        Assert.Equal((stays.Id, null, null), (other.MergedIntoId, other.Email, other.Phone));
        Assert.Equal([stays.Id], await tenant.QueryAsync(db => db.Bookings.Select(b => b.ClientId!.Value).ToListAsync()));
        Assert.Equal([stays.Id], await tenant.QueryAsync(db => db.Series.Select(s => s.ClientId!.Value).ToListAsync()));
        Assert.Equal([stays.Id], await tenant.QueryAsync(db => db.Waitlist.Select(w => w.ClientId).ToListAsync()));
        var announced = await tenant.QueryAsync(db => db.Outbox.SingleAsync(
            m => m.TenantId == tenant.Id && m.EventType == "client.merged"));
        Assert.Equal((stays.Id, 2), (announced.AggregateId, announced.AggregateVersion));
        using var list = await tenant.Client.GetAsync(ClientCalls.Clients);
        Assert.Equal([stays.Id], (await list.DataAsync<List<ClientResponse>>()).Select(c => c.Id));
    }

    [Fact]
    public async Task A_client_merged_twice_points_to_the_final_record()
    {
        var tenant = await platform.NewTenantAsync();
        var (a, b, c) = (await tenant.KnownAsync(new("A")), await tenant.KnownAsync(new("B")), await tenant.KnownAsync(new("C")));

        using var first = await tenant.MergeAsync(b.Id, c.Id);
        using var second = await tenant.MergeAsync(a.Id, b.Id);

        Assert.True(second.IsSuccessStatusCode);
        Assert.Equal(a.Id, (await tenant.ClientAsync(c.Id)).MergedIntoId);
        Assert.Equal(a.Id, (await tenant.ClientAsync(b.Id)).MergedIntoId);
    }

    [Fact]
    public async Task A_client_is_not_merged_with_itself_or_with_a_merged_or_erased_client()
    {
        var tenant = await platform.NewTenantAsync();
        var (a, b, c) = (await tenant.KnownAsync(new("A")), await tenant.KnownAsync(new("B")), await tenant.KnownAsync(new("C")));
        var erased = await tenant.KnownAsync(new("E"));
        using var _ = await tenant.MergeAsync(a.Id, b.Id);
        using var __ = await tenant.EraseAsync(erased.Id);

        using var itself = await tenant.MergeAsync(a.Id, a.Id);
        using var elsewhere = await tenant.MergeAsync(c.Id, b.Id);
        using var into = await tenant.MergeAsync(b.Id, c.Id);
        using var gone = await tenant.MergeAsync(c.Id, erased.Id);
        using var stale = await tenant.MergeAsync(a.Id, c.Id, "\"1\"");
        using var missing = await tenant.MergeAsync(a.Id, 999_999);
        using var change = await tenant.SendAsync(HttpMethod.Patch, $"{ClientCalls.Clients}/{b.Id}", """{ "name": "x" }""");

        Assert.Equal((422, Codes.SameClient), await itself.ProblemAsync());
        Assert.Equal((409, Codes.ClientMerged), await elsewhere.ProblemAsync());
        Assert.Equal((409, Codes.ClientMerged), await into.ProblemAsync());
        Assert.Equal((409, Codes.ClientErased), await gone.ProblemAsync());
        Assert.Equal((412, Codes.VersionMismatch), await stale.ProblemAsync());
        Assert.Equal((404, Codes.NotFound), await missing.ProblemAsync());
        Assert.Equal((409, Codes.ClientMerged), await change.ProblemAsync());
    }

    [Fact]
    public async Task Of_two_concurrent_crosswise_merges_one_succeeds()
    {
        var tenant = await platform.NewTenantAsync();

        for (var round = 0; round < 5; round++)
        {
            var (a, b) = (await tenant.KnownAsync(new("A")), await tenant.KnownAsync(new("B")));

            var responses = await Task.WhenAll(
                tenant.MergeAsync(a.Id, b.Id), tenant.MergeAsync(b.Id, a.Id), tenant.MergeAsync(a.Id, b.Id));

            var happened = new[] { await tenant.ClientAsync(a.Id), await tenant.ClientAsync(b.Id) };
            Assert.Single(happened, client => client.MergedIntoId is not null);
            Assert.All(responses, r => Assert.True(r.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict));
            Assert.Contains(responses, r => r.StatusCode == HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Bookings_made_during_a_merge_belong_to_the_surviving_client()
    {
        const int rounds = 4, bookers = 12;
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("update resources set capacity = 1000");

        for (var round = 0; round < rounds; round++)
        {
            var stays = await tenant.KnownAsync(new("Stays", $"stays{round}@example.com"));
            var goes = await tenant.KnownAsync(new("Goes", $"goes{round}@example.com"));
            var byId = tenant.AtNoon() with { Client = null, ClientId = goes.Id, Note = "secret" };
            var byEmail = tenant.AtNoon(goes.Email);
            var member = $$""" "serviceId": {{tenant.ServiceId}}, "clientId": {{goes.Id}}""";
            var merging = new TaskCompletionSource();
            var booking = Enumerable.Range(0, bookers).Select(n => BookUntilAsync(n % 2 == 0 ? byId : byEmail)).ToList();
            List<Task<HttpResponseMessage>> calls = [tenant.MergeAsync(stays.Id, goes.Id)];
            calls.Add(tenant.HoldAsync(PlatformFixture.Monday9am.AddHours(3), $$""", "clientId": {{goes.Id}}"""));
            calls.Add(tenant.SendAsync("POST", "/series", $$"""{ {{member}}, "start": "2026-03-03T12:00:00Z", "rrule": "FREQ=DAILY;COUNT=3" }"""));
            calls.Add(tenant.SendAsync("POST", "/waitlist", $$"""{ {{member}}, "from": "2026-03-02T10:00:00Z", "to": "2026-03-03T10:00:00Z" }"""));
            var responses = await Task.WhenAll(calls);
            merging.SetResult();
            await Task.WhenAll(booking);

            Assert.All(responses, r => Assert.True(r.IsSuccessStatusCode, r.ToString()));
            foreach (var table in (string[])["bookings", "series", "waitlist_entries"])
            {
                Assert.Equal(0, await tenant.CountAsync($"select count(*) from {table} where client_id = {goes.Id}"));
                Assert.NotEqual(0, await tenant.CountAsync($"select count(*) from {table} where client_id = {stays.Id}"));
            }

            Assert.Equal(0, await tenant.CountAsync("select count(*) from clients where name not in ('Stays', 'Goes')"));

            async Task BookUntilAsync(CreateBookingRequest request)
            {
                while (true)
                {
                    var isLast = merging.Task.IsCompleted;
                    await tenant.BookedAsync(request);
                    if (isLast) return;
                }
            }
        }
    }

    [Fact]
    public async Task Writes_for_a_merged_client_apply_to_the_surviving_client()
    {
        var tenant = await platform.NewTenantAsync();
        var stays = await tenant.KnownAsync(new("Stays", "stays@example.com"));
        var goes = await tenant.KnownAsync(new("Goes", "goes@example.com"));
        using var _ = await tenant.MergeAsync(stays.Id, goes.Id);

        var byEmail = await tenant.BookedAsync(tenant.AtNoon("GOES@example.com"));
        var byId = await tenant.BookedAsync(new(tenant.ServiceId, PlatformFixture.Monday9am, ClientId: goes.Id));
        var entry = await tenant.JoinedAsync(tenant.Monday("goes"));
        using var taken = await tenant.Client.PostAsJsonAsync(ClientCalls.Clients, new CreateClientRequest("X", "goes@example.com"));
        using var moved = await tenant.SendAsync(HttpMethod.Patch, $"{ClientCalls.Clients}/{stays.Id}", """{ "email": "goes@example.com" }""");

        Assert.Equal([stays.Id, stays.Id, stays.Id], [byEmail.Client!.Id, byId.Client!.Id, entry.Client.Id]);
        Assert.Equal(409, (int)taken.StatusCode);
        Assert.Equal(stays.Id, JsonDocument.Parse(await taken.Content.ReadAsStringAsync()).RootElement.GetProperty("existingId").GetInt64());
        Assert.Equal("goes@example.com", (await moved.DataAsync<ClientResponse>()).Email);
        Assert.Equal(0, await tenant.CountAsync("select count(*) from clients where name = 'X'"));
    }

    [Fact]
    public async Task Merging_again_moves_what_was_left_behind()
    {
        var tenant = await platform.NewTenantAsync();
        var (stays, goes) = (await tenant.KnownAsync(new("Stays")), await tenant.KnownAsync(new("Goes")));
        using var _ = await tenant.MergeAsync(stays.Id, goes.Id);
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await tenant.ExecuteAsync($"update bookings set client_id = {goes.Id}");

        using var again = await tenant.MergeAsync(stays.Id, goes.Id);

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(stays.Id, (await tenant.SentAsync<BookingResponse>("GET", $"/bookings/{booking.Id}")).Client!.Id);
    }

    [Fact]
    public async Task Records_that_may_be_one_person_are_named_with_the_reason()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.KnownAsync(new("João Silva", "joao.silva@example.com", "+5511912345678"));
        await tenant.KnownAsync(new("JOAO  SILVA", "joaosilva+x@example.com", "+55 11 91234 5678"));
        await tenant.KnownAsync(new("Somebody else", "else@example.com"));

        using var response = await tenant.Client.GetAsync($"{ClientCalls.Clients}/duplicates");

        var group = Assert.Single(await response.DataAsync<List<ClientDuplicates>>());
        Assert.Equal(["João Silva", "JOAO  SILVA"], group.Clients.Select(c => c.Name));
        Assert.Equal(
            [DuplicateReasons.Phone, DuplicateReasons.Mailbox, DuplicateReasons.NameAndEmail], group.Reasons);
    }
}
