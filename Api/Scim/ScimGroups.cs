using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Api.People;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.People;
using Platform.Core.Scim;
using Platform.Core.Storage;

namespace Platform.Api.Scim;

/// <summary>
/// The roles of a tenant, by its directory: a group is a role, its members are those who have it. A group that the
/// directory makes is a role without permissions, until an administrator gives it some.
/// </summary>
internal static class ScimGroups
{
    public static void MapScimGroups(this RouteGroupBuilder scim)
    {
        var groups = scim.MapGroup("/Groups").InPlatformTransactions();
        groups.MapGet("/", List).RequirePermission(Permissions.UsersRead);
        groups.MapGet("/{id}", Get).RequirePermission(Permissions.UsersRead);
        groups.MapPost("/", Create).RequirePermission(Permissions.RolesWrite).ChangesRow();
        groups.MapPut("/{id}", Replace).RequirePermission(Permissions.UsersWrite).ChangesRow();
        groups.MapPatch("/{id}", Patch).RequirePermission(Permissions.UsersWrite).ChangesRow();
        groups.MapDelete("/{id}", Delete).RequirePermission(Permissions.RolesWrite).ChangesRow();
    }

    private static async Task<ScimAnswer> List(
        TenantContext tenant, PlatformDb db, HttpContext http, [AsParameters] ScimQuery query, CancellationToken ct)
    {
        var equal = query.Equations(ScimSchemas.Group, "displayname", "externalid", "members.value", "id");
        var filter = new ScimGroupFilter(
            Number("id"), equal.GetValueOrDefault("displayname"), equal.GetValueOrDefault("externalid"),
            Number("members.value"), query.First - 1, query.Limit);
        var total = await ScimGroupRow.CountAsync(db, tenant.Id, filter, ct);
        var rows = await ScimGroupRow.FindAsync(db, tenant.Id, filter, ct);
        return query.Answer(total, [.. rows.Select(row => row.ToResource(http.ScimBase))]);

        long? Number(string name) => equal.TryGetValue(name, out var text) ? ScimMeta.Id(text) ?? 0 : null;
    }

    private static async Task<Results<ScimAnswer, StatusCodeHttpResult, ProblemHttpResult>> Get(
        string id, TenantContext tenant, PlatformDb db, HttpContext http, [AsParameters] ScimQuery query,
        CancellationToken ct)
    {
        if (await FindAsync(db, tenant.Id, id, ct) is not { } row) return TypedResults.Problem(Problems.NotFound());

        http.Response.Headers.ETag = row.Version;
        return http.IsKnown(row.Version)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : new ScimAnswer(query.Shown(row.ToResource(http.ScimBase)));
    }

    private static async Task<Results<ScimAnswer, ProblemHttpResult>> Create(
        ScimBody body, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        var (db, http) = (writing.Db, writing.Http);
        var document = ScimDocuments.Read(ScimSchemas.Group, null, body.Json);
        var name = NameOf(document);
        await writing.LockAsync(tenant.Id, ct);
        if (await NameTakenAsync(db, tenant.Id, name, 0, ct) is { } taken) return taken.ToProblem();

        var added = await writing.AddRoleAsync(new(name, []), tenant.Id, http.Authority, ct);
        if (!added.TryGet(out var role, out var refusal)) return refusal.ToProblem();

        var row = (await ScimGroupRow.FindAsync(db, tenant.Id, new(role.Id), ct))[0];
        if (await SaveAsync(writing, tenant.Id, row, document, ct) is { } refused) return refused.ToProblem();

        row = (await ScimGroupRow.FindAsync(db, tenant.Id, new(role.Id), ct))[0];
        http.Response.Headers.Location = $"{http.ScimBase}/Groups/{row.Id}";
        http.Response.Headers.ETag = row.Version;
        return new ScimAnswer(row.ToResource(http.ScimBase), StatusCodes.Status201Created);
    }

    private static Task<Results<ScimAnswer, ProblemHttpResult>> Replace(
        string id, ScimBody body, TenantContext tenant, [AsParameters] PeopleWriting writing,
        [AsParameters] ScimQuery query, CancellationToken ct) =>
        ChangeAsync(
            id, tenant, writing, query, _ => ScimDocuments.Read(ScimSchemas.Group, null, body.Json), ct);

    private static Task<Results<ScimAnswer, ProblemHttpResult>> Patch(
        string id, ScimBody body, TenantContext tenant, [AsParameters] PeopleWriting writing,
        [AsParameters] ScimQuery query, CancellationToken ct) =>
        ChangeAsync(id, tenant, writing, query, document =>
        {
            new ScimPatch(ScimSchemas.Group, null, document).Apply(ScimPatch.Read(body.Json));
            return document;
        }, ct);

    /// <summary>
    /// Takes the role from everybody first. A role of the platform stays, and one that a program has.
    /// </summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string id, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        var db = writing.Db;
        await writing.LockAsync(tenant.Id, ct);
        if (await FindAsync(db, tenant.Id, id, ct) is not { } row) return TypedResults.Problem(Problems.NotFound());
        if (writing.Http.IsStale(row.Version)) return Versions.Stale.ToProblem();
        if (row.IsOfPlatform) return RoleRules.OfThePlatform.ToProblem();

