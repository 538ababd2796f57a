using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Events;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Outbox;
using Platform.Core.People;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.People;

/// <summary>People of every tenant, by platform staff.</summary>
internal static class StaffUserEndpoints
{
    public static void MapStaffUsers(this RouteGroupBuilder staff, RouteGroupBuilder direct)
    {
        var users = staff.MapGroup("/users").WithTags("People");
        users.MapGet("/", List);
        users.MapGet("/{id:long}", Get);

        var membership = users.MapGroup("/{id:long}/tenants/{tenantId:long}");
        membership.MapPost("/", Join).CreatesRow(Codes.MembershipCreated, "The person is a member of the tenant.");
        membership.MapPatch("/", ChangeMembership)
            .ChangesRow().WithCode(Codes.UserUpdated, "The membership has changed.");
        membership.MapDelete("/", Leave)
            .ChangesRow().WithCode(Codes.UserDeactivated, "The person is denied in the tenant.");
        users.MapPost("/{id:long}/roles/{roleId:long}", GiveRole)
            .ChangesRow().WithCode(Codes.UserUpdated, "The person has the role.");
        staff.MapGet("/tenants/{id:long}/users", ListOfTenant).WithTags("People");

        direct.MapPatch("/users/{id:long}", Change).WithTags("People")
            .AddEndpointFilter<SetAccount>()
            .AddEndpointFilter<StaffTransaction>()
            .ChangesRow().WithCode(Codes.UserUpdated, "The person has changed.")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        Asks(direct.MapPost("/users", Create)).CreatesRow(Codes.UserCreated, "The person exists.");
        Asks(direct.MapPost("/tenants/{id:long}/users", Invite))
            .CreatesRow(Codes.UserInvited, "The person is a member of the tenant.");

        static RouteHandlerBuilder Asks(RouteHandlerBuilder route) => route.WithTags("People")
            .AddEndpointFilter<AskForAccount>()
            .AddEndpointFilter<StaffTransaction>();
    }

    /// <param name="q">The beginning of a name or an e-mail.</param>
    /// <param name="tenantId">Only members of this tenant.</param>
    private static async Task<Ok<Page<StaffUserResponse>>> List(
        PlatformDb db, [FreeText, StringLength(200)] string? q, long? tenantId, ActiveFilter? active,
        [AsParameters] PageQuery page, CancellationToken ct)
    {
        var (people, memberships) = (db.UsersLike(q), db.Memberships);
        if (tenantId is { } tenant)
        {
            people = people.Where(u => memberships.Any(m => m.UserId == u.Id && m.TenantId == tenant));
        }

        if (active?.Active is { } wanted) people = people.Where(u => u.Active == wanted);

        var found = await people.PageAsync(u => u.Id, page, ct);
        var members = await db.MembershipsOfAsync([.. found.Items.Select(u => u.Id)], ct);
        return TypedResults.Ok(found.Of(u => ToResponse(u, members[u.Id])));
    }

    private static async Task<Results<Ok<StaffUserResponse>, ProblemHttpResult>> Get(
        long id, PlatformDb db, HttpContext http, CancellationToken ct)
    {
        var person = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id, ct);
        if (person is null) return TypedResults.Problem(Problems.NotFound());

