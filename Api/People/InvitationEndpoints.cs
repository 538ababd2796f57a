using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.People;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.People;

/// <summary>Invitations, by those who administer a tenant and by those who are invited.</summary>
internal static class InvitationEndpoints
{
    public static void MapInvitations(this RouteGroupBuilder direct)
    {
        var invitations = direct.MapGroup("/invitations").WithTags("People").RequireScope(Scopes.Licensing);
        invitations.MapGet("/", List).RequirePermission(Permissions.UsersRead).AddEndpointFilter<PlatformTransaction>();
        invitations.MapGet("/{id:long}", Get).RequirePermission(Permissions.UsersRead)
            .AddEndpointFilter<PlatformTransaction>();
        invitations.MapDelete("/{id:long}", Withdraw).RequirePermission(Permissions.UsersWrite)
            .AddEndpointFilter<PlatformTransaction>().ChangesRow();

        direct.MapPost("/invitations/{id:long}/resend", Resend).WithTags("People").RequireScope(Scopes.Licensing)
            .RequirePermission(Permissions.UsersWrite)
            .AddEndpointFilter<SendInvitation>()
            .AddEndpointFilter<PlatformTransaction>()
            .ChangesRow().WithCode(Codes.UserInvited, "The invitation is on its way again.");

        var mine = direct.MapGroup("/me/invitations").WithTags("People").RequireScope(Scopes.Licensing, Scopes.Scheduling)
            .AddEndpointFilter<RouteGroupBuilder, StaffTransaction>(); // of other tenants, by the caller's address alone
        mine.MapGet("/", ListOfCaller);
        mine.MapPost("/{id:long}/accept", Accept)
            .ChangesRow().WithCode(Codes.InvitationAccepted, "The person is a member of the tenant.");
        mine.MapPost("/{id:long}/decline", Decline).ChangesRow();
    }

    /// <summary>For Identity, which has checked the link.</summary>
    public static void MapInvitationAcceptance(this RouteGroupBuilder services) =>
        services.MapPost("/invitations/{id:long}/accept", AcceptByLink).WithTags("People").RequireScope(Scopes.PersonContext)
            .AddEndpointFilter<StaffTransaction>()
            .ChangesRow().WithCode(Codes.InvitationAccepted, "The person is a member of the tenant.");

    private static async Task<Ok<Page<InvitationResponse>>> List(
        TenantContext tenant, PlatformDb db, TimeProvider clock,
        [RegularExpression(InvitationStatuses.Pattern)] string? status, [AsParameters] PageQuery page, CancellationToken ct)
    {
        var now = clock.Now;
        var rows = db.Invitations.AsNoTracking().Where(i => i.TenantId == tenant.Id);
        rows = status switch
        {
            null => rows,
            InvitationStatuses.Pending => rows.Where(i => i.Outcome == null && i.ExpiresAt > now),
            InvitationStatuses.Expired => rows.Where(i => i.Outcome == null && i.ExpiresAt <= now),
            _ => rows.Where(i => i.Outcome == status),
        };
        var found = await Stamped(db, rows).PageAsync(row => row.Invitation.Id, page, ct);
        return TypedResults.Ok(found.Of(row => row.ToResponse(now)));
    }

    private static async Task<Results<Ok<InvitationResponse>, ProblemHttpResult>> Get(
        long id, TenantContext tenant, PlatformDb db, HttpContext http, TimeProvider clock, CancellationToken ct)
    {
        if (await db.InvitationAsync(tenant.Id, id, clock.Now, ct) is not { } invitation)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        http.SetVersion(invitation.Version);
        return TypedResults.Ok(invitation);
    }

    private static async Task<Results<Ok<InvitationResponse>, ProblemHttpResult>> Resend(
        long id, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct) =>
        await writing.ResendAsync(tenant.Id, id, ct) is { } refusal
            ? refusal.ToProblem()
            : await Get(id, tenant, writing.Db, writing.Http, writing.Clock, ct);

    private static async Task<Results<NoContent, ProblemHttpResult>> Withdraw(
        long id, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct) =>
        await writing.WithdrawAsync(tenant.Id, id, ct) is { } refusal ? refusal.ToProblem() : TypedResults.NoContent();

