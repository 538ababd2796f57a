using Platform.Contracts.People;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Core.People;

/// <param name="Q">The beginning of a name or an e-mail.</param>
/// <param name="Role">Slug: only those who have it.</param>
/// <param name="After">Only people with a higher number.</param>
/// <param name="Skip">So many of these are left out.</param>
public sealed record MemberFilter(
    string? Q = null, bool? Active = null, long? UserId = null, long After = 0, int Skip = 0, int Limit = 1,
    string? Role = null);

/// <summary>People and memberships as answers show them.</summary>
public static class UserQuery
{
    /// <summary>Comes after every text that begins with the same letters.</summary>
    private const string Last = "\U0010FFFF";

    extension(PlatformDb db)
    {
        /// <summary>
        /// Whose name or e-mail begins with a text, whatever the case of its letters. By ranges: before row-level
        /// security has had its say, an index is asked only by comparisons that give nothing away, as <c>like </c>
        /// might.
        /// </summary>
        public IQueryable<User> UsersLike(string? q)
        {
            if (string.IsNullOrWhiteSpace(q)) return db.Users.AsNoTracking();

            var text = q.Trim();
            return db.Users
                .FromSql($"""
                    select * from users
                    where (search_name >= lower({text}) and search_name < lower({text}) || {Last})
                        or (search_email >= lower({text}) and search_email < lower({text}) || {Last})
                    """)
                .AsNoTracking();
        }

        /// <summary>The members of a tenant, by number of the person; one statement.</summary>
        public Task<List<UserResponse>> MembersAsync(long tenantId, MemberFilter filter, CancellationToken ct)
        {
            var memberships = db.MembershipsLike(tenantId, filter);
            var (users, types, held, roles) = (db.UsersLike(filter.Q), db.UserTypes, db.MembershipRoles, db.Roles);
            var members =
                from m in memberships
                join u in users on m.UserId equals u.Id
                join t in types on m.UserTypeId equals t.Id
                orderby m.UserId
                select new UserResponse(
                    m.UserId, u.Name, u.Email, u.Locale, t.Slug,
                    (from h in held
                     join r in roles on h.RoleId equals r.Id
                     where h.MembershipId == m.Id
                     orderby r.Slug
                     select r.Slug).ToList(),
                    m.Active, !u.Active, EF.Property<DateTimeOffset>(m, "CreatedAt"), m.Version,
                    EF.Property<string?>(m, "CreatedBy"), EF.Property<DateTimeOffset>(m, "UpdatedAt"),
                    EF.Property<string?>(m, "UpdatedBy"),
                    m.Kind, m.ResourceId, m.ClientId, m.Metadata);
            return (filter.Skip == 0 ? members : members.Skip(filter.Skip)).Take(filter.Limit).ToListAsync(ct);
        }

        /// <summary>How many there are in all, whatever is left out.</summary>
        public Task<long> CountMembersAsync(long tenantId, MemberFilter filter, CancellationToken ct)
        {
            var (memberships, users) = (db.MembershipsLike(tenantId, filter), db.UsersLike(filter.Q));
            return (from m in memberships join u in users on m.UserId equals u.Id select m).LongCountAsync(ct);
        }

        private IQueryable<Membership> MembershipsLike(long tenantId, MemberFilter filter)
        {
            var memberships = db.Memberships.Where(m => m.TenantId == tenantId && m.UserId > filter.After);
            if (filter.UserId is { } one) memberships = memberships.Where(m => m.UserId == one);
            if (filter.Active is { } active) memberships = memberships.Where(m => m.Active == active);
            if (filter.Role is { } slug)
            {
                var (held, roles) = (db.MembershipRoles, db.Roles);
                memberships = memberships.Where(m => held.Any(
                    h => h.MembershipId == m.Id && roles.Any(r => r.Id == h.RoleId && r.Slug == slug)));
            }

            return memberships;
        }

        public async Task<UserResponse?> MemberAsync(long tenantId, long userId, CancellationToken ct) =>
            (await db.MembersAsync(tenantId, new(UserId: userId), ct)).SingleOrDefault();

        /// <summary>The memberships of these people, oldest first; one statement, however many they are.</summary>
        public async Task<ILookup<long, UserMembership>> MembershipsOfAsync(
            IReadOnlyList<long> userIds, CancellationToken ct)
        {
            var (memberships, tenants, types, held, roles) =
                (db.Memberships, db.Tenants, db.UserTypes, db.MembershipRoles, db.Roles);
            var found = await (
                from m in memberships
                where userIds.Contains(m.UserId)
                join tenant in tenants on m.TenantId equals tenant.Id
                join t in types on m.UserTypeId equals t.Id
                orderby EF.Property<DateTimeOffset>(m, "CreatedAt"), m.Id
                select new
                {
                    m.UserId,
                    View = new UserMembership(
                        m.TenantId, tenant.Slug, tenant.Name, t.Slug,
                        (from h in held
                         join r in roles on h.RoleId equals r.Id
                         where h.MembershipId == m.Id
                         orderby r.Slug
                         select r.Slug).ToList(),
                        m.Active, m.Version),
                }).ToListAsync(ct);
            return found.ToLookup(row => row.UserId, row => row.View);
        }

        /// <summary>Whether anybody but this user is left who administers the tenant.</summary>
        public Task<bool> HasOtherAdminAsync(long tenantId, long userId, CancellationToken ct)
        {
            var (memberships, users, types, held, roles) =
                (db.Memberships, db.Users, db.UserTypes, db.MembershipRoles, db.Roles);
            string[] ofAdmins = [SystemRoles.TenantAdmin, SystemRoles.SuperAdmin];
            return (
                from m in memberships
                where m.TenantId == tenantId && m.UserId != userId && m.Active
                join u in users on m.UserId equals u.Id
                where u.Active
                join t in types on m.UserTypeId equals t.Id
                where t.Slug == Contracts.UserTypes.Admin
                    || (from h in held
                        join r in roles on h.RoleId equals r.Id
                        where h.MembershipId == m.Id && r.TenantId == null && ofAdmins.Contains(r.Slug)
                        select h).Any()
                select m).AnyAsync(ct);
        }
    }
}
