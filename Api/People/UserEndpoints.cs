using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Api.People;

/// <summary>The people of a tenant, by those who administer it.</summary>
internal static class UserEndpoints
{
    public static void MapUsers(this RouteGroupBuilder direct)
    {
        var users = direct.InPlatformTransactions().MapGroup("/users").WithTags("People")
            .RequireScope(Scopes.Licensing);
        users.MapGet("/", List).RequirePermission(Permissions.UsersRead);
        users.MapGet("/{id:long}", Get).RequirePermission(Permissions.UsersRead);
        Changes(users.MapPatch("/{id:long}", Change)).WithCode(Codes.UserUpdated, "The user has changed.");
        Changes(users.MapPost("/{id:long}/activate", Activate))
            .WithCode(Codes.UserActivated, "The denial is removed.");
        Changes(users.MapPost("/{id:long}/deactivate", Deactivate))
            .WithCode(Codes.UserDeactivated, "The user is denied.");

        direct.MapPost("/users", Invite).WithTags("People").RequireScope(Scopes.Licensing)
            .RequirePermission(Permissions.UsersWrite)
            .AddEndpointFilter<SendInvitation>()
            .AddEndpointFilter<PlatformTransaction>()
            .CreatesRow(Codes.UserInvited, "The address is invited.");

        static RouteHandlerBuilder Changes(RouteHandlerBuilder route) =>
            route.RequirePermission(Permissions.UsersWrite).ChangesRow();
    }

    private static async Task<Ok<Page<UserResponse>>> List(
        TenantContext tenant, PlatformDb db, [FreeText, StringLength(200)] string? q, ActiveFilter? active,
        [RegularExpression(SlugFilter.Pattern)] string? role, [AsParameters] PageQuery page, CancellationToken ct) =>
        TypedResults.Ok(await db.PageAsync(tenant.Id, q, active, page, ct, role));

    private static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> Get(
        long id, TenantContext tenant, PlatformDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.MemberAsync(tenant.Id, id, ct) is not { } user) return TypedResults.Problem(Problems.NotFound());

        http.SetVersion(user.Version);
        return TypedResults.Ok(user);
    }

    /// <summary>
    /// 201 with a new invitation, 200 with one that is there on the same terms; its mail is sent again. The answer is
    /// the same whether or not anybody has the address.
    /// </summary>
    private static async Task<Results<Created<InvitationResponse>, Ok<InvitationResponse>, ProblemHttpResult>> Invite(
        InviteUserRequest request, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        if (!EmailAddresses.IsValid(request.Email))
        {
            return TypedResults.Problem(
                Problems.Invalid(new FieldError("email", "FORMAT", "The value must be an e-mail address.")));
        }

        var invited = await writing.InviteAsync(writing.Http.Authority, tenant.Id, request, ct);
        if (!invited.TryGet(out var found, out var refusal)) return refusal.ToProblem();

        var (row, isNew) = found;

        var invitation = (await writing.Db.InvitationAsync(tenant.Id, row.Id, writing.Clock.Now, ct))!;
        writing.Http.SetVersion(invitation.Version);
        if (!isNew) return TypedResults.Ok(invitation);

        writing.Http.SetCreated($"/api/v1/invitations/{row.Id}", invitation.Version);
        return TypedResults.Created((string?)null, invitation);
    }

    private static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> Change(
        long id, ChangeUserRequest request, TenantContext tenant, TenantDb tenants, [AsParameters] PeopleWriting writing,
        CancellationToken ct)
    {
        var change = new MembershipChange(request.UserType, request.Roles, Kind: request.Kind);
        var refusal = await writing.ChangeAsync(writing.Http.Authority, tenant.Id, id, change, ct)
            ?? await writing.ChangeProfileAsync(tenant.Id, id, request, tenants, ct);
        return refusal is null ? await Get(id, tenant, writing.Db, writing.Http, ct) : refusal.ToProblem();
    }

    private static Task<Results<Ok<UserResponse>, ProblemHttpResult>> Activate(
        long id, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct) =>
        ChangeAsync(id, tenant, new(Active: true), writing, ct);

    /// <summary>Denied at once; grants and seats stay unless the request also revokes them.</summary>
    private static Task<Results<Ok<UserResponse>, ProblemHttpResult>> Deactivate(
        long id, DeactivateUserRequest? request, TenantContext tenant, [AsParameters] PeopleWriting writing,
        CancellationToken ct) =>
        ChangeAsync(id, tenant, new(Active: false, RevokeSeats: request?.RevokeSeats ?? false), writing, ct);

    private static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> ChangeAsync(
        long id, TenantContext tenant, MembershipChange change, PeopleWriting writing, CancellationToken ct) =>
        await writing.ChangeAsync(writing.Http.Authority, tenant.Id, id, change, ct) is { } refusal
            ? refusal.ToProblem()
            : await Get(id, tenant, writing.Db, writing.Http, ct);
}

/// <summary>The same of any tenant and of one's own.</summary>
internal static class MemberAnswers
{
    extension(PlatformDb db)
    {
        public async Task<Page<UserResponse>> PageAsync(
            long tenantId, string? q, ActiveFilter? active, PageQuery page, CancellationToken ct, string? role = null)
        {
            var filter = new MemberFilter(
                q, active?.Active, null, page.Cursor?.Id ?? 0, page.Before, page.Rows + 1, role);
            var total = page.Page is null ? (long?)null : await db.CountMembersAsync(tenantId, filter, ct);
            var found = await db.MembersAsync(tenantId, filter, ct);
            return found.ToPage(page.Rows, user => new IdCursor(user.Id), total);
        }
    }

    extension(PeopleWriting writing)
    {
        /// <summary>
        /// By staff, who answer for the person: a member at once. 201 with a new one, 200 on the same terms.
        /// </summary>
        public async Task<Results<Created<UserResponse>, Ok<UserResponse>, ProblemHttpResult>> PlaceAsync(
            long tenantId, InviteUserRequest request, CancellationToken ct)
        {
            if (await writing.LockAsync(tenantId, ct) is not { } organisation)
            {
                return Rejection.NotFound.ToProblem();
            }

            var found = await writing.FindOrCreatePersonAsync(request, ct);
            if (!found.TryGet(out var known, out var taken)) return taken.ToProblem();

            var added = await writing.AddAsync(
                Authority.OfStaff, tenantId, known.Person, request.UserType, request.Roles, isInvited: true, ct);
            if (!added.TryGet(out var isNew, out var refusal)) return refusal.ToProblem();

            var user = (await writing.Db.MemberAsync(tenantId, known.Person.Id, ct))!;
            writing.Http.SetVersion(user.Version);
            if (user is { Active: true, Blocked: false }) writing.Http.Features.Set(new InvitationMail(organisation));
            if (!isNew) return TypedResults.Ok(user);

            writing.Http.SetCreated($"/internal/api/v1/users/{user.Id}", user.Version);
            return TypedResults.Created((string?)null, user);
        }
    }
}
