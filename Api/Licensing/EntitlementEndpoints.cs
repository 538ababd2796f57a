using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Core.Licensing;
using Platform.Core.Storage;

namespace Platform.Api.Licensing;

/// <summary>What a tenant, and one of its members, may use.</summary>
internal static class EntitlementEndpoints
{
    public static void MapEntitlements(this RouteGroupBuilder direct)
    {
        direct.MapGet("/entitlements", OfTenant).WithTags("Licenses").RequireScope(Scopes.Licensing);
        direct.MapGet("/me/apps", OfCaller).WithTags("Licenses").RequireScope(Scopes.Licensing, Scopes.Scheduling);
    }

    public static void MapStaffEntitlements(this RouteGroupBuilder staff) =>
        staff.MapGet("/entitlements", OfAnyTenant).WithTags("Licenses");

    /// <summary>Only users who may grant seats see who has them.</summary>
    private static async Task<Results<Ok<IReadOnlyList<EntitlementResponse>>, ProblemHttpResult>> OfTenant(
        TenantContext tenant, EntitlementQuery query, HttpContext http, CancellationToken ct)
    {
        var withUsers = await http.HasPermissionAsync(Permissions.SeatsWrite);
        return TypedResults.Ok((await query.OfTenantAsync(tenant.Id, withUsers, ct))!);
    }

    private static async Task<Results<Ok<IReadOnlyList<EntitlementResponse>>, ProblemHttpResult>> OfAnyTenant(
        long tenantId, EntitlementQuery query, CancellationToken ct) =>
        await query.OfTenantAsync(tenantId, withUsers: true, ct) is { } entitlements
            ? TypedResults.Ok(entitlements)
            : TypedResults.Problem(Problems.NotFound());

    private static async Task<Ok<IReadOnlyList<MyApplication>>> OfCaller(
        Caller caller, TenantContext tenant, EntitlementQuery query, CancellationToken ct) =>
        TypedResults.Ok(caller.UserId is { } user ? await query.OfUserAsync(tenant.Id, user, ct) : []);
}
