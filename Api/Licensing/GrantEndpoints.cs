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
        Answer(page, await query.GrantsOfUserAsync(tenant.Id, id, history, SliceOf(page), ct));

    private static Task<Results<Ok<Page<GrantResponse>>, ProblemHttpResult>> StaffListOfUser(
        long id, long tenantId, EntitlementQuery query, [AsParameters] PageQuery page, bool history = false,
        CancellationToken ct = default) =>
        ListOfUser(id, new TenantContext { Id = tenantId }, query, page, history, ct);

    private static async Task<Results<Ok<Page<GrantResponse>>, ProblemHttpResult>> ListOfApplication(
        string application, TenantContext tenant, EntitlementQuery query, [AsParameters] PageQuery page,
        bool history = false, CancellationToken ct = default) =>
        Answer(page, await query.GrantsOfApplicationAsync(tenant.Id, application, history, SliceOf(page), ct));

    private static GrantSlice SliceOf(PageQuery page) =>
        new(page.Rows + 1, page.Before, page.Cursor?.Id ?? 0, WithTotal: page.Page is not null);

    private static Results<Ok<Page<GrantResponse>>, ProblemHttpResult> Answer(
        PageQuery page, (IReadOnlyList<GrantResponse> Grants, long? Total)? found) =>
        found is var (grants, total)
            ? TypedResults.Ok(grants.Cut(page.Rows, grant => new IdCursor(grant.Id), total))
            : TypedResults.Problem(Problems.NotFound());

    private static async Task<Results<Ok<GrantPreviewResponse>, ProblemHttpResult>> Preview(
        long id, string application, TenantContext tenant, ChangeGrants grants, CancellationToken ct)
    {
        var (preview, rejection) = await grants.PreviewAsync(tenant.Id, application, id, ct);
        return preview is null ? rejection!.ToProblem() : TypedResults.Ok(preview);
    }

    private static Task<Results<Ok<GrantPreviewResponse>, ProblemHttpResult>> StaffPreview(
        long id, string application, long tenantId, ChangeGrants grants, CancellationToken ct) =>
        Preview(id, application, new TenantContext { Id = tenantId }, grants, ct);

    private static Task<Results<Created<GrantResponse>, Ok<GrantResponse>, ProblemHttpResult>> Grant(
        long id, string application, GrantRequest? request, TenantContext tenant, [AsParameters] Writing writing,
        CancellationToken ct) =>
        writing.GrantAsync(tenant.Id, application, new([id], request?.Role), ct);

    private static Task<Results<Created<GrantResponse>, Ok<GrantResponse>, ProblemHttpResult>> Reactivate(
        long id, string application, GrantRequest? request, TenantContext tenant, [AsParameters] Writing writing,
        CancellationToken ct) =>
        writing.GrantAsync(tenant.Id, application, new([id], request?.Role, Again: true), ct);

    private static Task<Results<Ok<GrantResponse>, ProblemHttpResult>> Revoke(
        long id, string application, TenantContext tenant, [AsParameters] Writing writing, CancellationToken ct) =>
        writing.RevokeAsync(tenant.Id, application, id, ct);

    private static async Task<Results<Ok<GrantResponse>, ProblemHttpResult>> ChangeRole(
        long id, string application, ChangeGrantRequest request, TenantContext tenant, [AsParameters] Writing writing,
        CancellationToken ct) =>
        writing.Answer(tenant.Id, await writing.Grants.ChangeRoleAsync(
            tenant.Id, application, id, request.Role, writing.Http.CheckVersion, writing.Http.Source, ct));

    private static async Task<Results<Ok<List<BulkGrantItem>>, ProblemHttpResult>> GrantMany(
        string application, BulkGrantRequest request, TenantContext tenant, [AsParameters] Writing writing,
        CancellationToken ct)
    {
        var wish = new GrantWish(request.UserIds, request.Role, request.Partial, IsList: true);
        var outcome = await writing.TryAsync(tenant.Id, application, wish, ct);
        if (outcome.Rejection is { } rejection) return rejection.ToProblem();

        writing.Changed(tenant.Id);
        return TypedResults.Ok(outcome.Items.Select(ToResponse).ToList());
    }

    private static Task<Results<Created<GrantResponse>, Ok<GrantResponse>, ProblemHttpResult>> StaffGrant(
        long id, StaffGrantRequest request, [AsParameters] Writing writing, CancellationToken ct) =>
        writing.GrantAsync(request.TenantId, request.Application, new([id], request.Role), ct);

    private static Task<Results<Created<GrantResponse>, Ok<GrantResponse>, ProblemHttpResult>> StaffReactivate(
        long id, StaffGrantRequest request, [AsParameters] Writing writing, CancellationToken ct) =>
        writing.GrantAsync(request.TenantId, request.Application, new([id], request.Role, Again: true), ct);

    private static Task<Results<Ok<GrantResponse>, ProblemHttpResult>> StaffRevoke(
        long id, StaffGrantRequest request, [AsParameters] Writing writing, CancellationToken ct) =>
        writing.RevokeAsync(request.TenantId, request.Application, id, ct);

    private static Task<Results<Ok<List<BulkGrantItem>>, ProblemHttpResult>> StaffGrantMany(
        long id, string application, BulkGrantRequest request, [AsParameters] Writing writing, CancellationToken ct) =>
        GrantMany(application, request, new TenantContext { Id = id }, writing, ct);

    private static BulkGrantItem ToResponse(GrantedItem item) => new(
        item.UserId,
        item.Rejection is not null ? GrantOutcomes.Refused : item.IsNew ? GrantOutcomes.Granted : GrantOutcomes.Existing,
        item.Rejection?.Code,
        item.Grant);

    /// <summary>In the transaction of the request, if it has one for its key; else in one of their own.</summary>
    internal sealed record Writing(
        ChangeGrants Grants, PlatformDb Db, AccessSignals Signals, AccessChanges Changes, HttpContext Http, TimeProvider Clock)
    {
        private bool HasTransaction => Db.Database.CurrentTransaction is not null;

        private SeatsInTransaction Seats => new(Db, Clock);

        public Task<GrantsOutcome> TryAsync(long tenantId, string application, GrantWish wish, CancellationToken ct) =>
            HasTransaction
                ? Seats.GrantAsync(tenantId, application, wish, Http.Source, ct)
                : Grants.GrantAsync(tenantId, application, wish, Http.Source, ct);

        /// <summary>Sends the change after the commit.</summary>
        public void Changed(long tenantId)
        {
            if (HasTransaction) Changes.Of(tenantId);
            else Signals.Changed(tenantId);
        }

        /// <summary>201 for a new grant, 200 for one that was there already.</summary>
        public async Task<Results<Created<GrantResponse>, Ok<GrantResponse>, ProblemHttpResult>> GrantAsync(
            long tenantId, string application, GrantWish wish, CancellationToken ct)
        {
            var outcome = await TryAsync(tenantId, application, wish, ct);
            if (outcome.Rejection is { } rejection) return rejection.ToProblem();

            var (grant, isNew) = (outcome.Items[0].Grant!, outcome.Items[0].IsNew);
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
            long tenantId, (GrantResponse? Grant, Rejection? Rejection) outcome)
        {
            if (outcome.Rejection is { } rejection) return rejection.ToProblem();

            Changed(tenantId);
            Http.SetVersion(outcome.Grant!.Version);
            return TypedResults.Ok(outcome.Grant);
        }
    }
}
