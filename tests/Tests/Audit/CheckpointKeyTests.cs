using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Platform.Api;
using Platform.Contracts.Audit;
using Platform.Core.Audit;
using Platform.Tests.Support;

namespace Platform.Tests.Audit;

/// <summary>Checkpoints outlive the key that signed them.</summary>
public sealed class CheckpointKeyTests : IAsyncLifetime
{
    private const string Old = "the key of before, which is long enough", New = "the key of today, which is long enough";
    private const string Other = "a key of others, which is long enough";

    private readonly Trails _trails = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _trails.InitializeAsync();
        await _trails.ExecuteAsync(Trails.Append(1, 3, "2026-03-02 08:00Z"));
        await With(new(Old)).SealAsync(Ct);
    }

    [Fact]
    public async Task After_a_change_both_keys_are_needed_for_what_each_has_signed()
    {
        await _trails.ExecuteAsync(Trails.Append(1, 2, "2026-03-02 08:30Z"));
        var (count, broken) = await With(new(New, Other, Old)).SealAsync(Ct);

        Assert.Equal((1, 0), (count, broken.Count));
        Assert.Null((await VerifyAsync(new(New, Old))).Fault);
        Assert.Equal((3, AuditFaults.CheckpointKeyUnknown), await FaultAsync(new(New)));
        Assert.Equal((5, AuditFaults.CheckpointKeyUnknown), await FaultAsync(new(Old, Other)));
    }

    [Fact]
    public async Task A_trail_whose_key_is_missing_is_not_sealed()
    {
        await _trails.ExecuteAsync(Trails.Append(1, 2, "2026-03-02 08:30Z"));

        var (_, broken) = await With(new(New)).SealAsync(Ct);

        Assert.Contains(broken, chain => chain is { TenantId: 1, Fault: AuditFaults.CheckpointKeyUnknown });
        Assert.Equal(3, (await VerifyAsync(new(Old))).SealedTo);
    }

    [Fact]
    public async Task A_checkpoint_not_signed_with_the_key_it_names_is_reported_as_forged()
    {
        await _trails.ExecuteAsync("update audit_checkpoints set signature = sha256(signature)");

        Assert.Equal((3, AuditFaults.CheckpointForged), await FaultAsync(new(New, Old)));
    }

    [Fact]
    public async Task A_checkpoint_without_a_key_name_may_be_signed_with_any_key()
    {
        await _trails.ExecuteAsync("update audit_checkpoints set key_id = null");

        Assert.Null((await VerifyAsync(new(Old))).Fault);
        Assert.Null((await VerifyAsync(new(New, Other, Old))).Fault);
        Assert.Equal((3, AuditFaults.CheckpointForged), await FaultAsync(new(New, Other)));
    }

    [Fact]
    public async Task Configuration_provides_former_keys()
    {
        await using var api = await ConfiguredAsync(Other, Old);

        Assert.Null((await VerifyAsync(api.Services.GetRequiredService<AuditSeal>())).Fault);
    }

    [Fact]
    public async Task A_guessable_former_key_stops_the_start()
    {
        await using var api = await ConfiguredAsync(Old, "");

        var refused = Assert.Throws<OptionsValidationException>(api.CreateClient);

        Assert.Contains("Audit:FormerCheckpointKeys", refused.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _trails.DisposeAsync();

    private async Task<WebApplicationFactory<IApiAssembly>> ConfiguredAsync(params IReadOnlyList<string> formerKeys) =>
        new ApiFactory(_trails.Databases, await Servers.RedisAsync(), new FakeTimeProvider(PlatformFixture.Monday9am))
            .WithWebHostBuilder(host =>
            {
                foreach (var (i, key) in formerKeys.Index()) host.UseSetting($"Audit:FormerCheckpointKeys:{i}", key);
            });

    private AuditChains With(AuditSeal seal) => _trails.Chains(seal, new FakeTimeProvider(PlatformFixture.Monday9am));

    private async Task<(long?, string?)> FaultAsync(AuditSeal seal) =>
        await VerifyAsync(seal) is { FirstBroken: var at, Fault: var fault } ? (at, fault) : default;

    private async Task<AuditChainReport> VerifyAsync(AuditSeal seal)
    {
        await foreach (var report in With(seal).VerifyAsync(1, AuditChainNames.Access, Ct)) return report;

        throw new InvalidOperationException("There is no such trail.");
    }
}
