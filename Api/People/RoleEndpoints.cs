using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Events;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Api.People;

/// <summary>Named sets of permissions: the platform's, which all tenants have, and each tenant's own.</summary>
internal static class RoleEndpoints
{
    public static void MapRoles(this RouteGroupBuilder direct)
    {
        var roles = direct.InPlatformTransactions().MapGroup("/roles").WithTags("Roles").RequireScope(Scopes.Licensing);
        roles.MapGet("/", List).RequirePermission(Permissions.UsersRead);
        roles.MapPost("/", Create).RequirePermission(Permissions.RolesWrite)
            .CreatesRow(Codes.RoleCreated, "The role is there.");
        roles.MapPatch("/{id:long}", Change).RequirePermission(Permissions.RolesWrite)
            .ChangesRow().WithCode(Codes.RoleUpdated, "The role has changed.");
        roles.MapDelete("/{id:long}", Delete).RequirePermission(Permissions.RolesWrite).ChangesRow();
    }

    public static void MapStaffRoles(this RouteGroupBuilder staff)
    {
        var roles = staff.MapGroup("/roles").WithTags("Roles");
        roles.MapGet("/", StaffList);
        roles.MapPost("/", StaffCreate).CreatesRow(Codes.RoleCreated, "The role is there.");
    }

