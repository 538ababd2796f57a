using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Core.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Public;

public sealed class PublicBookingTests(PlatformFixture platform)
{
    private static readonly DateTimeOffset Noon = PlatformFixture.Monday9am.AddHours(3);

    [Fact]
    public async Task A_client_without_an_account_holds_books_sees_moves_and_cancels()
    {
        var tenant = await platform.NewTenantAsync();
        using var anybody = platform.Client();
        var root = $"/public/api/v1/{tenant.Slug}";

        using var held = await anybody.PostAsJsonAsync($"{root}/holds", new PublicHoldRequest(tenant.ServiceId, Noon), PlatformJson.Options);
        var hold = await held.DataAsync<HoldResponse>();
        using var made = await BookAsync(anybody, tenant, Wanted(tenant) with { HoldToken = hold.Token });
        var booking = await made.DataAsync<PublicBookingResponse>();
        var manage = $"{root}/manage/{booking.ManageToken}";
        using var seen = await anybody.GetAsync(manage);
        using var moved = await anybody.PostAsJsonAsync(
            $"{manage}/reschedule", new PublicRescheduleRequest(Noon.AddHours(2)), PlatformJson.Options);
        using var calendar = await anybody.GetAsync($"{manage}/calendar.ics");
        using var cancelled = await anybody.PostAsJsonAsync($"{manage}/cancel", new PublicCancelRequest("ill"));

        Assert.Equal("confirmed", booking.Status);
        var shown = await seen.DataAsync<PublicBookingResponse>();
        Assert.Equal((booking.Uid, null), (shown.Uid, shown.ManageToken));
        Assert.Equal(Noon.AddHours(2), (await moved.DataAsync<PublicBookingResponse>()).Start);
        var text = await calendar.Content.ReadAsStringAsync();
        Assert.Equal("text/calendar", calendar.Content.Headers.ContentType?.MediaType);
        Assert.Contains($"UID:{booking.Uid}", text);
        Assert.Contains("SEQUENCE:1", text);
        Assert.Equal("cancelled", (await cancelled.DataAsync<PublicBookingResponse>()).Status);
        var stored = await tenant.QueryAsync(db => db.Bookings.SingleAsync());
        Assert.Equal((hold.Id, "public"), (stored.Id, stored.Source));
        Assert.NotNull(stored.ConsentedAt);
    }

    [Fact]
    public async Task A_hold_leads_to_its_booking_and_only_an_offer_needs_no_client()
    {
        var (tenant, other) = (await platform.NewTenantAsync(), await platform.NewTenantAsync());
        using var anybody = platform.Client();
        var root = $"/public/api/v1/{tenant.Slug}";
        using var held = await anybody.PostAsJsonAsync($"{root}/holds", new PublicHoldRequest(tenant.ServiceId, Noon), PlatformJson.Options);
        var token = (await held.DataAsync<HoldResponse>()).Token;

        using var before = await anybody.GetAsync($"{root}/holds/{token}");
        using var nobody = await BookAsync(anybody, tenant, Wanted(tenant) with { Client = null });
        using var nameless = await BookAsync(anybody, tenant, Wanted(tenant) with { Client = null, HoldToken = token });
        using var made = await BookAsync(anybody, tenant, Wanted(tenant) with { HoldToken = token });
        using var after = await anybody.GetAsync($"{root}/holds/{token}");
        using var foreign = await anybody.GetAsync($"/public/api/v1/{other.Slug}/holds/{token}");

        var (hold, booked) = (await before.DataAsync<HoldResponse>(), await after.DataAsync<HoldResponse>());
        Assert.Equal((BookingStatuses.Held, null), (hold.Status, hold.ManageToken));
        Assert.Equal((400, Codes.ValidationFailed), await nobody.ProblemAsync());
        Assert.Equal((422, Codes.ValidationFailed), await nameless.ProblemAsync());
        Assert.Equal((await made.DataAsync<PublicBookingResponse>()).ManageToken, booked.ManageToken);
        Assert.Equal((404, Codes.NotFound), await foreign.ProblemAsync());
    }

