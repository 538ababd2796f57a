using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core;
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
            .CreatesRow(Codes.RoleCreated, "The role is created.");
        roles.MapPatch("/{id:long}", Change).RequirePermission(Permissions.RolesWrite)
            .ChangesRow().WithCode(Codes.RoleUpdated, "The role has changed.");
        roles.MapDelete("/{id:long}", Delete).RequirePermission(Permissions.RolesWrite).ChangesRow();
    }

    public static void MapStaffRoles(this RouteGroupBuilder staff)
    {
        var roles = staff.MapGroup("/roles").WithTags("Roles");
        roles.MapGet("/", StaffList);
        roles.MapPost("/", StaffCreate).CreatesRow(Codes.RoleCreated, "The role is created.");
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
        if (tenantId is { } id && await writing.LockAsync(id, ct) is null) return Rejection.NotFound.ToProblem();

        var added = await writing.AddRoleAsync(request, tenantId, caller, ct);
        if (!added.TryGet(out var role, out var refusal)) return refusal.ToProblem();

        writing.Http.SetVersion(role.Version);
        return TypedResults.Created((string?)null, ToResponse(role));
    }

    private static async Task<Results<Ok<RoleResponse>, ProblemHttpResult>> Change(
        long id, ChangeRoleRequest request, TenantContext tenant, [AsParameters] PeopleWriting writing,
        CancellationToken ct)
    {
        if (!(await OwnAsync(id, tenant.Id, writing, ct)).TryGet(out var role, out var refusal)) return refusal.ToProblem();

        var permissions = request.Permissions.HasValue ? request.Permissions.Or([]) : role.Permissions;
        var tooMuch = await writing.ChangeRoleAsync(
            role, request.Name.Or(role.Name), permissions, writing.Http.Authority, ct);
        if (tooMuch is not null) return tooMuch.ToProblem();

        writing.Http.SetVersion(role.Version);
        return TypedResults.Ok(ToResponse(role));
    }

    /// <summary>Only one that nobody has, whether active or not.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        if (!(await OwnAsync(id, tenant.Id, writing, ct)).TryGet(out var role, out var refusal)) return refusal.ToProblem();
        return await writing.DeleteRoleAsync(role, ct) is { } inUse ? inUse.ToProblem() : TypedResults.NoContent();
    }

    /// <summary>A role of the tenant's own that the caller may change, with the tenant locked.</summary>
    private static async Task<Result<Role>> OwnAsync(
        long id, long tenantId, PeopleWriting writing, CancellationToken ct)
    {
        await writing.LockAsync(tenantId, ct);
        var role = await writing.Db.Roles.SingleOrDefaultAsync(
            r => r.Id == id && (r.TenantId == null || r.TenantId == tenantId), ct);
        if (role is null) return Rejection.NotFound;

        var refusal = (role.TenantId is null ? RoleRules.OfThePlatform : null)
            ?? writing.Http.CheckVersion(role.Version)
            ?? RoleWriting.CheckBefore(writing.Http.Authority, role);
        return refusal is null ? role : refusal;
    }

    private static RoleResponse ToResponse(Role role) => new(
        role.Id, role.TenantId, role.Slug, role.Name, role.TenantId is null, role.Permissions, role.Version,
        role.CreatedAt, role.CreatedBy, role.UpdatedAt, role.UpdatedBy);
}
