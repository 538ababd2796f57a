using Microsoft.EntityFrameworkCore;
using Platform.Api.Http;
using Platform.Contracts.Events;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.ApiKeys;
using Platform.Core.Audit;
using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Api.People;

/// <summary>Changes of roles, by people and by directories. The tenant is locked already.</summary>
internal static class RoleWriting
{
    /// <summary>Nobody changes a role that may do more than they may.</summary>
    public static Rejection? CheckBefore(Authority caller, Role role) =>
        caller.Covers(role.Permissions) ? null : RoleRules.TooMuch;

    extension(PeopleWriting writing)
    {
        /// <param name="tenantId">Whose it is; null for a role of the platform.</param>
        public async Task<Result<Role>> AddRoleAsync(
            CreateRoleRequest request, long? tenantId, Authority caller, CancellationToken ct)
        {
            if (Check(caller, request.Permissions) is { } refusal) return refusal;

            // A role of the platform may bear no name that a tenant has given: tokens name roles by slug alone.
            var db = writing.Db;
            var slug = request.Slug ?? RoleRules.SlugOf(request.Name);
            var existing = await db.Roles.Where(r => r.Slug == slug)
                .Where(r => tenantId == null || r.TenantId == null || r.TenantId == tenantId)
                .Select(r => (long?)r.Id).FirstOrDefaultAsync(ct);
            if (existing is { } taken) return RoleRules.Taken(taken);

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
            return role;
        }

        /// <summary>What is the same leaves no trace.</summary>
        public async Task<Rejection?> ChangeRoleAsync(
            Role role, string name, IReadOnlyList<string> permissions, Authority caller, CancellationToken ct)
        {
            if (Check(caller, permissions) is { } refusal) return refusal;

            var (before, after) = (Snapshot(role), Sorted(permissions));
            if (name == role.Name && after.SequenceEqual(role.Permissions)) return null;

            (role.Name, role.Permissions) = (name, after);
            writing.Db.Change(role, writing.Actor);
            await writing.Db.SaveChangesAsync(ct);
            await RecordAsync(writing, role, before, new RoleChanged(Snapshot(role), before), ct);
            return null;
        }

        /// <summary>Only one that nobody has, whether active or not.</summary>
        public async Task<Rejection?> DeleteRoleAsync(Role role, CancellationToken ct)
        {
            if (await writing.Db.MembershipRoles.AnyAsync(h => h.RoleId == role.Id, ct)
                || await writing.Db.ServiceAccountRoles.AnyAsync(h => h.RoleId == role.Id, ct))
            {
                return RoleRules.InUse;
            }

            await writing.Db.Roles.Where(r => r.Id == role.Id).ExecuteDeleteAsync(ct);
            await RecordAsync(writing, role, Snapshot(role), new RoleDeleted(Snapshot(role)), ct);
            return null;
        }
    }

    private static Rejection? Check(Authority caller, IReadOnlyList<string> permissions) =>
        PermissionRules.CheckKnown(permissions) ?? (caller.Covers(permissions) ? null : RoleRules.TooMuch);

    /// <summary>A change of a platform role is in the platform's chain only, and no tenant gets an event.</summary>
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
}
