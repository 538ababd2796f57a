using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Platform.Core.Storage;
using Platform.Core.Tenants;
using Platform.Tests.Support;

namespace Platform.Tests.Tenants;

/// <summary>Changing tenants as two nodes see them.</summary>
public sealed class TenantDirectoryTests(PlatformFixture platform) : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(PlatformFixture.Monday9am);
    private NpgsqlDataSource _source = null!;
    private LocalCache[] _caches = [];

    private TenantDirectory Here { get; set; } = null!;

    private TenantDirectory Elsewhere { get; set; } = null!;

    public ValueTask InitializeAsync()
    {
        _source = NpgsqlDataSource.Create(platform.Databases.PlatformDb);
        _caches = [new(_clock), new(_clock)];
        (Here, Elsewhere) = (new(_source, _caches[0]), new(_source, _caches[1]));
        return default;
    }

    [Fact]
    public async Task A_change_is_seen_at_once_on_the_node_that_forgets_it_and_within_five_seconds_elsewhere()
    {
        var tenant = await platform.NewCustomerAsync();
        Assert.Equal((true, true), await AreActiveAsync(tenant.Id));

        await SetAsync(tenant.Id, "status = 'inactive'");
        Here.Forget(tenant.Id);
        var afterwards = await AreActiveAsync(tenant.Id);
        _clock.Advance(TimeSpan.FromSeconds(5));
        var later = await AreActiveAsync(tenant.Id);

        Assert.Equal((false, true), afterwards);
        Assert.Equal((false, false), later);
    }

    [Fact]
    public async Task A_slug_that_moves_to_another_tenant_finds_that_tenant()
    {
        var (old, other) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());
        Assert.Equal(old.Id, (await BySlugAsync(old.Slug))?.Id);
        Assert.Equal(other.Id, (await BySlugAsync(other.Slug))?.Id);

        await SetAsync(old.Id, $"slug = '{old.Slug}-former'");
        await SetAsync(other.Id, $"slug = '{old.Slug}'");
        Here.Forget(old.Id);
        Here.Forget(other.Id);

        Assert.Equal(other.Id, (await BySlugAsync(old.Slug))?.Id);
        Assert.Equal(old.Id, (await BySlugAsync($"{old.Slug}-former"))?.Id);
        Assert.Null(await BySlugAsync(other.Slug));
    }

    [Fact]
    public async Task A_new_tenant_is_found_directly_after_a_failed_lookup()
    {
        Assert.Null(await BySlugAsync("not-yet"));
        var tenant = await platform.NewCustomerAsync();
        await SetAsync(tenant.Id, "slug = 'not-yet'");

        Assert.Equal(tenant.Id, (await BySlugAsync("not-yet"))?.Id);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cache in _caches) cache.Dispose();
        await _source.DisposeAsync();
    }

    private async Task<(bool Here, bool Elsewhere)> AreActiveAsync(long id)
    {
        var ct = TestContext.Current.CancellationToken;
        return ((await Here.FindAsync(id, ct))!.IsActive, (await Elsewhere.FindAsync(id, ct))!.IsActive);
    }

    private async Task<TenantEntry?> BySlugAsync(string slug) => await Here.FindAsync(slug, TestContext.Current.CancellationToken);

    private Task SetAsync(long id, string change) => platform.ExecutePlatformAsync($"update tenants set {change} where id = {id}");
}
