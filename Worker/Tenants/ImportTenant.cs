using System.Text;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Platform.Contracts;
using Platform.Contracts.Events;
using Platform.Contracts.Tenants;
using Platform.Core;
using Platform.Core.Analytics;
using Platform.Core.Audit;
using Platform.Core.Idempotency;
using Platform.Core.Storage;
using Platform.Core.Tenants;
using Platform.Core.Tenants.Transfer;
using Platform.Core.Webhooks;
using Platform.ServiceDefaults.KeyRing;

namespace Platform.Worker.Tenants;

/// <summary>
/// Fills a new tenant with an export. Its own rows keep their ids; what refers to people and applications of the
/// platform is found again by e-mail and slug. It is all there or nothing is: rows arrive in one transaction of each
/// database, and what is refused takes the new schema and number with it.
/// </summary>
internal sealed class ImportTenant(
    TenantSchemas schemas, PlatformDb db, TenantSecrets secrets, TimeProvider clock, ILogger<ImportTenant> log)
    : ITenantWork
{
    public async Task RunAsync(TenantTask task, CancellationToken ct)
    {
        await using var file = await ReadFileAsync(task.Id, ct);
        try
        {
            await schemas.MigrateAsync(task.TenantId, ct);
            List<ImportedFile> files = [];
            await FillAsync(file, task.TenantId, files, ct);
            await FillPlatformAsync(file, task, files, ct);
        }
        catch (CorruptFileException e)
        {
            log.LogError(e, "Tenant {TenantId} could not be imported", task.TenantId);
            var failure = ExportFile.Corrupt(e.File, "A row cannot be stored.");
            await RemoveAsync(task, new(failure.Code, failure.Detail, e.File), ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is not NpgsqlException { IsTransient: true })
        {
            log.LogError(e, "Tenant {TenantId} could not be imported", task.TenantId);
            await RemoveAsync(
                task,
                new(Codes.ProvisioningFailed, "The import failed; send it again.", Reason: ProvisioningErrors.ImportFailed),
                ct);
        }
    }

    /// <summary>The archive that the Api has verified.</summary>
    private async Task<ExportFile> ReadFileAsync(long taskId, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);
        await using var stream = new TaskFileReader((NpgsqlConnection)db.Database.GetDbConnection(), taskId);
        return (await ExportFile.ReceiveAsync(stream, ct)).TryGet(out var file, out var rejection)
            ? file
            : throw new InvalidDataException(rejection.Detail);
    }

    /// <summary>
    /// The tenant's own tables. References run in circles, so their constraints go and come back behind the rows, and
    /// find then whatever is missing. Triggers are silent: versions and times stay as they were.
    /// </summary>
    private async Task FillAsync(ExportFile file, long id, List<ImportedFile> files, CancellationToken ct)
    {
        await using var schema = schemas.Open(id);
        await using var transaction = await schema.Database.BeginTransactionAsync(ct);
        var connection = (NpgsqlConnection)schema.Database.GetDbConnection();
        var tables = await TenantArchive.TablesAsync(connection, ct);
        var rows = await ReadAsync(connection, """
            select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
            from pg_constraint where connamespace = current_schema()::regnamespace and contype = 'f'
            """, ct);
        var references = rows.ConvertAll(row => new Reference(row[0], row[1], row[2]));
        await ExecuteAsync(connection, string.Join("; ", [
            .. references.Select(r => $"alter table {r.Table} drop constraint {r.Name}"),
            .. tables.Select(t => $"alter table {t.Quoted} disable trigger user"),
            $"truncate {string.Join(", ", tables.Select(t => t.Quoted))}",
            ImportSql.TemporaryTable,
        ]), ct);

        foreach (var table in tables)
        {
            await TakeAsync(connection, file, TenantArchive.Name(TenantArchive.OfTenant, table.Name), files,
                $"""
                insert into {table.Quoted} overriding system value
                select r.* from imported_lines l, json_populate_record(null::{table.Quoted}, l.line) r
                """, id, ct);
        }

        await TakeAsync(connection, file, TenantArchive.Jobs, files,
            """
            insert into platform.due_jobs (kind, tenant_id, subject_id, due_at)
            select line ->> 'kind', $1, (line ->> 'subject_id')::bigint, (line ->> 'due_at')::timestamptz
            from imported_lines
            """, id, ct);

        if (file.Manifest.Files.Any(f => f.Name == TenantArchive.Webhooks)) // not in exports of earlier versions
        {
            await TakeAsync(connection, file, TenantArchive.Webhooks, files, ImportSql.Webhooks, id, ct);
            await GiveSecretsAsync(connection, id, ct);
        }

        foreach (var reference in references) await ReferAsync(connection, reference, ct);

        await ExecuteAsync(connection, string.Join("; ", [
            .. tables.Select(t => $"alter table {t.Quoted} enable trigger user"),
            ImportSql.MoveSequences,
        ]), ct);
        await using var facts = new NpgsqlBatch(connection) { BatchCommands = { BookingFacts.AddWithoutEvents(id) }, Timeout = 0 };
        await facts.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>An export has no secrets; each webhook gets one of its own.</summary>
    private async Task GiveSecretsAsync(NpgsqlConnection connection, long id, CancellationToken ct)
    {
        var rows = await ReadAsync(
            connection, $"select id::text from platform.webhook_endpoints where tenant_id = {id} and secret = ''", ct);
        foreach (var row in rows)
        {
            await using var command = new NpgsqlCommand(
                "update platform.webhook_endpoints set secret = $2 where id = $1::bigint", connection);
            command.Parameters.Add(new() { Value = row[0] });
            command.Parameters.Add(new() { Value = secrets.Protect(WebhookEndpoint.SecretPurpose, id, WebhookMessage.NewSecret()) });
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    private static async Task ReferAsync(NpgsqlConnection connection, Reference reference, CancellationToken ct)
    {
        var (table, name, definition) = reference;
        try
        {
            await ExecuteAsync(connection, $"alter table {table} add constraint {name} {definition}", ct);
        }
        catch (PostgresException e) when (IsOfContent(e))
        {
            throw new CorruptFileException(TenantArchive.Name(TenantArchive.OfTenant, table), e);
        }
    }

    /// <summary>A foreign key, as SQL writes it.</summary>
    private sealed record Reference(string Table, string Name, string Definition);

    /// <summary>
    /// The tenant's rows of platformdb, and last the tenant. Licenses arrive suspended: staff decide what is paid
    /// for here, and seats are granted again. Nobody becomes a super admin by a file.
    /// </summary>
    private async Task FillPlatformAsync(
        ExportFile file, TenantTask task, List<ImportedFile> files, CancellationToken ct)
    {
        var id = task.TenantId;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var tenant = (await db.LockTenantAsync(id, ct))!;

        List<string> unknown = [];
        foreach (var (table, sql) in ImportSql.PlatformTables)
        {
            await TakeAsync(
                connection, file, TenantArchive.Name(TenantArchive.OfPlatform, table), files, sql, id, ct,
                table == "memberships"
                    ? async () => unknown.AddRange((await ReadAsync(connection, ImportSql.UnknownUsers, ct)).Select(r => r[0]))
                    : null,
                ImportSql.EmptySharedTable);
        }

        files.AddRange(file.Manifest.Files.Where(f => files.TrueForAll(known => known.Name != f.Name))
            .Select(f => new ImportedFile(f.Name, f.Rows, f.Name == TenantArchive.Tenant ? 1 : 0)));

        (tenant.Status, tenant.ProvisioningError) = (TenantStatuses.Active, null);
        db.Change(tenant, task.Source.Actor);
        await db.SaveChangesAsync(ct);
        var response = tenant.ToResponse();
        var after = response.ToSnapshot();
        await db.RecordAsync(
            new(id, "tenant.imported", Tenant.AuditTarget, id, null,
                new { Tenant = after, file.Manifest.TenantId, file.Manifest.ExportedAt }),
            new TenantCreated(after), tenant.Version, task.Source, clock.Now, ct);
        var imported = new TenantImportResponse(
            response, file.Manifest.TenantId, [.. files.OrderBy(f => f.Name)], unknown);
        await db.FinishAsync(task, new(Imported: imported), clock.Now, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>The lines of one file into <c>imported_lines</c>, from there where they belong.</summary>
    private static async Task TakeAsync(
        NpgsqlConnection connection, ExportFile file, string name, List<ImportedFile> files, string sql, long id,
        CancellationToken ct, Func<Task>? look = null, string empty = ImportSql.EmptyTemporaryTable)
    {
        var known = file.Manifest.Files.FirstOrDefault(f => f.Name == name) ?? throw new CorruptFileException(name);

        try
        {
            await using (var writer = await connection.BeginBinaryImportAsync(
                "copy imported_lines (line) from stdin (format binary)", ct))
            {
                await foreach (var line in file.LinesAsync(name, ct))
                {
                    await writer.StartRowAsync(ct);
                    await writer.WriteAsync(line, NpgsqlDbType.Json, ct);
                }

                await writer.CompleteAsync(ct);
            }

            await using var insert = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            if (sql.Contains("$1", StringComparison.Ordinal)) insert.Parameters.Add(new() { Value = id });
            files.Add(new(name, known.Rows, await insert.ExecuteNonQueryAsync(ct)));
            if (look is not null) await look();
            await ExecuteAsync(connection, empty, ct);
        }
        catch (Exception e) when (
            e is DecoderFallbackException || (e is PostgresException refused && IsOfContent(refused)))
        {
            throw new CorruptFileException(name, e);
        }
    }

    /// <summary>
    /// Whether what was sent is to blame: no such value, a constraint it breaks, more than an index holds.
    /// </summary>
    private static bool IsOfContent(PostgresException e) => e.SqlState[..2] is "22" or "23" or "54";

    /// <summary>Deletes everything but the audit and the outcome.</summary>
    private async Task RemoveAsync(TenantTask task, TenantTaskFailure failure, CancellationToken ct)
    {
        var id = task.TenantId;
        await schemas.DropAsync(id, ct);
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Tenants.Where(t => t.Id == id).ExecuteDeleteAsync(ct);
        var location = $"/internal/api/v1/tenants/{id}";
        await db.Set<IdempotencyKey>().Where(key => key.Location == location).ExecuteDeleteAsync(ct);
        await db.RecordAsync(
            new(id, "tenant.import_refused", Tenant.AuditTarget, id, null, null), task.Source, clock.Now, ct);
        await db.FinishAsync(task, new(failure), clock.Now, ct);
        await transaction.CommitAsync(ct);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<List<string[]>> ReadAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<string[]> rows = [];
        while (await reader.ReadAsync(ct))
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        }

        return rows;
    }

    /// <summary>A file whose sums are right and whose rows are not.</summary>
    private sealed class CorruptFileException(string name, Exception? inner = null) : Exception(null, inner)
    {
        public string File { get; } = name;
    }
}
