using Microsoft.Extensions.Time.Testing;
using Platform.Contracts.Audit;
using Platform.Core.Audit;
using Platform.Tests.Support;
using Platform.Tests.Worker;

namespace Platform.Tests.Audit;

/// <summary>When trails are sealed and pruned, on a database without another keeper.</summary>
public sealed class KeepTests : IAsyncLifetime
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1), FiveYears = TimeSpan.FromDays(1826);
    private static readonly DateTimeOffset Now = PlatformFixture.Monday9am;

    private readonly FakeTimeProvider _clock = new(Now);
    private readonly Trails _trails = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _trails.InitializeAsync();

    [Fact]
    public async Task A_starting_process_seals_unsealed_rows()
    {
        await _trails.ExecuteAsync(Trails.Append(1, 3, "2026-03-02 08:00Z"));

        await using var api = new ApiFactory(_trails.Databases, await Servers.RedisAsync(), _clock);
        api.UseKestrel(0);
        api.StartServer();

        await Eventually.EqualAsync("3", CheckpointsAsync);
    }

    [Fact]
    public async Task Sealing_is_due_once_the_last_seal_is_an_hour_old()
    {
        await _trails.ExecuteAsync(Trails.Append(1, 3, "2026-03-02 08:00Z"));
        var first = await Keeper().RunAsync(Hour, FiveYears, Ct);
        await _trails.ExecuteAsync(Trails.Append(1, 2, "2026-03-02 09:00Z"));

        _clock.AdjustTime(Now + Hour - TimeSpan.FromMicroseconds(1));
        var early = await Keeper().RunAsync(Hour, FiveYears, Ct);
        _clock.AdjustTime(Now + Hour);
        var due = await Keeper().RunAsync(Hour, FiveYears, Ct);

        Assert.True(first.Sealed > 0);
        Assert.Equal((0, TimeSpan.FromMicroseconds(1)), (early.Sealed, early.Next));
        Assert.Equal((1, Hour), (due.Sealed, due.Next));
        Assert.Equal("3,5", await CheckpointsAsync());
    }

    [Fact]
    public async Task A_checkpoint_from_the_future_does_not_delay_the_next_one()
    {
        await _trails.ExecuteAsync("""
            insert into audit_checkpoints (chain, tenant_id_fk, sequence, hash, sealed_at, signature)
            values ('access', 2, 1, '', '2100-01-01', '')
            """);
        await _trails.ExecuteAsync(Trails.Append(1, 3, "2026-03-02 08:00Z"));

        var kept = await Keeper().RunAsync(Hour, FiveYears, Ct);

        Assert.True(kept.Sealed > 0);
        Assert.Equal("3", await CheckpointsAsync());
    }

    [Fact]
    public async Task A_sealed_trail_that_was_deleted_is_reported()
    {
        await _trails.ExecuteAsync(Trails.Append(1, 3, "2026-03-02 08:00Z"));
        await Keeper().RunAsync(Hour, FiveYears, Ct);
        await _trails.ExecuteAsync("delete from application_access_logs; delete from audit_heads where chain = 'access'");
        _clock.AdjustTime(Now + Hour);

        var kept = await Keeper().RunAsync(Hour, FiveYears, Ct);

        var gone = Assert.Single(kept.Broken);
        Assert.Equal((1, "access", AuditFaults.TailChanged), (gone.TenantId, gone.Chain, gone.Fault));
    }

    [Fact]
    public async Task Concurrent_keepers_prune_once_and_record_it_once()
    {
        await _trails.ExecuteAsync(Trails.Append(1, 5, "2020-01-01 09:00Z"));
        _clock.AdjustTime(new(2020, 1, 2, 0, 0, 0, TimeSpan.Zero));
        await Chains().SealAsync(Ct);
        _clock.AdjustTime(Now);

        var kept = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Keeper().RunAsync(Hour, FiveYears, Ct))));

        Assert.Equal(5, kept.Sum(one => one.Pruned));
        Assert.Equal(1, await _trails.ValueAsync<long>("select count(*) from audit_log where action = 'audit.pruned' and target_id = 1"));
    }

    [Fact]
    public async Task Rows_that_the_database_refuses_to_delete_are_reported_and_do_not_block_others()
    {
        // Sealed five years ago, say the checkpoints; but the rows of one tenant are of today.
        await _trails.ExecuteAsync($"{Trails.Append(1, 2, "today")}; {Trails.Append(2, 3, "2020-01-01 09:00Z")}");
        _clock.AdjustTime(new(2020, 1, 2, 0, 0, 0, TimeSpan.Zero));
        await Chains().SealAsync(Ct);
        _clock.AdjustTime(Now);

        var kept = await Keeper().RunAsync(Hour, FiveYears, Ct);

        var refused = Assert.Single(kept.Refused);
        Assert.Equal(("access", 1, 2), (refused.Chain, refused.TenantId, refused.UpTo));
        Assert.Equal("too young to be let go", refused.Reason);
        Assert.Equal(3, kept.Pruned);
    }

    public ValueTask DisposeAsync() => _trails.DisposeAsync();

    private AuditChains Chains() => _trails.Chains(new("a key that only these tests have, long enough"), _clock);

    /// <summary>As each process has one.</summary>
    private KeepAudit Keeper() => new(Chains(), _trails.Processes, _clock);

    private Task<string> CheckpointsAsync() => _trails.ValueAsync<string>("""
        select coalesce(string_agg(sequence::text, ',' order by sequence), '') from audit_checkpoints
        where chain = 'access' and tenant_id_fk = 1
        """);
}