    private static async Task<Ok<List<MyInvitationResponse>>> ListOfCaller(
        Caller caller, PlatformDb db, TimeProvider clock, CancellationToken ct)
    {
        if (await PersonAsync(caller, db, ct) is not { } person) return TypedResults.Ok(new List<MyInvitationResponse>());

        var (tenants, types, now) = (db.Tenants, db.UserTypes, clock.Now);
        var mine = db.InvitationsOf(person.Email).Where(i => i.Outcome == null && i.ExpiresAt > now);
        return TypedResults.Ok(await (
            from i in mine
            join t in tenants on i.TenantId equals t.Id
            join u in types on i.UserTypeId equals u.Id
            orderby i.Id
            select new MyInvitationResponse(i.Id, t.Id, t.Name, u.Slug, i.Roles, i.ExpiresAt)).ToListAsync(ct));
    }

    private static async Task<Results<Ok<AcceptedInvitationResponse>, ProblemHttpResult>> Accept(
        long id, Caller caller, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        if (await PersonAsync(caller, writing.Db, ct) is not { } person
            || await FindAsync(writing.Db, id, person.Email, ct) is not { } invitation)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        return (await writing.AcceptAsync(invitation, person, ct)).TryGet(out var accepted, out var refusal)
            ? TypedResults.Ok(accepted)
            : refusal.ToProblem();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Decline(
        long id, Caller caller, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        if (await PersonAsync(caller, writing.Db, ct) is not { } person
            || await FindAsync(writing.Db, id, person.Email, ct) is not { } invitation)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        return await writing.DeclineAsync(invitation.TenantId, id, ct) is { } refusal
            ? refusal.ToProblem()
            : TypedResults.NoContent();
    }

    private static async Task<Results<Ok<AcceptedInvitationResponse>, ProblemHttpResult>> AcceptByLink(
        long id, AcceptInvitationRequest request, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        if (await FindAsync(writing.Db, id, request.Email, ct) is not { } invitation)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        writing.Http.Features.Set(new PersonAccount(request.UserId));
        await writing.LockAsync(invitation.TenantId, ct); // before the person, as everywhere
        var found = await writing.FindOrCreatePersonAsync(request, ct);
        if (!found.TryGet(out var known, out var taken)) return taken.ToProblem();

        return (await writing.AcceptAsync(invitation, known.Person, ct)).TryGet(out var accepted, out var refusal)
            ? TypedResults.Ok(accepted)
            : refusal.ToProblem();
    }

    /// <summary>Null for programs, which have no address.</summary>
    private static async Task<User?> PersonAsync(Caller caller, PlatformDb db, CancellationToken ct) =>
        caller.UserId is { } id ? await db.Users.FindAsync([id], ct) : null;

    private static Task<Invitation?> FindAsync(PlatformDb db, long id, string email, CancellationToken ct) =>
        db.InvitationsOf(email).SingleOrDefaultAsync(i => i.Id == id, ct);

    private static IQueryable<StampedInvitation> Stamped(PlatformDb db, IQueryable<Invitation> rows)
    {
        var types = db.UserTypes;
        return
            from i in rows
            join t in types on i.UserTypeId equals t.Id
            select new StampedInvitation
            {
                Invitation = i,
                UserType = t.Slug,
                CreatedAt = EF.Property<DateTimeOffset>(i, "CreatedAt"),
                CreatedBy = EF.Property<string?>(i, "CreatedBy"),
                UpdatedAt = EF.Property<DateTimeOffset>(i, "UpdatedAt"),
                UpdatedBy = EF.Property<string?>(i, "UpdatedBy"),
            };
    }

    extension(PlatformDb db)
    {
        public async Task<InvitationResponse?> InvitationAsync(
            long tenantId, long id, DateTimeOffset now, CancellationToken ct)
        {
            Expression<Func<Invitation, bool>> which = i => i.Id == id && i.TenantId == tenantId;
            var row = await Stamped(db, db.Invitations.AsNoTracking().Where(which)).SingleOrDefaultAsync(ct);
            return row?.ToResponse(now);
        }
    }

    private sealed class StampedInvitation
    {
        public required Invitation Invitation { get; init; }
        public required string UserType { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public string? CreatedBy { get; init; }
        public required DateTimeOffset UpdatedAt { get; init; }
        public string? UpdatedBy { get; init; }

        public InvitationResponse ToResponse(DateTimeOffset now) => new(
            Invitation.Id, Invitation.Email, Invitation.Name, Invitation.Locale, UserType, Invitation.Roles,
            Invitation.StatusAt(now), Invitation.ExpiresAt, Invitation.ClosedAt, Invitation.UserId, CreatedAt, CreatedBy,
            UpdatedAt, UpdatedBy, Invitation.Version);
    }
}
