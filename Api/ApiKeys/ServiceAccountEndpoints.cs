using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Api.People;
using Platform.Contracts;
using Platform.Contracts.ApiKeys;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.ApiKeys;
using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Api.ApiKeys;

/// <summary>The programs of a tenant, by those who administer it.</summary>
internal static class ServiceAccountEndpoints
{
    public const string TargetType = "service_account";

    public static void MapServiceAccounts(this RouteGroupBuilder direct)
    {
        var accounts = direct.InPlatformTransactions().MapGroup("/service-accounts").WithTags("Service accounts")
            .RequireScope(Scopes.Licensing).RequirePermission(Permissions.ApiKeysManage).ByPeople();
        accounts.MapGet("/", List);
        accounts.MapGet("/{id:long}", Get);
        accounts.MapPost("/", Create).CreatesRow(Codes.ServiceAccountCreated, "The service account is created.");
        accounts.MapPatch("/{id:long}", Change)
            .ChangesRow().WithCode(Codes.ServiceAccountUpdated, "The service account has changed.");
        accounts.MapDelete("/{id:long}", Delete).ChangesRow();
        accounts.MapApiKeys();
    }

    /// <summary>A key that could make keys would outlive its own end.</summary>
    private static RouteGroupBuilder ByPeople(this RouteGroupBuilder routes) =>
        routes.AddEndpointFilter(async (context, next) => Caller.Of(context.HttpContext.User).IsKey
            ? ApiKeyRules.ByKey.ToProblem()
            : await next(context));

    private static async Task<Ok<Page<ServiceAccountResponse>>> List(
        TenantContext tenant, PlatformDb db, [AsParameters] PageQuery page, CancellationToken ct)
    {
        var found = await Live(db, tenant.Id).AsNoTracking().PageAsync(a => a.Id, page, ct);
        var rows = await ResponsesAsync(db, [.. found.Items.Select(a => a.Id)], ct);
        return TypedResults.Ok(found.Of(rows));
    }

    private static async Task<Results<Ok<ServiceAccountResponse>, ProblemHttpResult>> Get(
        long id, TenantContext tenant, PlatformDb db, HttpContext http, CancellationToken ct)
    {
        if (!await Live(db, tenant.Id).AnyAsync(a => a.Id == id, ct)) return TypedResults.Problem(Problems.NotFound());

        var account = (await ResponsesAsync(db, [id], ct))[0];
        http.SetVersion(account.Version);
        return TypedResults.Ok(account);
    }

    private static async Task<Results<Created<ServiceAccountResponse>, ProblemHttpResult>> Create(
        CreateServiceAccountRequest request, TenantContext tenant, [AsParameters] PeopleWriting writing,
        CancellationToken ct)
    {
        var db = writing.Db;
        await writing.LockAsync(tenant.Id, ct);
        if (!(await writing.RolesAsync(tenant.Id, request.Roles, ct)).TryGet(out var roles, out var unknown))
        {
            return unknown.ToProblem();
        }

        var refusal = ApiKeyRules.Check(writing.Http.Authority, [], roles)
            ?? await NameTakenAsync(db, tenant.Id, request.Name, 0, ct);
        if (refusal is not null) return refusal.ToProblem();
        if (await Live(db, tenant.Id).CountAsync(ct) >= ApiKeyRules.MaxAccounts)
        {
            return ApiKeyRules.TooManyAccounts.ToProblem();
        }

        var account = new ServiceAccount { TenantId = tenant.Id, Name = request.Name };
        db.Create(account, writing.Actor);
        await db.SaveChangesAsync(ct);
        Give(writing, account, roles);
        await db.SaveChangesAsync(ct);
        await RecordAsync(
            writing, account, "service_account.created", null, Terms(account.Name, roles), ct);

        writing.Http.SetCreated($"/api/v1/service-accounts/{account.Id}", account.Version);
        return TypedResults.Created((string?)null, (await ResponsesAsync(db, [account.Id], ct))[0]);
    }

    private static async Task<Results<Ok<ServiceAccountResponse>, ProblemHttpResult>> Change(
        long id, ChangeServiceAccountRequest request, TenantContext tenant, [AsParameters] PeopleWriting writing,
        CancellationToken ct)
    {
        var db = writing.Db;
        if (await FindAsync(writing, tenant.Id, id, ct) is not var (account, before))
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        if (writing.Http.CheckVersion(account.Version) is { } stale) return stale.ToProblem();

        var found = request.Roles.HasValue ? await writing.RolesAsync(tenant.Id, request.Roles.Or([]), ct) : before;
        if (!found.TryGet(out var after, out var unknown)) return unknown.ToProblem();

        var name = request.Name.Or(account.Name);
        var refusal = ApiKeyRules.Check(writing.Http.Authority, before, after)
            ?? await NameTakenAsync(db, tenant.Id, name, id, ct);
        if (refusal is not null) return refusal.ToProblem();

        var isSame = before.Select(r => r.Id).ToHashSet().SetEquals(after.Select(r => r.Id));
        if (name != account.Name || !isSame)
        {
            var previous = account.Name;
            account.Name = name;
            db.Change(account, writing.Actor);
            var gone = before.Select(r => r.Id).Except(after.Select(r => r.Id)).ToList();
            await db.ServiceAccountRoles.Where(r => r.ServiceAccountId == id && gone.Contains(r.RoleId))
                .ExecuteDeleteAsync(ct);
            Give(writing, account, after.Where(r => before.All(held => held.Id != r.Id)));
            await db.SaveChangesAsync(ct);
            await RecordAsync(
                writing, account, "service_account.changed", Terms(previous, before), Terms(name, after), ct);
        }

        return await Get(id, tenant, db, writing.Http, ct);
    }

