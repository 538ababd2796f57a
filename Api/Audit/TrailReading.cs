using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts.Audit;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Api.Audit;

/// <summary>Reading a trail: pending entries are appended first, and each read is recorded.</summary>
internal sealed class TrailReading(AuditSearch search, PlatformSql sql, CarryAudit carry, TimeProvider clock)
{
    public AuditSearch Search => search;

    /// <param name="tenantId">Null for every tenant.</param>
    public Task CatchUpAsync(long? tenantId, CancellationToken ct) => carry.RunAsync(tenantId, ct);

    /// <param name="tenantId">Whose trail was read; null for more than one, and 0 for the platform's own.</param>
    /// <param name="userId">About whom.</param>
    public Task RecordAsync(string trail, long? tenantId, long? userId, HttpContext http, CancellationToken ct)
    {
        var format = http.WantsCsv ? "csv" : http.WantsNdjson ? "ndjson" : "page";
        var filters = http.Request.Query.Keys.Where(IsFilter).Order(StringComparer.Ordinal);
        return RecordAsync(
            format == "page" ? AuditActions.AuditRead : AuditActions.AuditExported, tenantId is 0 ? null : tenantId, null,
            new { trail, format, userId, filters }, http, ct);
    }

    public Task RecordPersonAsync(long userId, HttpContext http, CancellationToken ct) => RecordAsync(
        AuditActions.PersonReportRead, null, userId, new { format = http.WantsCsv ? "csv" : "report" }, http, ct);

    private Task RecordAsync(
        string action, long? tenantId, long? targetId, object after, HttpContext http, CancellationToken ct) =>
        sql.ExecuteAsync(
            Scope.AllTenants,
            [AuditChange.Of(tenantId, action, targetId, null, after).ToStatement(http.Source, clock.Now)], ct);

    /// <summary>Names alone: what somebody looks for may be a person.</summary>
    private static bool IsFilter(string name) => name is not ("cursor" or "limit") && name.All(char.IsAsciiLetter);
}
