using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Licensing;
using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Api.People;

/// <summary>
/// Groups of users, which are roles (as in SCIM), and the applications that they are granted. A member has one seat of
/// an application, however many groups give it.
/// </summary>
internal static class GroupEndpoints
{
    public static void MapGroups(this RouteGroupBuilder direct)
    {
        var groups = direct.InPlatformTransactions().MapGroup("/groups").WithTags("Groups").RequireScope(Scopes.Licensing);
        groups.MapGet("/", List).RequirePermission(Permissions.UsersRead);
        groups.MapGet("/{id:long}", Get).RequirePermission(Permissions.UsersRead);
        groups.MapPost("/", Create).RequirePermission(Permissions.RolesWrite)
            .CreatesRow(Codes.GroupCreated, "The group is created.");
        groups.MapDelete("/{id:long}", Delete).RequirePermission(Permissions.RolesWrite).ChangesRow();
        Changes(groups.MapPut("/{id:long}/members/{userId:long}", Join), Permissions.UsersWrite);
        Changes(groups.MapDelete("/{id:long}/members/{userId:long}", Leave), Permissions.UsersWrite);
        Changes(groups.MapPost("/{id:long}/members", JoinMany), Permissions.UsersWrite);
        Changes(groups.MapPost("/{id:long}/members/leave", LeaveMany), Permissions.UsersWrite);
        Changes(groups.MapPost("/{id:long}/apps/{application}/grant", Grant), Permissions.SeatsWrite);
        Changes(groups.MapPost("/{id:long}/apps/{application}/revoke", Revoke), Permissions.SeatsWrite);

        static void Changes(RouteHandlerBuilder route, string permission) => route.RequirePermission(permission)
            .Idempotent().ChangesRow().WithCode(Codes.GroupUpdated, "The group and its seats have changed.");
    }

    private static async Task<Ok<Page<GroupResponse>>> List(
        TenantContext tenant, PlatformDb db, [AsParameters] PageQuery page, CancellationToken ct)
    {
        var found = await db.GroupsOf(tenant.Id).PageAsync(group => group.Role.Id, page, ct);
        return TypedResults.Ok(found.Of(ToResponse));
    }

    private static async Task<Results<Ok<GroupResponse>, ProblemHttpResult>> Get(
        long id, TenantContext tenant, PlatformDb db, CancellationToken ct) =>
        await FindAsync(db, tenant.Id, id, ct) is { } group
            ? TypedResults.Ok(ToResponse(group))
            : TypedResults.Problem(Problems.NotFound());

    private static async Task<Results<Created<GroupResponse>, ProblemHttpResult>> Create(
        CreateGroupRequest request, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        await writing.LockAsync(tenant.Id, ct);
        var added = await writing.AddRoleAsync(
            new(request.Name, [], request.Slug), tenant.Id, writing.Http.Authority, ct);
        if (!added.TryGet(out var role, out var refusal)) return refusal.ToProblem();

        writing.Http.SetCreated($"/api/v1/groups/{role.Id}", role.Version);
        return TypedResults.Created((string?)null, ToResponse(new() { Role = role, Members = 0, Applications = [] }));
    }

    /// <summary>Takes the role from everybody, and the seats that came of it. A role of the platform stays.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        await writing.LockAsync(tenant.Id, ct);
        if (await FindAsync(writing.Db, tenant.Id, id, ct) is not { } group)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        if (group.Role.TenantId is null) return RoleRules.OfThePlatform.ToProblem();

        var role = (await writing.Db.Roles.FindAsync([id], ct))!;
        var held = writing.Db.MembershipRoles;
        var members = await writing.Db.Memberships
            .Where(m => m.TenantId == tenant.Id && held.Any(h => h.MembershipId == m.Id && h.RoleId == id))
            .OrderBy(m => m.UserId).Select(m => m.UserId).ToListAsync(ct);
        var refusal = RoleWriting.CheckBefore(writing.Http.Authority, role);
        await writing.Seats.LockAsync(tenant.Id, ct);
        foreach (var member in members)
        {
            refusal ??= await writing.ChangeLockedAsync(
                writing.Http.Authority, tenant.Id, member, new(RemovedRole: role), ct);
        }

