using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Licensing;
using Platform.Core.Storage;

namespace Platform.Api.Licensing;

/// <summary>
/// Who has which seat, by admins of a tenant and by staff. Two round trips a change, each a transaction.
/// </summary>
internal static class GrantEndpoints
{
    public static void MapGrants(this RouteGroupBuilder direct)
    {
        var group = direct.MapGroup("").WithTags("Grants").RequireScope(Scopes.Licensing)
            .RequirePermission(Permissions.SeatsWrite);
        group.MapGet("/users/{id:long}/apps", ListOfUser);
        group.MapGet("/users/{id:long}/apps/{application}/preview", Preview);
        Grants(group.MapPost("/users/{id:long}/apps/{application}/grant", Grant)).Keyed<PlatformTransaction>();
        Grants(group.MapPost("/users/{id:long}/apps/{application}/reactivate", Reactivate)).Keyed<PlatformTransaction>();
        Revokes(group.MapPost("/users/{id:long}/apps/{application}/revoke", Revoke)).Keyed<PlatformTransaction>();
        Grants(group.MapPatch("/users/{id:long}/apps/{application}", ChangeRole));
        group.MapGet("/apps/{application}/grants", ListOfApplication);
        Grants(group.MapPost("/apps/{application}/grants", GrantMany)).Keyed<PlatformTransaction>();
    }

    public static void MapStaffGrants(this RouteGroupBuilder staff)
    {
        var users = staff.MapGroup("/users/{id:long}/apps").WithTags("Grants");
        users.MapGet("/", StaffListOfUser);
        users.MapGet("/{application}/preview", StaffPreview);
        Grants(users.MapPost("/grant", StaffGrant)).Keyed<StaffTransaction>();
        Grants(users.MapPost("/reactivate", StaffReactivate)).Keyed<StaffTransaction>();
        Revokes(users.MapPost("/revoke", StaffRevoke)).Keyed<StaffTransaction>();
        Grants(staff.MapPost("/tenants/{id:long}/apps/{application}/grants", StaffGrantMany)).WithTags("Grants")
            .Keyed<StaffTransaction>();
    }

    private static RouteHandlerBuilder Grants(RouteHandlerBuilder route) => route
        .WithCode(Codes.AccessGranted, "The user has access.")
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static RouteHandlerBuilder Revokes(RouteHandlerBuilder route) =>
        route.WithCode(Codes.AccessRevoked, "The seat is free.");

    /// <param name="history">True also shows revoked grants.</param>
    private static async Task<Results<Ok<Page<GrantResponse>>, ProblemHttpResult>> ListOfUser(
        long id, TenantContext tenant, EntitlementQuery query, [AsParameters] PageQuery page, bool history = false,
        CancellationToken ct = default) =>
        Answer(page, await query.GrantsOfUserAsync(tenant.Id, id, history, PageOf(page), ct));

    private static Task<Results<Ok<Page<GrantResponse>>, ProblemHttpResult>> StaffListOfUser(
        long id, long tenantId, EntitlementQuery query, [AsParameters] PageQuery page, bool history = false,
        CancellationToken ct = default) =>
        ListOfUser(id, new TenantContext { Id = tenantId }, query, page, history, ct);

    private static async Task<Results<Ok<Page<GrantResponse>>, ProblemHttpResult>> ListOfApplication(
        string application, TenantContext tenant, EntitlementQuery query, [AsParameters] PageQuery page,
        bool history = false, CancellationToken ct = default) =>
        Answer(page, await query.GrantsOfApplicationAsync(tenant.Id, application, history, PageOf(page), ct));

    private static GrantPage PageOf(PageQuery page) =>
        new(page.Rows + 1, page.Before, page.Cursor?.Id ?? 0, WithTotal: page.Page is not null);

    private static Results<Ok<Page<GrantResponse>>, ProblemHttpResult> Answer(
        PageQuery page, (IReadOnlyList<GrantResponse> Grants, long? Total)? found) =>
        found is var (grants, total)
            ? TypedResults.Ok(grants.ToPage(page.Rows, grant => new IdCursor(grant.Id), total))
            : TypedResults.Problem(Problems.NotFound());

    private static async Task<Results<Ok<GrantPreviewResponse>, ProblemHttpResult>> Preview(
        long id, string application, TenantContext tenant, ChangeGrants grants, CancellationToken ct) =>
        (await grants.PreviewAsync(tenant.Id, application, id, ct)).TryGet(out var preview, out var rejection)
            ? TypedResults.Ok(preview)
            : rejection.ToProblem();

    private static Task<Results<Ok<GrantPreviewResponse>, ProblemHttpResult>> StaffPreview(
        long id, string application, long tenantId, ChangeGrants grants, CancellationToken ct) =>
        Preview(id, application, new TenantContext { Id = tenantId }, grants, ct);

    private static Task<Results<Created<GrantResponse>, Ok<GrantResponse>, ProblemHttpResult>> Grant(
        long id, string application, GrantRequest? request, TenantContext tenant, [AsParameters] GrantChanges writing,
        CancellationToken ct) =>
        writing.GrantAsync(tenant.Id, application, new([id], request?.Role), ct);

    private static Task<Results<Created<GrantResponse>, Ok<GrantResponse>, ProblemHttpResult>> Reactivate(
        long id, string application, GrantRequest? request, TenantContext tenant, [AsParameters] GrantChanges writing,
        CancellationToken ct) =>
        writing.GrantAsync(tenant.Id, application, new([id], request?.Role, OnlyReactivate: true), ct);

