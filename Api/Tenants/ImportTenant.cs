using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Platform.Api.Access;
using Platform.Api.Catalogue;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Events;
using Platform.Contracts.Tenants;
using Platform.Core;
using Platform.Core.Clients;
using Platform.Core.Idempotency;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Tenants;

/// <summary>
/// Makes a new tenant of an export. Its own rows keep their ids; what refers to people and applications of the
/// platform is found again by e-mail and slug. It is all there or nothing is: rows arrive in one transaction of each
/// database, and what is refused takes the new schema and number with it.
/// </summary>
internal sealed class ImportTenant(
    TenantSchemas schemas, PlatformDb db, IServiceScopeFactory services, AccessSignals signals, TimeProvider clock,
    ILogger<ImportTenant> log)
{
    /// <summary>Under an <c>Idempotency-Key</c> what was imported is answered again.</summary>
    public async Task<(TenantImportResponse? Imported, ProblemDetails? Problem)> RunAsync(
        ExportFile file, string slug, HttpContext http, CancellationToken ct)
    {
        // The manifest has the sum of every file: its hash identifies the upload.
        var (key, malformed) = http.ReadIdempotencyKey(Caller.Of(http.User).Actor, new { slug, file.Manifest });
        if (malformed is not null) return (null, malformed);

        // Of the last rows and their answer; until then it holds the key.
        await using var scope = services.CreateAsyncScope();
        var last = scope.ServiceProvider.GetRequiredService<PlatformDb>();
        last.Scope.Staff = true;
        await using var transaction = await last.Database.BeginTransactionAsync(ct);
        if (key is not null)
        {
            var (answered, unusable) = await last.TakeAsync(key, scope: 0, ct);
            if (unusable is not null) return (null, unusable.ToProblem().ProblemDetails);

            if (answered is not null)
            {
                http.Response.Headers[IdempotentCreate.Replayed] = "true";
                return (JsonSerializer.Deserialize<TenantImportResponse>(answered.Body, PlatformJson.Options), null);
            }
        }

        return await RunAsync(file, slug, key, last, http, ct);
    }

    private async Task<(TenantImportResponse? Imported, ProblemDetails? Problem)> RunAsync(
        ExportFile file, string slug, RequestKey? key, PlatformDb last, HttpContext http, CancellationToken ct)
    {
        if (await file.VerifyAsync(ct) is { } corrupt) return (null, corrupt.ToProblem().ProblemDetails);

        if (!file.Manifest.Migrations.SequenceEqual(schemas.Migrations))
        {
            var unsupported = ExportFile.Unsupported("Its tables are of another version than ours.");
            return (null, unsupported.ToProblem().ProblemDetails);
        }

        var (request, bookingPage, unfit) = await ReadTenantAsync(file, slug, ct);
        if (request is null) return (null, unfit!.ToProblem().ProblemDetails);

        var tenant = ProvisioningEndpoints.FromRequest(request);
        tenant.BookingPage = TenantEndpoints.Stored(bookingPage);
        tenant.ProvisioningError = ProvisioningErrors.ImportFailed; // should this process not live to see its end
        var (id, taken) = await ProvisioningEndpoints.RegisterAsync(tenant, key: null, db, http, clock, ct);
        if (taken is not null) return (null, taken.ToProblem().ProblemDetails);

        await using var only = await schemas.TryLockAsync(id, ct);
        if (only is null) return (null, ProvisionTenant.InProgress(id));

        try
        {
            await schemas.MigrateAsync(id, ct);
            List<ImportedFile> files = [];
            await FillAsync(file, id, files, ct);
            var imported = await SettleAsync(file, id, files, key, last, http, ct);
            signals.Changed(id);
            return (imported, null);
        }
        catch (Exception e)
        {
            log.LogError(e, "Tenant {TenantId} could not be imported", id);
            await last.DisposeAsync(); // it has locked what is removed now
            await RemoveAsync(id, http);
            if (e is CorruptFileException broken)
            {
                return (null, ExportFile.Corrupt(broken.File, "A row cannot be stored.").ToProblem().ProblemDetails);
            }

            throw;
        }
    }

    /// <summary>What a new tenant needs, by the rules for new tenants.</summary>
    private static async Task<(CreateTenantRequest? Request, BookingPage? Page, Rejection? Rejection)> ReadTenantAsync(
        ExportFile file, string slug, CancellationToken ct)
    {
        if (file.Manifest.Files.All(f => f.Name != TenantArchive.Tenant)) return (null, null, NoTenant());

        try
        {
            var row = JsonDocument.Parse(await file.LinesAsync(TenantArchive.Tenant, ct).SingleAsync(ct)).RootElement;
            var request = new CreateTenantRequest(
                slug, Text("name"), file.Manifest.TimeZone, Text("locale"), Text("currency"), CustomDomain: null,
                row.GetProperty("branding").Deserialize<Branding>(BrandingEndpoints.Stored),
                row.GetProperty("labels").Deserialize<Labels>(BrandingEndpoints.Stored));
            var page = row.GetProperty("booking_page").Deserialize<BookingPage>(BrandingEndpoints.Stored) ?? new();
            var isSound = Text("time_zone") == request.TimeZone
                && RequestValidation.Check(request).Count == 0 && RequestValidation.Check(page).Count == 0
                && ClientRules.Zone(request.TimeZone) is null && TenantRules.Currency(request.Currency) is null;
            return isSound ? (request, page, null) : (null, null, NoTenant());

            string Text(string member) => row.GetProperty(member).GetString()!;
        }
        catch (Exception e) when (
            e is JsonException or InvalidOperationException or KeyNotFoundException or DecoderFallbackException)
        {
            return (null, null, NoTenant());
        }

        static Rejection NoTenant() =>
            ExportFile.Corrupt(TenantArchive.Tenant, "It holds no tenant that could be made.");
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

        foreach (var reference in references) await ReferAsync(connection, reference, ct);

        await ExecuteAsync(connection, string.Join("; ", [
            .. tables.Select(t => $"alter table {t.Quoted} enable trigger user"),
            ImportSql.MoveSequences,
        ]), ct);
        await transaction.CommitAsync(ct);
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
    /// The tenant's rows of platformdb, and at last the tenant. Licenses arrive suspended: staff decide what is paid
    /// for here, and seats are granted again. Nobody becomes a super admin by a file.
    /// </summary>
    private async Task<TenantImportResponse> SettleAsync(
        ExportFile file, long id, List<ImportedFile> files, RequestKey? key, PlatformDb last, HttpContext http,
        CancellationToken ct)
    {
        var connection = (NpgsqlConnection)last.Database.GetDbConnection();
        var tenant = (await last.LockTenantAsync(id, ct))!;

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
        last.Change(tenant, Caller.Of(http.User).Actor);
        await last.SaveChangesAsync(ct);
        var response = TenantEndpoints.ToResponse(tenant);
        var after = TenantEndpoints.Snapshot(response);
        await last.RecordAsync(
            new(id, "tenant.imported", TenantEndpoints.TargetType, id, null,
                new { Tenant = after, file.Manifest.TenantId, file.Manifest.ExportedAt }),
            new TenantCreated(after), tenant.Version, http, clock.Now, ct);
        var imported = new TenantImportResponse(
            response, file.Manifest.TenantId, [.. files.OrderBy(f => f.Name)], unknown);
        if (key is not null)
        {
            await last.ExecuteAsync(
                key.Remember(
                    StatusCodes.Status201Created, $"/internal/api/v1/tenants/{id}", etag: null, Codes.TenantImported,
                    JsonSerializer.Serialize(imported, PlatformJson.Options), clock.Now,
                    IdempotentCreate.TableOfPlatform),
                ct);
        }

        await last.Database.CommitTransactionAsync(ct);
        return imported;
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

    /// <summary>Also after the caller has disconnected: no other process would.</summary>
    private async Task RemoveAsync(long id, HttpContext http)
    {
        await schemas.DropAsync(id, CancellationToken.None);
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        await db.Tenants.Where(t => t.Id == id).ExecuteDeleteAsync(CancellationToken.None);
        await db.RecordAsync(
            new(id, "tenant.import_refused", TenantEndpoints.TargetType, id, null, null), http, clock.Now,
            CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        signals.Changed(id);
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
