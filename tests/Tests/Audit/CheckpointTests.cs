using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Platform.Contracts.Audit;
using Platform.Core.Audit;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Audit;

/// <summary>Trails that are sealed, checked against their checkpoints, and pruned.</summary>
public sealed class CheckpointTests(PlatformFixture platform)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AuditChains Chains => platform.Api.Services.GetRequiredService<AuditChains>();

    [Fact]
    public async Task A_checkpoint_detects_a_chain_that_was_rewritten_completely()
    {
        var tenant = await platform.NewCustomerAsync();
        for (var i = 0; i < 3; i++) await tenant.CheckAsync(tenant.UserId);
        await Chains.SealAsync(Ct);

        // As the owner of the database could: the same number of rows, hashed and chained as they should be.
        await platform.ExecutePlatformAsync($"""
            delete from application_access_logs where tenant_id_fk = {tenant.Id};
            delete from audit_heads where tenant_id_fk = {tenant.Id};
            set app.staff = 'on';
            {Trails.Append(tenant.Id, 3, "2026-03-02 09:00Z")};
            """);

        Assert.Equal((1, AuditFaults.ChainRewritten), (await platform.BrokenTrailsAsync(tenant.Id))[AuditChainNames.Access]);
    }

    [Fact]
    public async Task A_checkpoint_is_signed_with_a_key_that_is_not_in_the_database()
    {
        var tenant = await platform.NewCustomerAsync();
        for (var i = 0; i < 3; i++) await tenant.CheckAsync(tenant.UserId);
        await Chains.SealAsync(Ct);
        await platform.ExecutePlatformAsync($"""
            delete from application_access_logs where tenant_id_fk = {tenant.Id} and sequence = 3;
            update audit_heads h set sequence = 2, hash = l.hash from application_access_logs l
            where l.tenant_id_fk = h.tenant_id_fk and l.sequence = 2 and h.chain = 'access' and h.tenant_id_fk = {tenant.Id};
            """);
        var setBack = await platform.BrokenTrailsAsync(tenant.Id);
        await platform.ExecutePlatformAsync($"""
            update audit_checkpoints c set sequence = 2, hash = h.hash from audit_heads h
            where h.chain = c.chain and h.tenant_id_fk = c.tenant_id_fk and c.tenant_id_fk = {tenant.Id}
            """);
        var forged = await platform.BrokenTrailsAsync(tenant.Id);

        Assert.Equal((3, AuditFaults.TailChanged), setBack[AuditChainNames.Access]);
        Assert.Equal((2, AuditFaults.CheckpointForged), forged[AuditChainNames.Access]);
    }

    [Fact]
    public async Task Pruning_deletes_only_whole_sealed_segments_that_are_old_enough()
    {
        // Sealed five years before the API's clock; the database itself refuses what is younger than 90 days.
        var tenant = await platform.NewCustomerAsync();
        await platform.ExecutePlatformAsync($"set app.staff = 'on'; {Trails.Append(tenant.Id, 5, "2020-01-01 09:00Z")}");
        await SealAtAsync(new(2020, 1, 2, 0, 0, 0, TimeSpan.Zero));
        await platform.ExecutePlatformAsync($"set app.staff = 'on'; {Trails.Append(tenant.Id, 2, "2020-06-01 09:00Z")}");

        await Chains.PruneAsync(TimeSpan.FromDays(1826), Ct);

        Assert.Equal("6,7", await SequencesAsync());
        Assert.Empty(await platform.BrokenTrailsAsync(tenant.Id));
        var entries = await platform.StaffAsync<List<AuditEntryResponse>>(
            "GET", $"/audit/changes?action=audit.pruned&targetId={tenant.Id}");
        Assert.Equal(5, Assert.Single(entries).After!.Value.GetProperty("upTo").GetInt64());

        // The remaining rows are chained to the deleted ones.
        await platform.ExecutePlatformAsync($"update application_access_logs set path = 'x' where tenant_id_fk = {tenant.Id} and sequence = 6");
        Assert.Equal((6, AuditFaults.RowChanged), (await platform.BrokenTrailsAsync(tenant.Id))[AuditChainNames.Access]);

        async Task SealAtAsync(DateTimeOffset then)
        {
            var services = platform.Api.Services;
            await new AuditChains(
                services.GetRequiredService<Core.Storage.PlatformSql>(), services.GetRequiredService<AuditSeal>(), new FakeTimeProvider(then))
                .SealAsync(Ct);
        }

        Task<string> SequencesAsync() => platform.PlatformValueAsync<string>(
            $"select string_agg(sequence::text, ',' order by sequence) from application_access_logs where tenant_id_fk = {tenant.Id}");
    }
}
