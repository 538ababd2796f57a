using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Storage;
using Platform.Core.Tenants.Transfer;

namespace Platform.Api.Tenants;

/// <summary>
/// Writes all that a tenant owns, as of one moment in each database. Rows pass through one by one; however many there
/// are, memory does not grow.
/// </summary>
internal sealed class ExportTenant(
    PlatformDb platform, TenantContext context, TenantDb schema, CarryAudit audit, TimeProvider clock)
{
    /// <summary>Bytes that are gathered before they are hashed and compressed.</summary>
    private const int Chunk = 64 * 1024;

    public async Task WriteAsync(TenantResponse tenant, Stream output, CancellationToken ct)
    {
        await audit.RunAsync(tenant.Id, ct);

        // In platformdb the tenant's own policies are a second line behind the statements.
        platform.Scope = Scope.Tenant(tenant.Id);
        context.Id = tenant.Id;
        var ofTenant = await TenantArchive.BeginSnapshotAsync(schema, ct);
        var ofPlatform = await TenantArchive.BeginSnapshotAsync(platform, ct);

        await using var zip = await ZipArchive.CreateAsync(
            output, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, ct);
        List<ExportedFile> files = [];
        foreach (var (name, sql) in await TenantArchive.PlatformFilesAsync(ofPlatform, tenant.Id, ct))
        {
            files.Add(await WriteAsync(zip, name, ofPlatform, sql, ct));
        }

        foreach (var (name, sql) in TenantArchive.Files(await TenantArchive.TablesAsync(ofTenant, ct)))
        {
            files.Add(await WriteAsync(zip, name, ofTenant, sql, ct));
        }

        var jobs = TenantArchive.JobsFile(tenant.Id);
        files.Add(await WriteAsync(zip, jobs.Name, ofTenant, jobs.Sql, ct));
        var webhooks = TenantArchive.WebhooksFile(tenant.Id);
        files.Add(await WriteAsync(zip, webhooks.Name, ofTenant, webhooks.Sql, ct));

        var migrations = await schema.Database
            .SqlQuery<string>($"""select "MigrationId" as "Value" from migrations order by 1""").ToListAsync(ct);
        var manifest = new ExportManifest(
            ExportManifest.FormatName, ExportManifest.CurrentVersion, clock.Now, tenant.Id, tenant.Slug,
            tenant.TimeZone, migrations, files);
        await using var last = await zip.CreateEntry(TenantArchive.Manifest).OpenAsync(ct);
        await JsonSerializer.SerializeAsync(last, manifest, PlatformJson.Options, ct);
    }

    private static async Task<ExportedFile> WriteAsync(
        ZipArchive zip, string name, NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var entry = await zip.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 }; // the reader may be slow
        await using var reader = await command.ExecuteReaderAsync(ct);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, rows, bytes) = (new ArrayBufferWriter<byte>(Chunk), 0L, 0L);

        while (await reader.ReadAsync(ct))
        {
            ArchiveText.Encoding.GetBytes(reader.GetString(0).AsSpan(), buffer);
            buffer.Write("\n"u8);
            rows++;
            if (buffer.WrittenCount >= Chunk) await FlushAsync();
        }

        await FlushAsync();
        return new(name, rows, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));

        async Task FlushAsync()
        {
            hash.AppendData(buffer.WrittenSpan);
            await entry.WriteAsync(buffer.WrittenMemory, ct);
            bytes += buffer.WrittenCount;
            buffer.ResetWrittenCount();
        }
    }
}