        http.SetVersion(person.Version);
        return TypedResults.Ok(ToResponse(person, (await db.MembershipsOfAsync([id], ct))[id]));
    }

    /// <summary>201 with a new person, 200 with an existing one.</summary>
    private static async Task<Results<Created<StaffUserResponse>, Ok<StaffUserResponse>, ProblemHttpResult>> Create(
        CreateUserRequest request, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        var found = await writing.FindOrCreatePersonAsync(request, ct);
        if (!found.TryGet(out var known, out var taken)) return taken.ToProblem();

        var (person, isNew) = known;
        var answer = await Get(person.Id, writing.Db, writing.Http, ct);
        var response = ((Ok<StaffUserResponse>)answer.Result).Value!;
        if (!isNew) return TypedResults.Ok(response);

        writing.Http.SetCreated($"/internal/api/v1/users/{person.Id}", response.Version);
        return TypedResults.Created((string?)null, response);
    }

    /// <summary>
    /// An inactive person is denied at once, everywhere; memberships, grants and seats stay. <see cref="SetAccount"/>
    /// has set the account at Identity.
    /// </summary>
    private static async Task<Results<Ok<StaffUserResponse>, ProblemHttpResult>> Change(
        long id, ChangePersonRequest request, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        var (db, http) = (writing.Db, writing.Http);
        var person = await db.Users.FromSql($"select * from users where id = {id} for no key update")
            .SingleOrDefaultAsync(ct);
        if (person is null) return TypedResults.Problem(Problems.NotFound());
        if (http.CheckVersion(person.Version) is { } stale) return stale.ToProblem();

        if (http.Features.Get<AccountSet>() is { } account && account.Version != person.Version)
        {
            account.IsOutdated = true;
            return Versions.Stale.ToProblem();
        }

        var before = (person.Name, person.Locale, person.Active);
        (person.Name, person.Locale, person.Active) = (
            request.Name.Or(person.Name), request.Locale.Or(person.Locale), request.Active.Or(person.Active));
        if (before != (person.Name, person.Locale, person.Active))
        {
            db.Change(person, writing.Actor);
            await db.SaveChangesAsync(ct);
            if (person.Active != before.Active) await FollowGroupsAsync(writing, person, ct);
            await RecordAsync(writing, person, before, ct);
        }

        return await Get(id, db, http, ct);
    }

    /// <summary>
    /// The seats that groups give come back with the person. Where a tenant has none left the person does without:
    /// whom the platform lets in is no matter of seats. The tenants are locked, because the audit of each is written
    /// next.
    /// </summary>
    private static async Task FollowGroupsAsync(PeopleWriting writing, User person, CancellationToken ct)
    {
        const string beforeSeats = "before_seats";
        var transaction = writing.Db.Database.CurrentTransaction!;
        var tenants = await TenantsOfAsync(writing.Db, person.Id, ct);
        foreach (var tenant in tenants) await writing.LockAsync(tenant, ct);
        if (!person.Active) return;

        foreach (var tenant in tenants)
        {
            await transaction.CreateSavepointAsync(beforeSeats, ct);
            if (await writing.Seats.FollowGroupsAsync(tenant, person.Id, writing.Http.Source, ct) is null) continue;

            await transaction.RollbackToSavepointAsync(beforeSeats, ct);
        }
    }

    /// <summary>In the order of the audit's heads.</summary>
    private static Task<List<long>> TenantsOfAsync(PlatformDb db, long userId, CancellationToken ct) => db.Memberships
        .Where(m => m.UserId == userId).OrderBy(m => m.TenantId).Select(m => m.TenantId).ToListAsync(ct);

    /// <summary>In the platform's audit; that somebody is let in or denied also in that of each tenant.</summary>
    private static async Task RecordAsync(
        PeopleWriting writing, User person, (string Name, string Locale, bool Active) before, CancellationToken ct)
    {
        var (now, source) = (writing.Clock.Now, writing.Http.Source);
        List<NpgsqlBatchCommand> statements =
        [
            new AuditChange(
                null, "user.changed", "user", person.Id, new { before.Locale, before.Active },
                new { person.Locale, person.Active, NameChanged = before.Name != person.Name })
                .ToStatement(source, now),
        ];

        var tenants = await TenantsOfAsync(writing.Db, person.Id, ct);
        foreach (var tenant in tenants) writing.Changes.Of(tenant, person.Id);
        writing.Changes.OfStaff(person.Id);
        if (before.Active != person.Active)
        {
            statements.AddRange(tenants.SelectMany(tenant => person.Active
                ? EventTo(new PersonActivated(person.Id), tenant)
                : EventTo(new PersonDeactivated(person.Id), tenant)));
        }

        await writing.Db.ExecuteAsync(statements, ct);

        NpgsqlBatchCommand[] EventTo<T>(T data, long tenant) where T : IEventData =>
        [
            new AuditChange(tenant, T.EventType, "user", person.Id, null, data).ToStatement(source, now),
            OutboxMessage.Of(data, tenant, new(person.Id, person.Version, now, source.Actor)).ToStatement(),
        ];
    }

    private static async Task<Results<Created<UserMembership>, Ok<UserMembership>, ProblemHttpResult>> Join(
        long id, long tenantId, CreateMembershipRequest request, [AsParameters] PeopleWriting writing,
        CancellationToken ct)
    {
        var db = writing.Db;
        if (await writing.LockAsync(tenantId, ct) is null) return TypedResults.Problem(Problems.NotFound());
        if (await db.Users.FindAsync([id], ct) is not { } person) return TypedResults.Problem(Problems.NotFound());

        var added = await writing.AddAsync(
            Authority.OfStaff, tenantId, person, request.UserType, request.Roles, isInvited: false, ct);
        if (!added.TryGet(out var isNew, out var refusal)) return refusal.ToProblem();

        var membership = await MembershipAsync(id, tenantId, writing, ct);
        if (!isNew) return TypedResults.Ok(membership);

        writing.Http.SetCreated($"/internal/api/v1/users/{id}", membership.Version);
        return TypedResults.Created((string?)null, membership);
    }

    private static Task<Results<Ok<UserMembership>, ProblemHttpResult>> ChangeMembership(
        long id, long tenantId, ChangeMembershipRequest request, [AsParameters] PeopleWriting writing,
        CancellationToken ct) =>
        ChangeAsync(id, tenantId, new(request.UserType, request.Roles, request.Active), writing, ct);

    /// <summary>The membership is not active any more, but stays on record.</summary>
    /// <param name="revokeSeats">Also ends all grants of the person there.</param>
    private static Task<Results<Ok<UserMembership>, ProblemHttpResult>> Leave(
        long id, long tenantId, [AsParameters] PeopleWriting writing, bool revokeSeats = false,
        CancellationToken ct = default) =>
        ChangeAsync(id, tenantId, new(Active: false, RevokeSeats: revokeSeats), writing, ct);

    /// <summary>One of the platform's roles, or of the tenant's; repeating it changes nothing.</summary>
    private static async Task<Results<Ok<UserMembership>, ProblemHttpResult>> GiveRole(
        long id, long roleId, GiveRoleRequest request, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        var tenantId = request.TenantId;
        return await writing.Db.Roles.SingleOrDefaultAsync(
            r => r.Id == roleId && (r.TenantId == null || r.TenantId == tenantId), ct) is { } role
            ? await ChangeAsync(id, tenantId, new(AddedRole: role), writing, ct)
            : TypedResults.Problem(Problems.NotFound());
    }

    private static async Task<Results<Ok<Page<UserResponse>>, ProblemHttpResult>> ListOfTenant(
        long id, PlatformDb db, [FreeText, StringLength(200)] string? q, ActiveFilter? active, [AsParameters] PageQuery page,
        CancellationToken ct) =>
        await db.Tenants.AnyAsync(t => t.Id == id, ct)
            ? TypedResults.Ok(await db.PageAsync(id, q, active, page, ct))
            : TypedResults.Problem(Problems.NotFound());

    private static Task<Results<Created<UserResponse>, Ok<UserResponse>, ProblemHttpResult>> Invite(
        long id, InviteUserRequest request, [AsParameters] PeopleWriting writing, CancellationToken ct) =>
        writing.PlaceAsync(id, request, ct);

    private static async Task<Results<Ok<UserMembership>, ProblemHttpResult>> ChangeAsync(
        long id, long tenantId, MembershipChange change, PeopleWriting writing, CancellationToken ct) =>
        await writing.ChangeAsync(Authority.OfStaff, tenantId, id, change, ct) is { } refusal
            ? refusal.ToProblem()
            : TypedResults.Ok(await MembershipAsync(id, tenantId, writing, ct));

    private static async Task<UserMembership> MembershipAsync(
        long id, long tenantId, PeopleWriting writing, CancellationToken ct)
    {
        var membership = (await writing.Db.MembershipsOfAsync([id], ct))[id].Single(m => m.TenantId == tenantId);
        writing.Http.SetVersion(membership.Version);
        return membership;
    }

    private static StaffUserResponse ToResponse(User u, IEnumerable<UserMembership> memberships) =>
        new(u.Id, u.Name, u.Email, u.Locale, u.Active, [.. memberships], u.Version) { Stamps = u.ToStamps() };
}
