using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Events;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Licensing;
using Platform.Core.Outbox;
using Platform.Core.People;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.People;

/// <param name="IsNew">Whether the platform did not know the person before the request.</param>
internal readonly record struct FoundPerson(User Person, bool IsNew);

/// <summary>
/// Changes of people and memberships, by staff and by tenants. In each tenant they are serialised: a request that
/// changes people or roles locks the tenant's row first.
/// </summary>
internal sealed record PeopleWriting(
    PlatformDb Db, AccessChanges Changes, HttpContext Http, TimeProvider Clock)
{
    private static readonly Rejection AddressTaken =
        new(RejectionKind.Conflict, Codes.AlreadyExists, "The e-mail address belongs to another person.", "email");

    public string Actor => Caller.Of(Http.User).Actor;

    /// <summary>
    /// Seats come before the audit: writers of grants lock the licenses before the head of the chain.
    /// </summary>
    public SeatsInTransaction Seats => new(Db, Clock);

    /// <summary>Waits for concurrent changes of people, roles or memberships of the tenant.</summary>
    /// <returns>The tenant's name; null if the tenant does not exist.</returns>
    public async Task<string?> LockAsync(long tenantId, CancellationToken ct) =>
        (await Db.Database.SqlQuery<string>($"select name from tenants where id = {tenantId} for no key update")
            .ToListAsync(ct)).SingleOrDefault();

    /// <summary>
    /// The person of the account that the request is about, made if the platform has not met them. The tenant of the
    /// request does not see people who are no members yet, so for this long the transaction sees everybody.
    /// </summary>
    public async Task<Result<FoundPerson>> FindOrCreatePersonAsync(IPersonDetails details, CancellationToken ct)
    {
        var id = Http.Features.Get<PersonAccount>()!.Id;
        var added = await Db.ReadAsync(
            [
                Scope.AllTenants.ToStatement(),
                TenantSql.Statement(
                    """
                    insert into users (id, name, email, locale, created_by, updated_by) values ($1, $2, $3, $4, $5, $5)
                    on conflict do nothing
                    returning id
                    """,
                    id, details.Name, details.Email, details.Locale ?? "pt-BR", Actor),
            ],
            reader => reader.GetInt64(0),
            ct);
        if (added.Count > 0)
        {
            await Db.RecordAsync(
                new(null, "user.created", "user", id, null, new { active = true }), Http, Clock.Now, ct);
        }

        var person = await Db.Users.SingleOrDefaultAsync(u => u.Id == id, ct);
        if (!Db.Scope.IsAllTenants)
        {
            await Db.ExecuteAsync(Scope.EndAllTenants(), ct);
        }

        return person is null ? AddressTaken : new FoundPerson(person, IsNew: added.Count > 0);
    }

    /// <summary>Makes a member of a person; the tenant is locked already.</summary>
    /// <param name="roles">Slugs; null will do with any that are held.</param>
    /// <returns>False if the person is a member on the same terms already.</returns>
    public async Task<Result<bool>> AddAsync(
        Authority caller, long tenantId, User person, string userType, IReadOnlyList<string>? roles, bool isInvited,
        CancellationToken ct)
    {
        if (!(await FindTermsAsync(tenantId, userType, roles ?? [], ct)).TryGet(out var terms, out var unknown)) return unknown;

        var (type, wanted) = terms;

        if (await FindAsync(tenantId, person.Id, ct) is { } known)
        {
            var isSame = known.Type == type
                && (roles is null || known.Roles.Select(r => r.Id).ToHashSet().SetEquals(wanted.Select(r => r.Id)));
            return isSame ? false : OtherTerms(person.Id);
        }

        var after = new MemberTerms(userType, person.Active, wanted);
        if (await GrowingAsync(tenantId, ct) is { } leaving) return leaving;
        if (MembershipRules.Check(caller, null, after) is { } refusal) return refusal;

        var row = new Membership { TenantId = tenantId, UserId = person.Id, UserTypeId = type.Id };
        Db.Create(row, Actor);
        await Db.SaveChangesAsync(ct);
        Give(row, wanted);
        await Db.SaveChangesAsync(ct);
        if (await Seats.FollowGroupsAsync(tenantId, person.Id, Http.Source, ct) is { } full) return full;

        var (now, source) = (Clock.Now, Http.Source);
        var snapshot = new MembershipState(row, person, type, wanted).Snapshot;
        var action = isInvited ? UserInvited.EventType : MembershipCreated.EventType;
        await Db.ExecuteAsync(
            [
                new AuditChange(tenantId, action, "membership", row.Id, null, snapshot).ToStatement(source, now),
                Event(new MembershipCreated(snapshot), row.Id),
                .. isInvited ? new[] { Event(new UserInvited(snapshot, person.Locale), person.Id) } : [],
            ],
            ct);
        Changes.Of(tenantId, person.Id);
        return true;

        NpgsqlBatchCommand Event<T>(T data, long aggregateId) where T : IEventData =>
            OutboxMessage.Of(data, tenantId, new(aggregateId, row.Version, now, source.Actor)).ToStatement();
    }

    /// <summary>Whether the tenant may be given members; it is locked already.</summary>
    public async Task<Rejection?> GrowingAsync(long tenantId, CancellationToken ct) =>
        TenantRules.Growing(await Db.Tenants.Where(t => t.Id == tenantId).Select(t => t.Status).SingleAsync(ct));

    /// <returns>The type, or why the caller may not make anybody a member of this kind.</returns>
    public async Task<Result<UserType>> TermsAsync(
        Authority caller, long tenantId, string userType, IReadOnlyList<string> roles, CancellationToken ct)
    {
        if (!(await FindTermsAsync(tenantId, userType, roles, ct)).TryGet(out var terms, out var unknown)) return unknown;

        return MembershipRules.Check(caller, null, new(userType, true, terms.Roles)) is { } refusal ? refusal : terms.Type;
    }

    private async Task<Result<(UserType Type, List<Role> Roles)>> FindTermsAsync(
        long tenantId, string userType, IReadOnlyList<string> slugs, CancellationToken ct)
    {
        var type = await TypeAsync(userType, ct);
        var roles = await RolesAsync(tenantId, slugs, ct);
        return Rejection.All(type.Rejection, roles.Rejection) is { } unknown ? unknown : (type.Value, roles.Value);
    }

    /// <summary>As <see cref="AddAsync"/>, by the platform; an existing membership stays as it is.</summary>
    public async Task<Rejection?> JoinAsync(
        long tenantId, User person, string userType, IReadOnlyList<string> roles, CancellationToken ct) =>
        await Db.Memberships.AnyAsync(m => m.TenantId == tenantId && m.UserId == person.Id, ct)
            ? null
            : (await AddAsync(Authority.OfStaff, tenantId, person, userType, roles, isInvited: false, ct)).Rejection;

    /// <summary>A change that changes nothing is not recorded.</summary>
    public async Task<Rejection?> ChangeAsync(
        Authority caller, long tenantId, long userId, MembershipChange change, CancellationToken ct)
    {
        if (await LockAsync(tenantId, ct) is null) return Rejection.NotFound;
        if (await FindAsync(tenantId, userId, ct) is not { } before) return Rejection.NotFound;

        return Http.CheckVersion(before.Row.Version) ?? await ChangeAsync(caller, before, change, ct);
    }

    /// <summary>The same where the tenant is locked already, and the version is not that of the membership.</summary>
    public async Task<Rejection?> ChangeLockedAsync(
        Authority caller, long tenantId, long userId, MembershipChange change, CancellationToken ct) =>
        await FindAsync(tenantId, userId, ct) is { } before ? await ChangeAsync(caller, before, change, ct) : Rejection.NotFound;

    /// <summary>Ends the grants of a member and takes the membership away; the tenant is locked already.</summary>
    public async Task<Rejection?> RemoveLockedAsync(
        Authority caller, long tenantId, long userId, CancellationToken ct)
    {
        if (await FindAsync(tenantId, userId, ct) is not { } before) return Rejection.NotFound;
        if (await CheckAsync(caller, before, new(before.Type.Slug, false, []), ct) is { } refusal) return refusal;

        await Seats.RevokeAllAsync(tenantId, userId, Http.Source, ct);
        var (id, version, snapshot) = (before.Row.Id, before.Row.Version, before.Snapshot);
        await Db.MembershipRoles.Where(h => h.MembershipId == id).ExecuteDeleteAsync(ct);
        await Db.Memberships.Where(m => m.Id == id).ExecuteDeleteAsync(ct);
        await Db.RecordAsync(
            new(tenantId, MembershipRemoved.EventType, "membership", id, snapshot, null),
            new MembershipRemoved(snapshot), version + 1, Http, Clock.Now, ct);
        Changes.Of(tenantId, userId);
        return null;
    }

    private async Task<Rejection?> ChangeAsync(
        Authority caller, MembershipState before, MembershipChange change, CancellationToken ct)
    {
        var (tenantId, userId) = (before.Row.TenantId, before.Row.UserId);
        var foundType = change.UserType.HasValue ? await TypeAsync(change.UserType.Or(""), ct) : before.Type;
        var foundRoles = change.Roles.HasValue ? await RolesAsync(tenantId, change.Roles.Or([]), ct) : before.Roles;
        if (Rejection.All(foundType.Rejection, foundRoles.Rejection) is { } unknown) return unknown;

        var (type, roles) = (foundType.Value, foundRoles.Value);
        if (change.AddedRole is { } more && roles.All(r => r.Id != more.Id)) roles = [.. roles, more];
        if (change.RemovedRole is { } less) roles = [.. roles.Where(r => r.Id != less.Id)];
        if (roles.Count > RoleLimits.PerMember) return MembershipRules.TooManyRoles;
        if (MembershipRules.CheckKind(change.Kind.Or(before.Row.Kind), type.Slug) is { } wrongKind) return wrongKind;

        var isActive = change.Active.Or(before.Row.Active);
        var after = new MemberTerms(type.Slug, isActive && before.Person.Active, roles);
        if (await CheckAsync(caller, before, after, ct) is { } refusal) return refusal;

        var (row, previous) = (before.Row, before.Snapshot);
        var isChanged = type != before.Type || isActive != before.Row.Active
            || !roles.Select(r => r.Id).ToHashSet().SetEquals(before.Roles.Select(r => r.Id));
        if (isChanged) await SaveAsync(before, type, roles, isActive, ct);

        if (change.RevokeSeats) await Seats.RevokeAllAsync(tenantId, userId, Http.Source, ct);
        if (isChanged && await Seats.FollowGroupsAsync(tenantId, userId, Http.Source, ct) is { } full) return full;
        if (isChanged) await RecordAsync(new MembershipState(row, before.Person, type, roles).Snapshot, previous, row, ct);
        Changes.Of(tenantId, userId);
        return null;
    }

    /// <summary>Tenants keep an admin. The staff may do without: they can make another.</summary>
    private async Task<Rejection?> CheckAsync(
        Authority caller, MembershipState before, MemberTerms after, CancellationToken ct) =>
        MembershipRules.Check(caller, before.Terms, after)
        ?? (!Db.Scope.IsAllTenants && MembershipRules.LosesAnAdmin(before.Terms, after)
            && !await Db.HasOtherAdminAsync(before.Row.TenantId, before.Row.UserId, ct)
                ? MembershipRules.LastAdmin
                : null);

    private async Task SaveAsync(
        MembershipState state, UserType type, IReadOnlyList<Role> roles, bool isActive, CancellationToken ct)
    {
        var row = state.Row;
        (row.UserTypeId, row.Active) = (type.Id, isActive);
        Db.Change(row, Actor);

        var gone = state.Roles.Where(held => roles.All(r => r.Id != held.Id)).Select(held => held.Id).ToList();
        await Db.MembershipRoles.Where(h => h.MembershipId == row.Id && gone.Contains(h.RoleId)).ExecuteDeleteAsync(ct);
        Give(row, roles.Where(r => state.Roles.All(held => held.Id != r.Id)));
        await Db.SaveChangesAsync(ct);
    }

    private void Give(Membership row, IEnumerable<Role> roles)
    {
        foreach (var role in roles)
        {
            Db.Create(new MembershipRole { MembershipId = row.Id, RoleId = role.Id, TenantId = row.TenantId }, Actor);
        }
    }

    private Task RecordAsync(MembershipSnapshot now, MembershipSnapshot before, Membership row, CancellationToken ct)
    {
        return (now.Active, before.Active) switch
        {
            (true, false) => PublishAsync(new MembershipActivated(now, before)),
            (false, true) => PublishAsync(new MembershipDeactivated(now, before)),
            _ => PublishAsync(new MembershipChanged(now, before)),
        };

        Task PublishAsync<T>(T data) where T : IEventData => Db.RecordAsync(
            new(row.TenantId, T.EventType, "membership", row.Id, before, now), data, row.Version, Http, Clock.Now, ct);
    }

    private async Task<MembershipState?> FindAsync(long tenantId, long userId, CancellationToken ct)
    {
        var row = await Db.Memberships.SingleOrDefaultAsync(m => m.TenantId == tenantId && m.UserId == userId, ct);
        if (row is null) return null;

        var (held, roles) = (Db.MembershipRoles, Db.Roles);
        return new(
            row,
            (await Db.Users.FindAsync([userId], ct))!,
            (await Db.UserTypes.FindAsync([row.UserTypeId], ct))!,
            await (
                from h in held
                where h.MembershipId == row.Id
                join r in roles on h.RoleId equals r.Id
                select r).ToListAsync(ct));
    }

    private async Task<Result<UserType>> TypeAsync(string slug, CancellationToken ct) =>
        await Db.UserTypes.SingleOrDefaultAsync(t => t.Slug == slug, ct) is { } type ? type : MembershipRules.UnknownType;

    /// <summary>The platform's own and the tenant's; those of another tenant are unknown.</summary>
    public async Task<Result<List<Role>>> RolesAsync(
        long tenantId, IReadOnlyList<string> slugs, CancellationToken ct)
    {
        if (slugs.Count == 0) return new List<Role>();

        var roles = await Db.Roles
            .Where(r => slugs.Contains(r.Slug) && (r.TenantId == null || r.TenantId == tenantId)).ToListAsync(ct);
        var unknown = slugs.Select((slug, i) => roles.Exists(r => r.Slug == slug) ? null : MembershipRules.UnknownRole(i));
        return Rejection.All(unknown) is { } refusal ? refusal : roles;
    }

    private static Rejection OtherTerms(long userId) =>
        new(RejectionKind.Conflict, Codes.AlreadyExists, "The person is a member on other terms; change those.")
        {
            Extras = new() { ExistingId = userId },
        };
}
