using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Bookings.Waitlists;
using Platform.Tests.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Public;

public sealed class PublicWaitlistTests(PlatformFixture platform)
{
    private static readonly DateTimeOffset Nine = PlatformFixture.Monday9am;

    [Fact]
    public async Task A_visitor_waits_sees_the_offer_and_books_it()
    {
        var tenant = await platform.NewTenantAsync();
        using var anybody = platform.Client();
        var taken = await tenant.BookedAsync(tenant.AtNoon());

        var entry = await JoinedAsync(anybody, tenant, Wish(tenant));
        var path = $"/public/api/v1/{tenant.Slug}/waitlist/{entry.WaitlistToken}";
        await tenant.CancelledAsync(taken);
        using var seen = await anybody.GetAsync(path);
        var offered = await seen.DataAsync<PublicWaitlistResponse>();
        using var booked = await anybody.PostAsJsonAsync(
            $"/public/api/v1/{tenant.Slug}/bookings",
            new PublicBookingRequest(
                tenant.ServiceId, taken.Start, new("Vi", "vi@example.com"), Consent: true, HoldToken: offered.Offer?.Token),
            PlatformJson.Options);
        using var after = await anybody.GetAsync(path);
        using var left = await anybody.DeleteAsync(path);

        Assert.Equal((WaitlistStatuses.Waiting, null), (entry.Status, entry.Offer));
        Assert.Equal((WaitlistStatuses.Offered, taken.Start), (offered.Status, offered.Offer?.Start));
        Assert.Equal(BookingStatuses.Confirmed, (await booked.DataAsync<PublicBookingResponse>()).Status);
        var ended = await after.DataAsync<PublicWaitlistResponse>();
        Assert.Equal((WaitlistStatuses.Booked, null, null), (ended.Status, ended.Offer, ended.WaitlistToken));
        Assert.Equal((409, Codes.InvalidTransition), await left.ProblemAsync());
        var stored = await tenant.QueryAsync(db => db.Waitlist.SingleAsync());
        Assert.Equal(Nine, stored.ConsentedAt);
    }

    [Fact]
    public async Task A_visitor_who_leaves_gets_no_offer()
    {
        var tenant = await platform.NewTenantAsync();
        using var anybody = platform.Client();
        var taken = await tenant.BookedAsync(tenant.AtNoon());
        var entry = await JoinedAsync(anybody, tenant, Wish(tenant));

        using var left = await anybody.DeleteAsync($"/public/api/v1/{tenant.Slug}/waitlist/{entry.WaitlistToken}");
        await tenant.CancelledAsync(taken);

        Assert.Equal(WaitlistStatuses.Cancelled, (await left.DataAsync<PublicWaitlistResponse>()).Status);
        Assert.Equal(["Vi cancelled"], await tenant.WaitlistAsync());
    }

    [Fact]
    public async Task An_existing_entry_is_returned_for_its_key_and_not_for_its_address()
    {
        var tenant = await platform.NewTenantAsync();
        using var anybody = platform.Client();

        var first = await JoinedAsync(anybody, tenant, Wish(tenant), "key-1");
        var stranger = await JoinedAsync(anybody, tenant, Wish(tenant));
        var repeated = await JoinedAsync(anybody, tenant, Wish(tenant), "key-1");
        using var reused = await JoinAsync(anybody, tenant, Wish(tenant) with { PartySize = 2 }, "key-1");

        Assert.NotNull(first.WaitlistToken);
        Assert.Null(stranger.WaitlistToken);
        Assert.Equal(first.WaitlistToken, repeated.WaitlistToken);
        Assert.Equal((422, Codes.IdempotencyKeyReused), await reused.ProblemAsync());
        Assert.NotEmpty(first.FreeSlots!);
    }

    [Fact]
    public async Task A_token_works_for_its_own_entry_and_tenant_alone()
    {
        var (tenant, other) = (await platform.NewTenantAsync(), await platform.NewTenantAsync());
        using var anybody = platform.Client();
        var token = (await JoinedAsync(anybody, tenant, Wish(tenant))).WaitlistToken!;
        await JoinedAsync(anybody, other, Wish(other));
        var changed = (token[0] == 'A' ? 'B' : 'A') + token[1..];

        foreach (var path in (string[])
            [$"{other.Slug}/waitlist/{token}", $"{tenant.Slug}/waitlist/{changed}", $"{tenant.Slug}/manage/{token}"])
        {
            using var answer = await anybody.GetAsync($"/public/api/v1/{path}");
            Assert.Equal((404, Codes.NotFound), await answer.ProblemAsync());
        }
    }

    [Fact]
    public async Task A_visitors_request_is_validated_like_a_staff_request()
    {
        var tenant = await platform.NewTenantAsync();
        using var anybody = platform.Client();
        var wish = Wish(tenant);

        Assert.Equal((422, Codes.ConsentRequired), await RefusedAsync(wish with { Consent = false }));
        Assert.Equal((404, Codes.NotFound), await RefusedAsync(wish with { ServiceId = 1 }));
        Assert.Equal((404, Codes.NotFound), await RefusedAsync(wish with { ResourceId = 1 }));
        Assert.Equal((400, Codes.ValidationFailed), await RefusedAsync(wish with { Client = new("Vi", "nobody") }));
        Assert.Equal((422, Codes.InvalidPhone), await RefusedAsync(wish with { Client = wish.Client with { Phone = "12" } }));
        Assert.Equal((422, Codes.InvalidRange), await RefusedAsync(wish with { To = wish.From }));
        Assert.Equal((422, Codes.RangeTooLong), await RefusedAsync(wish with { To = Nine.AddDays(93) }));
        await tenant.ExecuteAsync("update services set public = false");
        Assert.Equal((404, Codes.NotFound), await RefusedAsync(wish));
        Assert.Equal(0, await tenant.QueryAsync(db => db.Waitlist.CountAsync()));

        async Task<(int, string?)> RefusedAsync(PublicWaitlistRequest request)
        {
            using var answer = await JoinAsync(anybody, tenant, request);
            return await answer.ProblemAsync();
        }
    }

    private static PublicWaitlistRequest Wish(TestTenant tenant) =>
        new(tenant.ServiceId, Nine, Nine.AddHours(12), new("Vi", "vi@example.com"), Consent: true);

    private static async Task<PublicWaitlistResponse> JoinedAsync(
        HttpClient client, TestTenant tenant, PublicWaitlistRequest request, string? key = null)
    {
        using var response = await JoinAsync(client, tenant, request, key);
        return await response.DataAsync<PublicWaitlistResponse>();
    }

    private static Task<HttpResponseMessage> JoinAsync(
        HttpClient client, TestTenant tenant, PublicWaitlistRequest request, string? key = null)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, $"/public/api/v1/{tenant.Slug}/waitlist")
        {
            Content = JsonContent.Create(request, options: PlatformJson.Options),
        };
        if (key is not null) message.Headers.Add(Headers.IdempotencyKey, key);
        return client.SendAsync(message);
    }
}