        refusal ??= await writing.DeleteRoleAsync(role, ct);
        return refusal is null ? TypedResults.NoContent() : refusal.ToProblem();
    }

    /// <summary>
    /// Refused with the numbers where the group gives a seat that is not there. Again it changes nothing.
    /// </summary>
    private static Task<Results<Ok<GroupResponse>, ProblemHttpResult>> Join(
        long id, long userId, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct) =>
        MoveAsync(id, userId, tenant.Id, role => new(AddedRole: role), writing, ct);

    private static Task<Results<Ok<GroupResponse>, ProblemHttpResult>> Leave(
        long id, long userId, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct) =>
        MoveAsync(id, userId, tenant.Id, role => new(RemovedRole: role), writing, ct);

    private static Task<Results<Ok<List<GroupMemberItem>>, ProblemHttpResult>> JoinMany(
        long id, GroupMembersRequest request, TenantContext tenant, [AsParameters] PeopleWriting writing,
        CancellationToken ct) => writing.MoveAsync(tenant.Id, id, request, joins: true, ct);

    private static Task<Results<Ok<List<GroupMemberItem>>, ProblemHttpResult>> LeaveMany(
        long id, GroupMembersRequest request, TenantContext tenant, [AsParameters] PeopleWriting writing,
        CancellationToken ct) => writing.MoveAsync(tenant.Id, id, request, joins: false, ct);

    /// <summary>A seat for every active member of the group without one; all get it or none.</summary>
    private static Task<Results<Ok<GroupResponse>, ProblemHttpResult>> Grant(
        long id, string application, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct) =>
        ChangeAsync(id, application, tenant.Id, gives: true, writing, ct);

    /// <summary>Ends the seats that came of this group alone.</summary>
    private static Task<Results<Ok<GroupResponse>, ProblemHttpResult>> Revoke(
        long id, string application, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct) =>
        ChangeAsync(id, application, tenant.Id, gives: false, writing, ct);

    private static async Task<Results<Ok<GroupResponse>, ProblemHttpResult>> MoveAsync(
        long id, long userId, long tenantId, Func<Role, MembershipChange> change, PeopleWriting writing, CancellationToken ct)
    {
        await writing.LockAsync(tenantId, ct);
        if (await FindAsync(writing.Db, tenantId, id, ct) is not { } group) return TypedResults.Problem(Problems.NotFound());

        var refusal = await writing.ChangeLockedAsync(writing.Http.Authority, tenantId, userId, change(group.Role), ct);
        return refusal is null
            ? TypedResults.Ok(ToResponse((await FindAsync(writing.Db, tenantId, id, ct))!))
            : refusal.ToProblem();
    }

    private static async Task<Results<Ok<GroupResponse>, ProblemHttpResult>> ChangeAsync(
        long id, string slug, long tenantId, bool gives, PeopleWriting writing, CancellationToken ct)
    {
        var db = writing.Db;
        await writing.LockAsync(tenantId, ct);
        if (await FindAsync(db, tenantId, id, ct) is not { } group
            || await db.Applications.SingleOrDefaultAsync(a => a.Slug == slug, ct) is not { } application)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        if (group.Applications.Contains(slug) == gives) return TypedResults.Ok(ToResponse(group));

        if (gives)
        {
            if (await writing.CheckLicenseAsync(tenantId, application, ct) is { } closed) return closed.ToProblem();

            db.Create(
                new GroupApplication { TenantId = tenantId, RoleId = id, ApplicationId = application.Id }, writing.Actor);
            await db.SaveChangesAsync(ct);
        }
        else
        {
            await db.GroupApplications
                .Where(g => g.TenantId == tenantId && g.RoleId == id && g.ApplicationId == application.Id)
                .ExecuteDeleteAsync(ct);
        }

        if (await writing.Seats.FollowGroupsAsync(tenantId, null, writing.Http.Source, ct) is { } refusal)
        {
            return refusal.ToProblem();
        }

        var now = (await FindAsync(db, tenantId, id, ct))!;
        await db.RecordAsync(
            new AuditChange(
                tenantId, gives ? "group.application_granted" : "group.application_revoked", "role", id,
                new { group.Applications }, new { now.Applications }),
            writing.Http, writing.Clock.Now, ct);
        writing.Changes.Of(tenantId);
        return TypedResults.Ok(ToResponse(now));
    }

    internal static Task<GroupView?> FindAsync(PlatformDb db, long tenantId, long id, CancellationToken ct) =>
        db.GroupsOf(tenantId).SingleOrDefaultAsync(group => group.Role.Id == id, ct);

    private static GroupResponse ToResponse(GroupView group) => new(
        group.Role.Id, group.Role.Slug, group.Role.Name, group.Role.TenantId is null, group.Role.Permissions, group.Members,
        group.Applications, group.Role.Version);

    extension(PeopleWriting writing)
    {
        /// <summary>Whether the tenant may use the application, also where the group has no member yet.</summary>
        private async Task<Rejection?> CheckLicenseAsync(long tenantId, Application application, CancellationToken ct)
        {
            if (!application.Active) return GrantRules.Retired;

            var license = await writing.Db.Licenses.AsNoTracking()
                .SingleOrDefaultAsync(l => l.TenantId == tenantId && l.ApplicationId == application.Id, ct);
            return LicenseRules.Check(license?.Terms, writing.Clock.Now);
        }
    }
}
