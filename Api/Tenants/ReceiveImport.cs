using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Api.Access;
using Platform.Api.Catalogue;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Tenants;
using Platform.Core;
using Platform.Core.Clients;
using Platform.Core.Storage;
using Platform.Core.Tenants;
using Platform.Core.Tenants.Transfer;

namespace Platform.Api.Tenants;

/// <summary>
/// Checks an export that was sent, registers its tenant and hands the archive to the Worker, all in one transaction.
/// Under an <c>Idempotency-Key</c> the same task is found again.
/// </summary>
internal sealed class ReceiveImport(PlatformDb db, TenantWork work, TimeProvider clock)
{
    /// <summary>Bytes of the archive in one row.</summary>
    private const int Piece = 1024 * 1024;

    public async Task<Result<TenantTask>> RunAsync(Stream body, string slug, HttpContext http, CancellationToken ct)
    {
        if (!(await ExportFile.ReceiveAsync(body, ct)).TryGet(out var file, out var unreadable)) return unreadable;

        await using (file)
        {
            var registered = await RegisterAsync(file, slug, http, ct);
            return registered.TryGet(out var taskId, out var refused)
                ? await work.WaitAsync(taskId, http, ct)
                : refused;
        }
    }

    private async Task<Result<long>> RegisterAsync(
        ExportFile file, string slug, HttpContext http, CancellationToken ct)
    {
        // The manifest has the sum of every file: its hash identifies the upload.
        var read = http.ReadIdempotencyKey(Caller.Of(http.User).Actor, new { slug, file.Manifest });
        if (!read.TryGet(out var key, out var malformed)) return malformed;

        db.Scope = Scope.AllTenants;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (key is not null)
        {
            if (!(await db.TakeAsync(key, scope: 0, ct)).TryGet(out var answered, out var unusable)) return unusable;

            if (answered is not null)
            {
                http.SetReplayed();
                return JsonSerializer.Deserialize<long>(answered.Body);
            }
        }

        if (!(await CheckAsync(file, slug, ct)).TryGet(out var tenant, out var unfit)) return unfit;
        if (await ProvisioningEndpoints.AddRowAsync(tenant, db, http, clock, ct) is { } taken) return taken;

        var taskId = (await work.AddAsync(tenant.Id, TenantTaskKinds.Import, http, ct))!.Value; // of a new tenant
        await StoreAsync(file, taskId, ct);
        if (key is not null) await db.RememberAsync(key, tenant.Id, Codes.TenantImported, taskId, clock.Now, ct);

        await transaction.CommitAsync(ct);
        return taskId;
    }

    private async Task StoreAsync(ExportFile file, long taskId, CancellationToken ct)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await using var command = new NpgsqlCommand(
            "insert into tenant_task_files (task_id, place, bytes) values ($1, $2, $3)", connection);
        var (place, bytes) = (new NpgsqlParameter<int>(), new NpgsqlParameter<ReadOnlyMemory<byte>>());
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = taskId });
        command.Parameters.Add(place);
        command.Parameters.Add(bytes);
        var buffer = new byte[Piece];
        file.Archive.Position = 0;
        for (int length; (length = await file.Archive.ReadAtLeastAsync(buffer, Piece, throwOnEndOfStream: false, ct)) > 0;)
        {
            bytes.TypedValue = buffer.AsMemory(0, length);
            await command.ExecuteNonQueryAsync(ct);
            place.TypedValue++;
        }
    }

    private static async Task<Result<Tenant>> CheckAsync(ExportFile file, string slug, CancellationToken ct)
    {
        if (await file.VerifyAsync(ct) is { } corrupt) return corrupt;

        if (!file.Manifest.Migrations.SequenceEqual(TenantSchemas.Migrations))
        {
            return ExportFile.Unsupported("The export was made by another version.");
        }

        if (!(await ReadTenantAsync(file, slug, ct)).TryGet(out var exported, out var unfit)) return unfit;

        var tenant = ProvisioningEndpoints.FromRequest(exported.Request);
        tenant.BookingPage = TenantEndpoints.Stored(exported.BookingPage);
        tenant.ProvisioningError = ProvisioningErrors.ImportFailed; // until it is filled
        return tenant;
    }

    /// <summary>What a new tenant needs, by the rules for new tenants.</summary>
    private static async Task<Result<ExportedTenant>> ReadTenantAsync(
        ExportFile file, string slug, CancellationToken ct)
    {
        if (file.Manifest.Files.All(f => f.Name != TenantArchive.Tenant)) return NoTenant();

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
            return isSound ? new ExportedTenant(request, page) : NoTenant();

            string Text(string member) => row.GetProperty(member).GetString()!;
        }
        catch (Exception e) when (
            e is JsonException or InvalidOperationException or KeyNotFoundException or DecoderFallbackException)
        {
            return NoTenant();
        }

        static Rejection NoTenant() =>
            ExportFile.Corrupt(TenantArchive.Tenant, "The file holds no tenant that can be created.");
    }

    private sealed record ExportedTenant(CreateTenantRequest Request, BookingPage BookingPage);
}
