using Platform.Contracts.Tenants;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Core.Tenants;

/// <summary>Work on the tables of one tenant. The Api asks for it, and the Worker, as their owner, does it.</summary>
public sealed class TenantTask
{
    public long Id { get; init; }
    public required long TenantId { get; init; }

    /// <summary>One of <see cref="TenantTaskKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Who asked, for the audit.</summary>
    public required AuditSource Source { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null while it is open. A tenant has one open task at most.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Null while it is open.</summary>
    public TenantTaskOutcome? Outcome { get; init; }
}

/// <param name="Failure">Null when it succeeded.</param>
/// <param name="Imported">What an import has stored.</param>
public sealed record TenantTaskOutcome(TenantTaskFailure? Failure = null, TenantImportResponse? Imported = null);

/// <param name="Code">One of <see cref="Contracts.Codes"/>.</param>
/// <param name="File">The file of the archive that is to blame.</param>
/// <param name="Reason">One of <see cref="ProvisioningErrors"/>.</param>
public sealed record TenantTaskFailure(string Code, string Detail, string? File = null, string? Reason = null);

internal sealed class TenantTaskConfiguration : IEntityTypeConfiguration<TenantTask>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<TenantTask> builder)
    {
        builder.ToTable("tenant_tasks");
        builder.Property(task => task.Source).HasJson();
        builder.Property(task => task.Outcome!).HasJson().IsRequired(false);
    }
}

public static class TenantTaskTable
{
    /// <summary>The Redis channel on which the Api says that there is a new one. Without Redis the Worker polls.</summary>
    public const string Channel = "platform:tenant-tasks";

    /// <summary>Finished tasks are kept this long for those who ask what became of them.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    extension(PlatformDb db)
    {
        public DbSet<TenantTask> TenantTasks => db.Set<TenantTask>();

        public async Task<TenantTask?> FindTenantTaskAsync(long id, CancellationToken ct)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            return await db.TenantTasks.AsNoTracking().SingleOrDefaultAsync(task => task.Id == id, ct);
        }

        /// <summary>Adds a task in the transaction that runs.</summary>
        /// <returns>Its id; null if the tenant has an open one.</returns>
        public async Task<long?> AddTenantTaskAsync(
            long tenantId, string kind, AuditSource source, DateTimeOffset now, CancellationToken ct)
        {
            var text = System.Text.Json.JsonSerializer.Serialize(source, Contracts.PlatformJson.Options);
            var added = await db.Database.SqlQuery<long>($"""
                insert into tenant_tasks (tenant_id, kind, source, created_at)
                values ({tenantId}, {kind}, {text}::jsonb, {now})
                on conflict (tenant_id) where finished_at is null do nothing
                returning id as "Value"
                """).ToListAsync(ct);
            return added.Count == 0 ? null : added[0];
        }

        /// <summary>Ends a task in the transaction that runs, and forgets what nobody needs any more.</summary>
        public async Task FinishAsync(TenantTask task, TenantTaskOutcome outcome, DateTimeOffset now, CancellationToken ct)
        {
            var text = System.Text.Json.JsonSerializer.Serialize(outcome, Contracts.PlatformJson.Options);
            await db.Database.ExecuteSqlAsync(
                $"update tenant_tasks set finished_at = {now}, outcome = {text}::jsonb where id = {task.Id}", ct);
            await db.Database.ExecuteSqlAsync($"delete from tenant_task_files where task_id = {task.Id}", ct);
            await db.Database.ExecuteSqlAsync($"delete from tenant_tasks where finished_at < {now - Kept}", ct);
        }
    }
}
