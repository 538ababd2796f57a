using Microsoft.Extensions.Options;
using Platform.Admin.Web;
using Platform.Hub.Web;
using Platform.Identity;

namespace Platform.Tests.Proxies;

/// <summary>Configuration that a deployment must have.</summary>
[Collection(typeof(BehindProxy))]
public sealed class ProductionStartTests(ProxiedPlatform platform)
{
    [Fact]
    public Task The_hub_does_not_start_without_a_certificate_for_its_keys() => ExpectRefusalAsync<HubApi>("hub");

    [Fact]
    public Task Admin_does_not_start_without_a_certificate_for_its_keys() => ExpectRefusalAsync<AdminApi>("admin");

    [Fact]
    public Task Identity_does_not_start_without_a_certificate_for_its_keys() =>
        ExpectRefusalAsync<IIdentityAssembly>("id");

    private async Task ExpectRefusalAsync<TEntry>(string name) where TEntry : class
    {
        var settings = platform.Settings[name].Where(setting => setting.Key != "KeyRing:Certificate");
        await using var process = new ProductionProcess<TEntry>(platform.Proxy, settings);

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(process.StartAsync);

        Assert.Contains("Set KeyRing:Certificate to a PKCS#12 file", failure.Message, StringComparison.Ordinal);
    }
}