        var role = (await db.Roles.FindAsync([row.Id], ct))!;
        var refusal = RoleWriting.CheckBefore(writing.Http.Authority, role)
            ?? await SetMembersAsync(writing, tenant.Id, role, row.Members, [], ct)
            ?? await writing.DeleteRoleAsync(role, ct);
        return refusal is null ? TypedResults.NoContent() : refusal.ToProblem();
    }

    /// <param name="change">Of all that the directory may write.</param>
    private static async Task<Results<ScimAnswer, ProblemHttpResult>> ChangeAsync(
        string id, TenantContext tenant, PeopleWriting writing, ScimQuery query, Func<JsonObject, JsonObject> change,
        CancellationToken ct)
    {
        var (db, http) = (writing.Db, writing.Http);
        await writing.LockAsync(tenant.Id, ct);
        if (await FindAsync(db, tenant.Id, id, ct) is not { } row) return TypedResults.Problem(Problems.NotFound());
        if (http.IsStale(row.Version)) return Versions.Stale.ToProblem();

        if (await SaveAsync(writing, tenant.Id, row, change(row.ToDocument()), ct) is { } refusal)
        {
            return refusal.ToProblem();
        }

        row = (await ScimGroupRow.FindAsync(db, tenant.Id, new(row.Id), ct))[0];
        http.Response.Headers.ETag = row.Version;
        return new ScimAnswer(query.Shown(row.ToResource(http.ScimBase)));
    }

    private static async Task<Rejection?> SaveAsync(
        PeopleWriting writing, long tenantId, ScimGroupRow row, JsonObject after, CancellationToken ct)
    {
        var role = (await writing.Db.Roles.FindAsync([row.Id], ct))!;
        return await RenameAsync(writing, tenantId, role, NameOf(after), ct)
            ?? await NameByDirectoryAsync(writing, tenantId, row, after["externalId"]?.GetValue<string>(), ct)
            ?? await SetMembersAsync(writing, tenantId, role, row.Members, MembersOf(after), ct);
    }

    private static async Task<Rejection?> RenameAsync(
        PeopleWriting writing, long tenantId, Role role, string name, CancellationToken ct)
    {
        if (name == role.Name) return null;
        if (role.TenantId is null) return RoleRules.OfThePlatform;
        if (!writing.Http.Authority.Covers([Permissions.RolesWrite])) return NoRoles;

        return RoleWriting.CheckBefore(writing.Http.Authority, role)
            ?? await NameTakenAsync(writing.Db, tenantId, name, role.Id, ct)
            ?? await writing.ChangeRoleAsync(role, name, role.Permissions, writing.Http.Authority, ct);
    }

    private static async Task<Rejection?> NameByDirectoryAsync(
        PeopleWriting writing, long tenantId, ScimGroupRow row, string? externalId, CancellationToken ct)
    {
        if (externalId == row.ExternalId) return null;

        var group = await writing.Db.ScimGroups.SingleOrDefaultAsync(
            g => g.TenantId == tenantId && g.RoleId == row.Id, ct);
        if (group is null) writing.Db.Add(group = new() { TenantId = tenantId, RoleId = row.Id });
        group.ExternalId = externalId;
        await writing.Db.SaveChangesAsync(ct);
        await writing.Db.RecordAsync(
            new AuditChange(
                tenantId, "role.directory_changed", "role", row.Id, new { row.ExternalId }, new { group.ExternalId }),
            writing.Http, writing.Clock.Now, ct);
        return null;
    }

    /// <summary>Each member changes as by hand: with the same rules, events and rows in the audit.</summary>
    private static async Task<Rejection?> SetMembersAsync(
        PeopleWriting writing, long tenantId, Role role, IReadOnlyList<long> before, IReadOnlyList<long> after,
        CancellationToken ct)
    {
        var changes = before.Except(after).Select(id => (Id: id, Wish: new MembershipChange(RemovedRole: role)))
            .Concat(after.Except(before).Select(id => (Id: id, Wish: new MembershipChange(AddedRole: role))));
        await writing.Seats.LockAsync(tenantId, ct); // before the first row of the audit
        foreach (var (id, change) in changes.OrderBy(change => change.Id))
        {
            var refusal = await writing.ChangeLockedAsync(writing.Http.Authority, tenantId, id, change, ct);
            if (refusal == Rejection.NotFound) return NoSuchMember;
            if (refusal is not null) return refusal;
        }

        return null;
    }

    private static List<long> MembersOf(JsonObject group) =>
    [
        .. (group["members"] as JsonArray ?? []).OfType<JsonObject>()
            .Select(member => ScimMeta.Id(member["value"]?.GetValue<string>() ?? "") ?? 0).Distinct(),
    ];

    /// <exception cref="ScimException" />
    private static string NameOf(JsonObject group)
    {
        var name = group["displayName"]?.GetValue<string>() ?? "";
        return RequestValidation.Check(new CreateRoleRequest(name, [])) is [var error, ..]
            ? throw new ScimException(ScimErrorTypes.InvalidValue, $"displayName is no name: {error.Message}")
            : name;
    }

    private static async Task<Rejection?> NameTakenAsync(
        PlatformDb db, long tenantId, string name, long id, CancellationToken ct)
    {
        var others = await ScimGroupRow.FindAsync(db, tenantId, new(Name: name, Limit: 2), ct);
        return others.Any(other => other.Id != id) ? Taken : null;
    }

    private static async Task<ScimGroupRow?> FindAsync(PlatformDb db, long tenantId, string id, CancellationToken ct) =>
        ScimMeta.Id(id) is { } roleId
            ? (await ScimGroupRow.FindAsync(db, tenantId, new(roleId), ct)).SingleOrDefault()
            : null;

    private static readonly Rejection Taken =
        new(RejectionKind.Conflict, Codes.AlreadyExists, "The tenant has a group of this name.");

    private static readonly Rejection NoSuchMember =
        new(RejectionKind.Invalid, Codes.NotFound, "A member of the group is not a user of the tenant.");

    private static readonly Rejection NoRoles = new(
        RejectionKind.Forbidden, Codes.Forbidden, $"This takes the permission {Permissions.RolesWrite}.");
}