    [Fact]
    public async Task Services_name_the_resources_of_which_a_client_may_choose_one()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"insert into resources (id, category_id, name, active) values (7, {tenant.CategoryId}, 'Dr Gone', false)");
        using var anybody = platform.Client();

        var before = await ServiceAsync();
        await tenant.SentAsync<ServiceResponse>("PATCH", $"/services/{tenant.ServiceId}", $$"""
            { "requirements": [{ "categoryId": {{tenant.CategoryId}}, "resourceIds": [7], "assignment": "client" }] }
            """);
        var after = await ServiceAsync();

        Assert.Equal([], before.Choices!);
        Assert.Equal([new BookedResource(tenant.DoctorId, "Dr Who")], after.Choices!);

        async Task<ServiceResponse> ServiceAsync()
        {
            using var answer = await anybody.GetAsync($"/public/api/v1/{tenant.Slug}/services");
            return Assert.Single(await answer.DataAsync<List<ServiceResponse>>());
        }
    }

    [Fact]
    public async Task A_link_works_for_its_own_booking_and_tenant_alone()
    {
        var (tenant, other) = (await platform.NewTenantAsync(), await platform.NewTenantAsync());
        using var anybody = platform.Client();
        using var made = await BookAsync(anybody, tenant, Wanted(tenant));
        using var foreign = await BookAsync(anybody, other, Wanted(other));
        var token = (await made.DataAsync<PublicBookingResponse>()).ManageToken!;
        var changed = (token[0] == 'A' ? 'B' : 'A') + token[1..];

        foreach (var address in (string[])
            [$"{other.Slug}/manage/{token}", $"{tenant.Slug}/manage/{changed}", $"{tenant.Slug}/manage/x", $"{tenant.Slug}/manage/%F0%9F%98%80"])
        {
            using var answer = await anybody.GetAsync($"/public/api/v1/{address}");
            Assert.Equal((404, Codes.NotFound), await answer.ProblemAsync());
        }
    }

    [Fact]
    public async Task Without_consent_for_a_hidden_service_or_without_an_address_nothing_is_booked()
    {
        var tenant = await platform.NewTenantAsync();
        using var anybody = platform.Client();

        using var silent = await BookAsync(anybody, tenant, Wanted(tenant) with { Consent = false });
        using var nameless = await BookAsync(anybody, tenant, Wanted(tenant) with { Client = new("", "a@example.com") });
        await tenant.ExecuteAsync("update services set public = false");
        using var hidden = await BookAsync(anybody, tenant, Wanted(tenant));

        Assert.Equal((422, Codes.ConsentRequired), await silent.ProblemAsync());
        Assert.Equal((400, Codes.ValidationFailed), await nameless.ProblemAsync());
        Assert.Equal((404, Codes.NotFound), await hidden.ProblemAsync());
        Assert.Equal(0, await tenant.QueryAsync(db => db.Bookings.CountAsync()));
    }

    [Fact]
    public async Task Anonymous_holds_are_limited_and_expired_holds_do_not_count()
    {
        var tenant = await platform.NewTenantAsync();
        using var anybody = platform.Client();
        var starts = Enumerable.Range(0, 8).Select(hour => PlatformFixture.Monday9am.AddHours(hour)).ToList();

        var first = await Task.WhenAll(starts.Select(start => HoldAsync(anybody, tenant, start)));
        await tenant.ExecuteAsync("""
            update bookings set hold_expires_at = created_at - interval '1 minute' where status = 'held';
            update allocations set expires_at = created_at - interval '900 days' where expires_at is not null;
            """);
        using var later = await HoldAsync(anybody, tenant, starts[0]);

        Assert.Equal(3, first.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(HttpStatusCode.Created, later.StatusCode);
        foreach (var refused in first.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            Assert.Equal((422, Codes.LimitReached), await refused.ProblemAsync());
        }
    }

    [Fact]
    public async Task A_booking_with_a_known_address_does_not_reveal_its_client()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        using var anybody = platform.Client();

        using var made = await BookAsync(anybody, tenant, Wanted(tenant) with
        {
            Start = Noon.AddHours(1),
            Client = new("Somebody else", "ada@example.com"),
        });

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.DoesNotContain("Ada", await made.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_tenant_is_found_by_the_host_of_its_own_pages()
    {
        var tenant = await platform.NewTenantAsync();
        var host = $"book{tenant.Id}.example.com";
        await platform.ExecutePlatformAsync($"update tenants set custom_domain = '{host}' where id = {tenant.Id}");
        using var anybody = platform.Client();

        using var found = await anybody.GetAsync($"/public/api/v1/tenants/lookup?host={host.ToUpperInvariant()}");
        using var missing = await anybody.GetAsync("/public/api/v1/tenants/lookup?host=nobody.example.com");
        using var neither = await anybody.GetAsync("/public/api/v1/tenants/lookup");

        Assert.Equal(tenant.Id, (await found.DataAsync<TenantLookup>()).TenantId);
        Assert.Equal((404, Codes.NotFound), await missing.ProblemAsync());
        Assert.Equal((400, Codes.ValidationFailed), await neither.ProblemAsync());
    }

    [Fact]
    public async Task Callers_that_exceed_the_limit_get_429_with_Retry_After()
    {
        var tenant = await platform.NewTenantAsync();
        using var anybody = platform.Client();

        var answers = await Task.WhenAll(Enumerable.Range(0, 130).Select(_ =>
            anybody.DeleteAsync($"/public/api/v1/{tenant.Slug}/holds/none")));

        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Equal((429, Codes.RateLimited), await refused.ProblemAsync());
        Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal(120, answers.Count(answer => answer.StatusCode == HttpStatusCode.NotFound));
    }

    private static PublicBookingRequest Wanted(TestTenant tenant) =>
        new(tenant.ServiceId, Noon, new("Ada Lovelace 👩‍💻", "ada@example.com"), Consent: true);

    private static Task<HttpResponseMessage> BookAsync(HttpClient client, TestTenant tenant, PublicBookingRequest request) =>
        client.PostAsJsonAsync($"/public/api/v1/{tenant.Slug}/bookings", request, PlatformJson.Options);

    private static Task<HttpResponseMessage> HoldAsync(HttpClient client, TestTenant tenant, DateTimeOffset start) =>
        client.PostAsJsonAsync(
            $"/public/api/v1/{tenant.Slug}/holds", new PublicHoldRequest(tenant.ServiceId, start), PlatformJson.Options);
}
