using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Core;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Tenants;

/// <summary>
/// What addresses and contacts of a tenant have in common: of each type exactly one is primary. A request that changes
/// them has the tenant's row, so they follow one another, and the last one to ask for a primary has it. The audit
/// names type, primary and what a kind adds that is nobody's own.
/// </summary>
internal sealed record TenantRecords(PlatformDb Db, HttpContext Http, TimeProvider Clock)
{
    private static readonly Rejection PrimaryNeeded = new(
        RejectionKind.Invalid, Codes.PrimaryRequired, "Make another record primary instead.", "primary");

    private string Actor => Caller.Of(Http.User).Actor;

    public async Task<Results<Ok<Page<TResponse>>, ProblemHttpResult>> ListAsync<T, TResponse>(
        RecordKind<T, TResponse> kind, long tenantId, PageQuery page, CancellationToken ct)
        where T : class, ITenantRecord
    {
        if (!await Db.Tenants.AnyAsync(t => t.Id == tenantId, ct)) return TypedResults.Problem(Problems.NotFound());

        var rows = await Db.Set<T>().AsNoTracking().Where(r => r.TenantId == tenantId).PageAsync(r => r.Id, page, ct);
        return TypedResults.Ok(rows.Of(kind.ToResponse));
    }

    public async Task<Results<Ok<TResponse>, ProblemHttpResult>> GetAsync<T, TResponse>(
        RecordKind<T, TResponse> kind, long tenantId, long id, CancellationToken ct)
        where T : class, ITenantRecord
    {
        if (await FindAsync<T>(tenantId, id, ct) is not { } record) return TypedResults.Problem(Problems.NotFound());

        Http.SetVersion(record.Version);
        return TypedResults.Ok(kind.ToResponse(record));
    }

    public async Task<Results<Created<TResponse>, ProblemHttpResult>> CreateAsync<T, TResponse>(
        RecordKind<T, TResponse> kind, long tenantId, T record, CancellationToken ct)
        where T : class, ITenantRecord
    {
        if (await EnterAsync(tenantId, ct) is { } refusal) return refusal.ToProblem();

        if (record.IsPrimary) await UnsetAsync(kind.Table, record, ct);
        else record.IsPrimary = !await HasPrimaryAsync<T>(tenantId, record.Type, ct);
        Db.Create(record, Actor);
        await Db.SaveChangesAsync(ct);
        await RecordAsync(kind, record, "created", null, kind.Audited(record), ct);

        Http.SetCreated($"/internal/api/v1/tenants/{tenantId}/{kind.Path}/{record.Id}", record.Version);
        return TypedResults.Created((string?)null, kind.ToResponse(record));
    }

    public async Task<Results<Ok<TResponse>, ProblemHttpResult>> ChangeAsync<T, TResponse>(
        RecordKind<T, TResponse> kind, long tenantId, long id, Optional<bool> primary, Func<T, Rejection?> change,
        CancellationToken ct)
        where T : class, ITenantRecord
    {
        if (await EnterAsync(tenantId, ct) is { } refusal) return refusal.ToProblem();
        if (await FindAsync<T>(tenantId, id, ct) is not { } record) return TypedResults.Problem(Problems.NotFound());
        if (Http.CheckVersion(record.Version) is { } stale) return stale.ToProblem();

        var (before, audited) = (kind.ToResponse(record), kind.Audited(record));
        var (type, wasPrimary) = (record.Type, record.IsPrimary);
        if (change(record) is { } no) return no.ToProblem();

        var moves = record.Type != type;
        if (wasPrimary && !moves && !primary.Or(true)) return PrimaryNeeded.ToProblem();

        var takes = primary.Or(wasPrimary && !moves);
        if (takes) await UnsetAsync(kind.Table, record, ct);
        record.IsPrimary = takes || !await HasPrimaryAsync<T>(tenantId, record.Type, ct);
        if (!kind.ToResponse(record)!.Equals(before))
        {
            Db.Change(record, Actor);
            await Db.SaveChangesAsync(ct);
            if (wasPrimary && moves) await PromoteAsync(kind.Table, tenantId, type, ct);
            await RecordAsync(kind, record, "changed", audited, kind.Audited(record), ct);
        }

        Http.SetVersion(record.Version);
        return TypedResults.Ok(kind.ToResponse(record));
    }

    public async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync<T, TResponse>(
        RecordKind<T, TResponse> kind, long tenantId, long id, CancellationToken ct)
        where T : class, ITenantRecord
    {
        if (await EnterAsync(tenantId, ct) is { } refusal) return refusal.ToProblem();
        if (await FindAsync<T>(tenantId, id, ct) is not { } record) return TypedResults.Problem(Problems.NotFound());
        if (Http.CheckVersion(record.Version) is { } stale) return stale.ToProblem();

        Db.Remove(record);
        await Db.SaveChangesAsync(ct);
        if (record.IsPrimary) await PromoteAsync(kind.Table, tenantId, record.Type, ct);
        await RecordAsync(kind, record, "deleted", kind.Audited(record), null, ct);
        return TypedResults.NoContent();
    }

    private async Task<Rejection?> EnterAsync(long tenantId, CancellationToken ct) =>
        await Db.LockTenantAsync(tenantId, ct) is { } tenant
            ? TenantRules.Changeable(tenant)
            : new(RejectionKind.Missing, Codes.NotFound, "The tenant does not exist.");

    private Task<T?> FindAsync<T>(long tenantId, long id, CancellationToken ct) where T : class, ITenantRecord =>
        Db.Set<T>().SingleOrDefaultAsync(r => r.TenantId == tenantId && r.Id == id, ct);

    private Task<bool> HasPrimaryAsync<T>(long tenantId, string type, CancellationToken ct)
        where T : class, ITenantRecord =>
        Db.Set<T>().AnyAsync(r => r.TenantId == tenantId && r.Type == type && r.IsPrimary, ct);

    /// <summary>Before another one is primary: the index would not wait.</summary>
    private Task UnsetAsync(string table, ITenantRecord record, CancellationToken ct) => Db.ExecuteAsync(
        TenantSql.Statement(
            $"""
            update {table} set is_primary = false, updated_by = $4
            where tenant_id_fk = $1 and type = $2 and is_primary and id <> $3
            """,
            record.TenantId, record.Type, record.Id, Actor),
        ct);

    /// <summary>The oldest that is left takes over.</summary>
    private Task PromoteAsync(string table, long tenantId, string type, CancellationToken ct) => Db.ExecuteAsync(
        TenantSql.Statement(
            $"""
            update {table} set is_primary = true, updated_by = $3
            where id = (select min(id) from {table} where tenant_id_fk = $1 and type = $2)
            """,
            tenantId, type, Actor),
        ct);

    private Task RecordAsync<T, TResponse>(
        RecordKind<T, TResponse> kind, T record, string what, object? before, object? after, CancellationToken ct)
        where T : class, ITenantRecord =>
        Db.RecordAsync(
            new(record.TenantId, $"{kind.Name}.{what}", kind.Name, record.Id, before, after), Http, Clock.Now, ct);
}

/// <summary>Addresses or contacts.</summary>
/// <param name="Name">As the audit calls one: <c>tenant_address</c>.</param>
/// <param name="Path">Below the tenant's own.</param>
/// <param name="Audited">Nothing personal.</param>
internal sealed record RecordKind<T, TResponse>(
    string Name, string Table, string Path, Func<T, TResponse> ToResponse, Func<T, object> Audited)
    where T : class, ITenantRecord;
