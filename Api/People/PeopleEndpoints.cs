using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Operations;
using Platform.Contracts.People;
using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Api.People;

internal static class PeopleEndpoints
{
    public static void MapMe(this RouteGroupBuilder direct)
    {
        direct.MapGet("/me", Me).WithTags("People").RequireScope(Scopes.Scheduling, Scopes.Licensing);

        // Also from a tenant that is inactive or that the person has left: it is the way to another one.
        direct.MapGet("/me/tenants", MyTenants).WithTags("People").RequireScope(Scopes.Scheduling, Scopes.Licensing)
            .WithMetadata(new TenantScoped(DecidesItself: true));
    }

    /// <summary>For Identity, which has no tenant and is no person.</summary>
    public static void MapPersonContext(this RouteGroupBuilder services) =>
        services.MapGet("/people/{id:long}/context", Context).WithTags("People").RequireScope(Scopes.PersonContext);

    public static void MapUserTypes(this RouteGroupBuilder staff) => staff.MapGet("/user-types", UserTypes).WithTags("People");

    private static async Task<Results<Ok<MeResponse>, ProblemHttpResult>> Me(
        Caller caller, TenantContext tenant, PeopleDirectory people, CancellationToken ct)
    {
        // A client that acts for itself, and staff who look in, are nobody here.
        if (caller.UserId is not { } user || await people.FindAsync(user, tenant.Id, ct) is not { } member)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        return TypedResults.Ok(new MeResponse(
            member.UserId, member.Name, member.Email, tenant.Id, member.Tenant.Slug, member.Tenant.Name, tenant.TimeZone,
            tenant.Locale, member.Tenant.UserType, member.Tenant.Roles, member.Tenant.AllowedApps, member.Permissions,
            member.Kind, member.Own.ResourceId, member.Own.ClientId));
    }

    /// <summary>Oldest membership first; none for a client that acts for itself.</summary>
    private static async Task<Ok<IReadOnlyList<MyTenantResponse>>> MyTenants(
        Caller caller, PeopleDirectory people, CancellationToken ct)
    {
        var person = caller.UserId is { } user ? await people.ContextAsync(user, ct) : null;
        return TypedResults.Ok<IReadOnlyList<MyTenantResponse>>(
            [.. (person?.Tenants ?? []).Select(tenant => new MyTenantResponse(tenant.TenantId, tenant.Slug, tenant.Name))]);
    }

    private static async Task<Results<Ok<PersonContext>, ProblemHttpResult>> Context(
        long id, PeopleDirectory people, CancellationToken ct) =>
        await people.ContextAsync(id, ct) is { } context
            ? TypedResults.Ok(context)
            : TypedResults.Problem(Problems.NotFound());

    private static async Task<Ok<Page<UserTypeResponse>>> UserTypes(
        PlatformDb db, [AsParameters] PageQuery page, CancellationToken ct)
    {
        var types = await db.UserTypes.AsNoTracking().PageAsync(t => t.Id, page, ct);
        return TypedResults.Ok(types.Of(t => new UserTypeResponse(t.Id, t.Slug, t.Name, t.HierarchyLevel)));
    }
}