    private static Task<Results<Ok<GrantResponse>, ProblemHttpResult>> Revoke(
        long id, string application, TenantContext tenant, [AsParameters] GrantChanges writing, CancellationToken ct) =>
        writing.RevokeAsync(tenant.Id, application, id, ct);

    private static async Task<Results<Ok<GrantResponse>, ProblemHttpResult>> ChangeRole(
        long id, string application, ChangeGrantRequest request, TenantContext tenant, [AsParameters] GrantChanges writing,
        CancellationToken ct) =>
        writing.Answer(tenant.Id, await writing.Grants.ChangeRoleAsync(
            tenant.Id, application, id, request.Role, writing.Http.CheckVersion, writing.Http.Source, ct));

    private static async Task<Results<Ok<List<BulkGrantItem>>, ProblemHttpResult>> GrantMany(
        string application, BulkGrantRequest request, TenantContext tenant, [AsParameters] GrantChanges writing,
        CancellationToken ct)
    {
        var requested = new RequestedGrants(request.UserIds, request.Role, request.Partial, IsList: true);
        var granted = await writing.TryAsync(tenant.Id, application, requested, ct);
        if (!granted.TryGet(out var items, out var rejection)) return rejection.ToProblem();

        writing.Changed(tenant.Id);
        return TypedResults.Ok(items.Select(ToResponse).ToList());
    }

    private static Task<Results<Created<GrantResponse>, Ok<GrantResponse>, ProblemHttpResult>> StaffGrant(
        long id, StaffGrantRequest request, [AsParameters] GrantChanges writing, CancellationToken ct) =>
        writing.GrantAsync(request.TenantId, request.Application, new([id], request.Role), ct);

    private static Task<Results<Created<GrantResponse>, Ok<GrantResponse>, ProblemHttpResult>> StaffReactivate(
        long id, StaffGrantRequest request, [AsParameters] GrantChanges writing, CancellationToken ct) =>
        writing.GrantAsync(request.TenantId, request.Application, new([id], request.Role, OnlyReactivate: true), ct);

    private static Task<Results<Ok<GrantResponse>, ProblemHttpResult>> StaffRevoke(
        long id, StaffGrantRequest request, [AsParameters] GrantChanges writing, CancellationToken ct) =>
        writing.RevokeAsync(request.TenantId, request.Application, id, ct);

    private static Task<Results<Ok<List<BulkGrantItem>>, ProblemHttpResult>> StaffGrantMany(
        long id, string application, BulkGrantRequest request, [AsParameters] GrantChanges writing, CancellationToken ct) =>
        GrantMany(application, request, new TenantContext { Id = id }, writing, ct);

    private static BulkGrantItem ToResponse(GrantedItem item) =>
        item.Result.TryGet(out var granted, out var rejection)
            ? new(item.UserId, granted.IsNew ? GrantOutcomes.Granted : GrantOutcomes.Existing, null, granted.Grant)
            : new(item.UserId, GrantOutcomes.Refused, rejection.Code, null);

    /// <summary>In the transaction of the request, if it has one for its key; else in one of their own.</summary>
    internal sealed record GrantChanges(
        ChangeGrants Grants, PlatformDb Db, AccessSignals Signals, AccessChanges Changes, HttpContext Http, TimeProvider Clock)
    {
        private bool HasTransaction => Db.Database.CurrentTransaction is not null;

        private SeatsInTransaction Seats => new(Db, Clock);

        public Task<Result<GrantedItem[]>> TryAsync(long tenantId, string application, RequestedGrants requested, CancellationToken ct) =>
            HasTransaction
                ? Seats.GrantAsync(tenantId, application, requested, Http.Source, ct)
                : Grants.GrantAsync(tenantId, application, requested, Http.Source, ct);

        /// <summary>Sends the change after the commit.</summary>
        public void Changed(long tenantId)
        {
            if (HasTransaction) Changes.Of(tenantId);
            else Signals.Changed(tenantId);
        }

        /// <summary>201 for a new grant, 200 for one that was there already.</summary>
        public async Task<Results<Created<GrantResponse>, Ok<GrantResponse>, ProblemHttpResult>> GrantAsync(
            long tenantId, string application, RequestedGrants requested, CancellationToken ct)
        {
            var result = await TryAsync(tenantId, application, requested, ct);
            if (!result.TryGet(out var items, out var rejection)) return rejection.ToProblem();
            if (!items[0].Result.TryGet(out var granted, out rejection)) return rejection.ToProblem();

            var (grant, isNew) = granted;
            Http.SetVersion(grant.Version);
            if (!isNew) return TypedResults.Ok(grant);

            Changed(tenantId);
            return TypedResults.Created((string?)null, grant);
        }

        public async Task<Results<Ok<GrantResponse>, ProblemHttpResult>> RevokeAsync(
            long tenantId, string application, long userId, CancellationToken ct) =>
            Answer(tenantId, HasTransaction
                ? await Seats.RevokeAsync(tenantId, application, userId, Http.Source, ct)
                : await Grants.RevokeAsync(tenantId, application, userId, Http.Source, ct));

        public Results<Ok<GrantResponse>, ProblemHttpResult> Answer(
            long tenantId, Result<GrantResponse> changed)
        {
            if (!changed.TryGet(out var grant, out var rejection)) return rejection.ToProblem();

            Changed(tenantId);
            Http.SetVersion(grant.Version);
            return TypedResults.Ok(grant);
        }
    }
}