    private static async Task<Ok<Page<RoleResponse>>> List(
        TenantContext tenant, PlatformDb db, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok(await PageAsync(
            db.Roles.Where(r => r.TenantId == null || r.TenantId == tenant.Id), page, ct));

    /// <param name="tenantId">The platform's roles and this tenant's; all there are where it is absent.</param>
    private static async Task<Ok<Page<RoleResponse>>> StaffList(
        PlatformDb db, long? tenantId, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok(await PageAsync(
            db.Roles.Where(r => tenantId == null || r.TenantId == null || r.TenantId == tenantId), page, ct));

    private static async Task<Page<RoleResponse>> PageAsync(
        IQueryable<Role> roles, PageQuery page, CancellationToken ct)
    {
        var found = await roles.AsNoTracking().PageAsync(r => r.Id, page, ct);
        return found.Of(ToResponse);
    }

    private static Task<Results<Created<RoleResponse>, ProblemHttpResult>> Create(
        CreateRoleRequest request, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct) =>
        CreateAsync(request, tenant.Id, writing.Http.Authority, writing, ct);

    private static Task<Results<Created<RoleResponse>, ProblemHttpResult>> StaffCreate(
        StaffCreateRoleRequest request, [AsParameters] PeopleWriting writing, CancellationToken ct) =>
        CreateAsync(
            new(request.Name, request.Permissions, request.Slug), request.TenantId, Authority.OfStaff, writing, ct);

    private static async Task<Results<Created<RoleResponse>, ProblemHttpResult>> CreateAsync(
        CreateRoleRequest request, long? tenantId, Authority caller, PeopleWriting writing, CancellationToken ct)
    {
        var db = writing.Db;
        if (tenantId is { } id && await writing.LockAsync(id, ct) is null) return PeopleWriting.Unknown.ToProblem();
        if (Refusal(caller, request.Permissions) is { } refusal) return refusal.ToProblem();

        // A role of the platform may bear no name that a tenant has given: tokens name roles by slug alone.
        var slug = request.Slug ?? RoleRules.SlugOf(request.Name);
        var existing = await db.Roles.Where(r => r.Slug == slug)
            .Where(r => tenantId == null || r.TenantId == null || r.TenantId == tenantId)
            .Select(r => (long?)r.Id).FirstOrDefaultAsync(ct);
        if (existing is { } taken) return RoleRules.Taken(taken).ToProblem();

        var role = new Role
        {
            TenantId = tenantId,
            Slug = slug,
            Name = request.Name,
            Permissions = Sorted(request.Permissions),
        };
        db.Create(role, writing.Actor);
        await db.SaveChangesAsync(ct);
        await RecordAsync(writing, role, null, new RoleCreated(Snapshot(role)), ct);

        writing.Http.SetVersion(role.Version);
        return TypedResults.Created((string?)null, ToResponse(role));
    }

    private static async Task<Results<Ok<RoleResponse>, ProblemHttpResult>> Change(
        long id, ChangeRoleRequest request, TenantContext tenant, [AsParameters] PeopleWriting writing,
        CancellationToken ct)
    {
        var (role, refusal) = await OwnAsync(id, tenant.Id, writing, ct);
        if (role is null) return refusal!.ToProblem();

        var permissions = request.Permissions.HasValue ? Sorted(request.Permissions.Or([])) : role.Permissions;
        if (Refusal(writing.Http.Authority, permissions) is { } tooMuch) return tooMuch.ToProblem();

        var (before, name) = (Snapshot(role), request.Name.Or(role.Name));
        if (name != role.Name || !permissions.SequenceEqual(role.Permissions))
        {
            (role.Name, role.Permissions) = (name, permissions);
            writing.Db.Change(role, writing.Actor);
            await writing.Db.SaveChangesAsync(ct);
            await RecordAsync(writing, role, before, new RoleChanged(Snapshot(role), before), ct);
        }

        writing.Http.SetVersion(role.Version);
        return TypedResults.Ok(ToResponse(role));
    }

    /// <summary>Only one that nobody has, whether active or not.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        var (role, refusal) = await OwnAsync(id, tenant.Id, writing, ct);
        if (role is null) return refusal!.ToProblem();
        if (await writing.Db.MembershipRoles.AnyAsync(h => h.RoleId == id, ct)) return RoleRules.InUse.ToProblem();

        await writing.Db.Roles.Where(r => r.Id == id).ExecuteDeleteAsync(ct);
        await RecordAsync(writing, role, Snapshot(role), new RoleDeleted(Snapshot(role)), ct);
        return TypedResults.NoContent();
    }

    /// <summary>A role of the tenant's own that the caller may change, with the tenant locked.</summary>
    private static async Task<(Role? Role, Rejection? Refusal)> OwnAsync(
        long id, long tenantId, PeopleWriting writing, CancellationToken ct)
    {
        await writing.LockAsync(tenantId, ct);
        var role = await writing.Db.Roles.SingleOrDefaultAsync(
            r => r.Id == id && (r.TenantId == null || r.TenantId == tenantId), ct);
        if (role is null) return (null, PeopleWriting.Unknown);
        if (role.TenantId is null) return (null, RoleRules.OfThePlatform);

        return (writing.Http.CheckVersion(role.Version)
            ?? (writing.Http.Authority.Covers(role.Permissions) ? null : RoleRules.TooMuch)) is { } refusal
                ? (null, refusal)
                : (role, null);
    }

    private static Rejection? Refusal(Authority caller, IReadOnlyList<string> permissions) =>
        PermissionRules.CheckKnown(permissions) ?? (caller.Covers(permissions) ? null : RoleRules.TooMuch);

    /// <summary>A role of the platform is in nobody's chain but its own, and no tenant is told of it.</summary>
    private static Task RecordAsync<T>(
        PeopleWriting writing, Role role, RoleSnapshot? before, T data, CancellationToken ct) where T : IEventData
    {
        var after = data is RoleDeleted ? null : Snapshot(role);
        var change = new AuditChange(role.TenantId, T.EventType, "role", role.Id, before, after);
        if (role.TenantId is not { } tenant) return writing.Db.RecordAsync(change, writing.Http, writing.Clock.Now, ct);

        writing.Changes.Of(tenant);
        var version = data is RoleDeleted ? role.Version + 1 : role.Version;
        return writing.Db.RecordAsync(change, data, version, writing.Http, writing.Clock.Now, ct);
    }

    private static List<string> Sorted(IEnumerable<string> permissions) =>
        [.. permissions.Order(StringComparer.Ordinal)];

    private static RoleSnapshot Snapshot(Role role) => new(role.Id, role.Slug, role.Permissions);

    private static RoleResponse ToResponse(Role role) => new(
        role.Id, role.TenantId, role.Slug, role.Name, role.TenantId is null, role.Permissions, role.Version);
}