    /// <summary>Ends all of its keys at once, everywhere.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        if (await FindAsync(writing, tenant.Id, id, ct) is not var (account, roles))
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        if (writing.Http.CheckVersion(account.Version) is { } stale) return stale.ToProblem();

        var now = writing.Clock.Now;
        account.EndedAt = now;
        writing.Db.Change(account, writing.Actor);
        await writing.Db.SaveChangesAsync(ct);
        await writing.Db.ApiKeys.Where(k => k.ServiceAccountId == id && k.RevokedAt == null)
            .ExecuteUpdateAsync(k => k.SetProperty(key => key.RevokedAt, now), ct);
        await writing.Db.ServiceAccountRoles.Where(r => r.ServiceAccountId == id).ExecuteDeleteAsync(ct);
        await RecordAsync(
            writing, account, "service_account.deleted", Terms(account.Name, roles), null, ct);
        return TypedResults.NoContent();
    }

    public static IQueryable<ServiceAccount> Live(PlatformDb db, long tenantId) =>
        db.ServiceAccounts.Where(a => a.TenantId == tenantId && a.EndedAt == null);

    /// <summary>An account that has not ended, with the tenant locked.</summary>
    public static async Task<(ServiceAccount Account, List<Role> Roles)?> FindAsync(
        PeopleWriting writing, long tenantId, long id, CancellationToken ct)
    {
        await writing.LockAsync(tenantId, ct);
        var (held, roles) = (writing.Db.ServiceAccountRoles, writing.Db.Roles);
        return await Live(writing.Db, tenantId).SingleOrDefaultAsync(a => a.Id == id, ct) is { } account
            ? (account, await (
                from h in held
                where h.ServiceAccountId == id
                join r in roles on h.RoleId equals r.Id
                select r).ToListAsync(ct))
            : null;
    }

    private static async Task<Rejection?> NameTakenAsync(
        PlatformDb db, long tenantId, string name, long id, CancellationToken ct)
    {
        var existing = await db.Database.SqlQuery<long>($"""
            select id as "Value" from service_accounts
            where tenant_id_fk = {tenantId} and lower(name) = lower({name}) and ended_at is null and id <> {id}
            """).ToListAsync(ct);
        return existing is [var taken, ..] ? ApiKeyRules.NameTaken(taken) : null;
    }

    private static void Give(PeopleWriting writing, ServiceAccount account, IEnumerable<Role> roles)
    {
        foreach (var role in roles)
        {
            writing.Db.Create(
                new ServiceAccountRole { ServiceAccountId = account.Id, RoleId = role.Id, TenantId = account.TenantId },
                writing.Actor);
        }
    }

    private static Task RecordAsync(
        PeopleWriting writing, ServiceAccount account, string action, object? before, object? after,
        CancellationToken ct)
    {
        writing.Changes.Of(account.TenantId);
        return writing.Db.RecordAsync(
            new(account.TenantId, action, TargetType, account.Id, before, after), writing.Http, writing.Clock.Now, ct);
    }

    private static object Terms(string name, IEnumerable<Role> roles) =>
        new { name, Roles = roles.Select(r => r.Slug).Order(StringComparer.Ordinal) };

    /// <summary>By id.</summary>
    private static async Task<List<ServiceAccountResponse>> ResponsesAsync(
        PlatformDb db, IReadOnlyList<long> ids, CancellationToken ct)
    {
        var (held, roles) = (db.ServiceAccountRoles, db.Roles);
        var rows = await db.ServiceAccounts.AsNoTracking().Where(a => ids.Contains(a.Id)).OrderBy(a => a.Id)
            .Select(a => new
            {
                Account = a,
                Roles = (from h in held
                         join r in roles on h.RoleId equals r.Id
                         where h.ServiceAccountId == a.Id
                         orderby r.Slug
                         select r).ToList(),
            }).ToListAsync(ct);
        return
        [
            .. rows.Select(row => new ServiceAccountResponse(
                row.Account.Id, row.Account.Name, [.. row.Roles.Select(r => r.Slug).Order(StringComparer.Ordinal)],
                ApiKeyRules.PermissionsOf(row.Roles), row.Account.Version) { Stamps = row.Account.ToStamps() }),
        ];
    }
}
