using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

/// <summary>Grants under an <c>Idempotency-Key</c>: a late repeat gets the first answer and changes nothing.</summary>
public sealed class GrantKeyTests(PlatformFixture platform)
{
    private static string NewKey() => $"{Guid.CreateVersion7():n}";

    [Theory]
    [InlineData("grant", false)]
    [InlineData("grant", true)]
    [InlineData("reactivate", false)]
    [InlineData("reactivate", true)]
    public async Task A_late_repeat_after_a_revoke_takes_no_seat_again(string act, bool byStaff)
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        var key = NewKey();
        if (act == "reactivate")
        {
            await tenant.GrantedAsync(tenant.UserId);
            await tenant.RevokedAsync(tenant.UserId);
        }

        using var first = await GiveAsync();
        await tenant.RevokedAsync(tenant.UserId);
        using var late = await GiveAsync();

        Assert.Equal((201, 201), ((int)first.StatusCode, (int)late.StatusCode));
        Assert.Equal("true", late.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(await first.DataAsync<GrantResponse>(), await late.DataAsync<GrantResponse>());
        Assert.Equal((0, 0), await platform.SeatsAsync(tenant));

        Task<HttpResponseMessage> GiveAsync() => byStaff
            ? platform.StaffAsync(
                "POST", $"/users/{tenant.UserId}/apps/{act}", $$"""{ "tenantId": {{tenant.Id}}, "application": "tq" }""", key: key)
            : tenant.SendAsync("POST", $"/users/{tenant.UserId}/apps/tq/{act}", "{}", key: key);
    }

    [Fact]
    public async Task A_repeated_request_for_an_existing_grant_replays_its_response_after_a_revoke()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        var grant = await tenant.GrantedAsync(tenant.UserId);
        var key = NewKey();

        using var known = await tenant.SendAsync("POST", $"/users/{tenant.UserId}/apps/tq/grant", "{}", key: key);
        await tenant.RevokedAsync(tenant.UserId);
        using var late = await tenant.SendAsync("POST", $"/users/{tenant.UserId}/apps/tq/grant", "{}", key: key);

        Assert.Equal((200, 200), ((int)known.StatusCode, (int)late.StatusCode));
        Assert.Equal(grant, await late.DataAsync<GrantResponse>());
        Assert.Equal((0, 0), await platform.SeatsAsync(tenant));
    }

    [Fact]
    public async Task A_bulk_grant_and_a_revoke_are_repeated_as_well()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant, limit: 2);
        var members = await platform.MembersAsync(tenant, 3);
        var (many, away) = (NewKey(), NewKey());
        var json = $$"""{ "userIds": [{{string.Join(',', members)}}], "partial": true }""";

        using var first = await tenant.SendAsync("POST", "/apps/tq/grants", json, key: many);
        using var revoked = await tenant.SendAsync("POST", $"/users/{members[0]}/apps/tq/revoke", key: away);
        using var late = await tenant.SendAsync("POST", "/apps/tq/grants", json, key: many);
        var counted = await platform.SeatsAsync(tenant);
        await tenant.GrantedAsync(members[0]);
        using var lateRevoke = await tenant.SendAsync("POST", $"/users/{members[0]}/apps/tq/revoke", key: away);

        var repeated = await late.DataAsync<List<BulkGrantItem>>();
        Assert.Equal(["granted", "granted", "refused"], repeated.Select(item => item.Outcome));
        Assert.Equal(await first.DataAsync<List<BulkGrantItem>>(), repeated);
        Assert.Equal((1, 1), counted);
        Assert.Equal(200, (int)lateRevoke.StatusCode);
        Assert.Equal((2, 2), await platform.SeatsAsync(tenant));
    }

    [Fact]
    public async Task A_key_is_for_one_request_and_a_refusal_is_not_kept()
    {
        var tenant = await platform.NewCustomerAsync();
        var license = await platform.LicenseAsync(tenant, limit: 0);
        var other = await platform.MemberAsync(tenant);
        var key = NewKey();

        using var full = await tenant.SendAsync("POST", $"/users/{tenant.UserId}/apps/tq/grant", "{}", key: key);
        await platform.StaffAsync<LicenseResponse>(
            "PATCH", $"/tenants/{tenant.Id}/licenses/{license.Id}", """{ "userLimit": 1 }""");
        using var now = await tenant.SendAsync("POST", $"/users/{tenant.UserId}/apps/tq/grant", "{}", key: key);
        using var reused = await tenant.SendAsync("POST", $"/users/{other}/apps/tq/grant", "{}", key: key);
        using var malformed = await tenant.SendAsync("POST", $"/users/{other}/apps/tq/grant", "{}", key: new string('k', 201));

        Assert.Equal((409, Codes.SeatLimitReached), await full.ProblemAsync());
        Assert.Equal(201, (int)now.StatusCode);
        Assert.Equal((422, Codes.IdempotencyKeyReused), await reused.ProblemAsync());
        Assert.Equal((400, Codes.ValidationFailed), await malformed.ProblemAsync());
    }

    [Fact]
    public async Task Ten_concurrent_requests_under_one_key_take_one_seat()
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.LicenseAsync(tenant);
        var key = NewKey();

        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(
            _ => tenant.SendAsync("POST", $"/users/{tenant.UserId}/apps/tq/grant", "{}", key: key)));

        foreach (var response in responses)
        {
            if ((int)response.StatusCode != 201) Assert.Equal((409, Codes.IdempotencyInProgress), await response.ProblemAsync());
            response.Dispose();
        }

        Assert.Equal((1, 1), await platform.SeatsAsync(tenant));
    }
}
