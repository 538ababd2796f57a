using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Licensing;

/// <summary>An API on databases of its own, by a clock that its tests move. They run one after the other.</summary>
public sealed class ClockedPlatform : IAsyncDisposable
{
    public FakeTimeProvider Clock { get; } = new(PlatformFixture.Monday9am);
    public PlatformFixture Platform { get; }

    public ClockedPlatform() => Platform = new() { Clock = Clock };

    public async Task<TestTenant> NewTenantAsync()
    {
        Clock.AdjustTime(PlatformFixture.Monday9am);
        return await Platform.NewTenantAsync();
    }

    /// <summary>Without a schema.</summary>
    public async Task<TestTenant> NewCustomerAsync()
    {
        Clock.AdjustTime(PlatformFixture.Monday9am);
        return await Platform.NewCustomerAsync();
    }

    public ValueTask DisposeAsync() => Platform.DisposeAsync();
}

/// <summary>
/// The tests that need it share one, and so come one after the other. Each leaves the clock as it was.
/// </summary>
[CollectionDefinition]
public sealed class WithClock : ICollectionFixture<ClockedPlatform>;

[Collection(typeof(WithClock))]
public sealed class LicenseTimeTests(ClockedPlatform world) : IDisposable
{
    private static readonly DateTimeOffset Noon = PlatformFixture.Monday9am.AddHours(3);
    private static readonly TimeSpan Microsecond = TimeSpan.FromMicroseconds(1);

    [Theory]
    [InlineData("expiresAt")]
    [InlineData("trialEndsAt")]
    public async Task At_its_end_a_license_has_expired_and_a_microsecond_before_it_has_not(string end)
    {
        var tenant = await world.NewCustomerAsync();
        await world.Platform.LicenseAsync(tenant, more: $", \"{end}\": \"{Text(Noon)}\"");
        await tenant.GrantedAsync(tenant.UserId);
        var member = await world.Platform.MemberAsync(tenant);

        world.Clock.AdjustTime(Noon - Microsecond);
        var before = await tenant.CheckAsync(tenant.UserId); // remembered, but not for longer than it holds
        var granted = await tenant.GrantedAsync(member);
        var status = await StatusAsync(tenant);
        world.Clock.AdjustTime(Noon);
        var after = await tenant.CheckAsync(tenant.UserId);
        using var door = await tenant.Client.GetAsync("/internal/api/v1/tq/dashboard");
        using var late = await tenant.GrantAsync(await world.Platform.MemberAsync(tenant));

        Assert.Equal((true, Noon), (before.Allowed, before.ExpiresAt!.Value));
        Assert.True(granted.Active);
        Assert.Equal(end == "expiresAt" ? "active" : "trial", status);
        Assert.Equal((1, Codes.LicenseExpired), (after.Layer, after.Reason));
        Assert.Equal((403, Codes.LicenseExpired), await door.ProblemAsync());
        Assert.Equal((409, Codes.LicenseExpired), await late.ProblemAsync());
        Assert.Equal("expired", await StatusAsync(tenant));
        Assert.Equal((2, 2), await world.Platform.SeatsAsync(tenant));
    }

    public void Dispose() => world.Clock.AdjustTime(PlatformFixture.Monday9am);

    [Fact]
    public async Task A_license_denies_access_before_its_start()
    {
        var tenant = await world.NewCustomerAsync();
        await world.Platform.LicenseAsync(tenant, more: $", \"activatedAt\": \"{Text(Noon)}\"");

        using var early = await tenant.GrantAsync(tenant.UserId);
        world.Clock.AdjustTime(Noon);
        var granted = await tenant.GrantedAsync(tenant.UserId);
        world.Clock.AdjustTime(Noon - Microsecond);
        var before = await tenant.CheckAsync(tenant.UserId);
        world.Clock.AdjustTime(Noon);
        var from = await tenant.CheckAsync(tenant.UserId);

        Assert.Equal((409, Codes.LicenseNotStarted), await early.ProblemAsync());
        Assert.Equal(Noon, granted.GrantedAt);
        Assert.Equal((1, Codes.LicenseNotStarted), (before.Layer, before.Reason));
        Assert.True(from.Allowed);
    }

    [Fact]
    public async Task A_trial_that_is_over_becomes_a_license_by_a_change_of_its_terms()
    {
        var tenant = await world.NewCustomerAsync();
        var trial = await world.Platform.LicenseAsync(tenant, more: $", \"trialEndsAt\": \"{Text(Noon)}\"");
        await tenant.GrantedAsync(tenant.UserId);
        world.Clock.AdjustTime(Noon.AddDays(1));
        var over = await tenant.CheckAsync(tenant.UserId);

        var bought = await world.Platform.StaffAsync<LicenseResponse>(
            "PATCH", $"/tenants/{tenant.Id}/licenses/{trial.Id}", """{ "trialEndsAt": null }""");

        Assert.Equal("trial", trial.Status);
        Assert.Equal(Codes.LicenseExpired, over.Reason);
        Assert.Equal("active", bought.Status);
        Assert.True((await tenant.CheckAsync(tenant.UserId)).Allowed);
    }

    [Fact]
    public async Task A_grant_takes_the_price_of_its_instant_and_a_revocation_has_its_own()
    {
        var tenant = await world.NewCustomerAsync();
        var application = await world.Platform.NewApplicationAsync();
        await PriceAsync(application, 10, PlatformFixture.Monday9am, Noon);
        await PriceAsync(application, 20, Noon, null);
        await world.Platform.LicenseAsync(tenant, application: application.Slug);

        world.Clock.AdjustTime(Noon - Microsecond);
        var before = await tenant.GrantedAsync(tenant.UserId, application.Slug);
        world.Clock.AdjustTime(Noon);
        var revoked = await tenant.RevokedAsync(tenant.UserId, application.Slug);
        var after = await tenant.GrantedAsync(tenant.UserId, application.Slug);

        Assert.Equal((10m, Noon - Microsecond), (before.Price!.Value, before.GrantedAt));
        Assert.Equal((10m, Noon), (revoked.Price!.Value, revoked.RevokedAt!.Value));
        Assert.Equal(20m, after.Price);
    }

    private async Task PriceAsync(ApplicationResponse application, int price, DateTimeOffset from, DateTimeOffset? to) =>
        await world.Platform.StaffAsync<PriceResponse>(
            "POST", $"/applications/{application.Id}/pricing",
            $$"""
            { "userType": "admin", "price": {{price}}, "validFrom": "{{Text(from)}}", "validTo": {{(to is { } end ? $"\"{Text(end)}\"" : "null")}} }
            """);

    private async Task<string> StatusAsync(TestTenant tenant) =>
        (await world.Platform.StaffAsync<List<LicenseResponse>>("GET", $"/tenants/{tenant.Id}/licenses"))[0].Status;

    private static string Text(DateTimeOffset instant) =>
        instant.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
