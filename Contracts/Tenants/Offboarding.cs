using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.Tenants;

/// <summary><c>POST /internal/api/v1/tenants/{id}/offboard</c></summary>
/// <param name="Reason">For the people who look after the tenant; it goes with the tenant.</param>
/// <param name="PurgeAfterDays">How long it may be taken back.</param>
public sealed record OffboardTenantRequest(
    [property: FreeText, Required, StringLength(500)] string Reason,
    [property: Range(7, 365)] int PurgeAfterDays = 30);

/// <summary><c>manifest.json</c> of an export: what the archive holds.</summary>
/// <param name="Format"><see cref="FormatName"/>.</param>
/// <param name="FormatVersion"><see cref="CurrentVersion"/>; another one is not read.</param>
/// <param name="ExportedAt">UTC.</param>
/// <param name="TenantId">The tenant that was exported; elsewhere another one may have that number.</param>
/// <param name="Migrations">By which the tenant's tables were built, in order.</param>
/// <param name="Files">All but this one.</param>
public sealed record ExportManifest(
    string Format,
    int FormatVersion,
    DateTimeOffset ExportedAt,
    long TenantId,
    string Slug,
    string TimeZone,
    IReadOnlyList<string> Migrations,
    IReadOnlyList<ExportedFile> Files)
{
    public const string FormatName = "platform-tenant-export";
    public const int CurrentVersion = 1;
}

/// <summary>A table, one JSON object a line (NDJSON, UTF-8, each line ended by LF).</summary>
/// <param name="Name">In the archive: <c>tenant/bookings.ndjson</c>.</param>
/// <param name="Sha256">Of the bytes before compression, in lower-case hexadecimal digits.</param>
public sealed record ExportedFile(string Name, long Rows, long Bytes, string Sha256);

/// <summary><c>POST /internal/api/v1/tenants/import</c>: what became of the export.</summary>
/// <param name="SourceTenantId">The tenant that was exported.</param>
/// <param name="Files">How many rows of each file were taken over.</param>
/// <param name="UnknownUsers">E-mails of members who have no account here; invite them.</param>
public sealed record TenantImportResponse(
    TenantResponse Tenant,
    long SourceTenantId,
    IReadOnlyList<ImportedFile> Files,
    IReadOnlyList<string> UnknownUsers);

/// <param name="Name">In the archive.</param>
/// <param name="Rows">In the file.</param>
/// <param name="Imported">0 for files that are only kept: grants and the audit.</param>
public sealed record ImportedFile(string Name, long Rows, long Imported);

public static class TenantTaskKinds
{
    /// <summary>Makes the tables of a new tenant.</summary>
    public const string Build = "build";

    /// <summary>Makes and fills the tables of a tenant that was imported.</summary>
    public const string Import = "import";

    /// <summary>Drops the tables of a tenant that was purged.</summary>
    public const string Drop = "drop";
}

public static class TenantTaskStatuses
{
    public const string Open = "open";
    public const string Done = "done";
    public const string Failed = "failed";
}

/// <summary>
/// <c>GET /internal/api/v1/tenant-tasks/{id}</c>: work on the tables of a tenant that takes longer than the request
/// that asked for it.
/// </summary>
/// <param name="Kind">One of <see cref="TenantTaskKinds"/>.</param>
/// <param name="Status">One of <see cref="TenantTaskStatuses"/>. Poll an open task every second or less often.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="FinishedAt">UTC; null while the task is open.</param>
/// <param name="Error">The code that the request would have been refused with; null unless the task failed.</param>
/// <param name="Detail">For a person to read; null unless the task failed.</param>
/// <param name="File">The file of the archive that an import failed on.</param>
/// <param name="Imported">What became of an import.</param>
public sealed record TenantTaskResponse(
    long Id,
    long TenantId,
    string Kind,
    string Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt,
    string? Error,
    string? Detail,
    string? File,
    TenantImportResponse? Imported);
