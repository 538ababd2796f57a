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
using Platform.Core.Scim;
using Platform.Core.Storage;

namespace Platform.Api.Scim;

/// <summary>The members of a tenant, by its directory.</summary>
internal static class ScimUsers
{
    public static void MapScimUsers(this RouteGroupBuilder scim)
    {
        var users = scim.MapGroup("/Users");
        var inTransactions = users.InPlatformTransactions();
        inTransactions.MapGet("/", List).RequirePermission(Permissions.UsersRead);
        inTransactions.MapGet("/{id}", Get).RequirePermission(Permissions.UsersRead);
        inTransactions.MapPut("/{id}", Replace).RequirePermission(Permissions.UsersWrite).ChangesRow();
        inTransactions.MapPatch("/{id}", Patch).RequirePermission(Permissions.UsersWrite).ChangesRow();
        inTransactions.MapDelete("/{id}", Delete).RequirePermission(Permissions.UsersWrite).ChangesRow();
        users.MapPost("/", Create).RequirePermission(Permissions.UsersWrite)
            .AddEndpointFilter<ScimAccount>()
            .AddEndpointFilter<PlatformTransaction>()
            .ChangesRow();
    }

    private static async Task<ScimAnswer> List(
        TenantContext tenant, PlatformDb db, HttpContext http, [AsParameters] ScimQuery query, CancellationToken ct)
    {
        var equal = query.Equations(
            ScimSchemas.User, "username", "externalid", "emails.value", "id", "active");
        var id = equal.GetValueOrDefault("id");
        var filter = new ScimUserFilter(
            id is null ? null : ScimMeta.Id(id) ?? 0, equal.GetValueOrDefault("username"),
            equal.GetValueOrDefault("externalid"), equal.GetValueOrDefault("emails.value"),
            equal.TryGetValue("active", out var text) ? bool.TryParse(text, out var active) && active : null, query.First - 1, query.Limit);
        var total = await ScimUserRow.CountAsync(db, tenant.Id, filter, ct);
        var rows = await ScimUserRow.FindAsync(db, tenant.Id, filter, ct);
        return query.Answer(total, [.. rows.Select(row => row.ToResource(http.ScimBase))]);
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

    /// <summary>
    /// Without an invitation: people of a directory sign in by its provider, or set a password by mail.
    /// </summary>
    private static async Task<Results<ScimAnswer, ProblemHttpResult>> Create(
        ScimBody body, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        var (db, http) = (writing.Db, writing.Http);
        var document = ScimDocuments.Read(ScimSchemas.User, ScimSchemas.Enterprise, body.Json);
        await writing.LockAsync(tenant.Id, ct);
        var found = await writing.FindOrCreatePersonAsync(ScimPerson.Of(document), ct);
        if (!found.TryGet(out var known, out var taken)) return taken.ToProblem();

        var person = known.Person;
        var isMember = (await ScimUserRow.FindAsync(db, tenant.Id, new(person.Id), ct)).Count > 0;
        var refusal = (isMember ? Taken : null) ?? await NameTakenAsync(writing, tenant.Id, document, 0, ct);
        if (refusal is not null) return refusal.ToProblem();

        var added = await writing.AddAsync(
            http.Authority, tenant.Id, person, UserTypes.Operations, [], isInvited: false, ct);
        if (added.Rejection is { } unfit) return unfit.ToProblem();

        var row = (await ScimUserRow.FindAsync(db, tenant.Id, new(person.Id), ct))[0];
        if (await SaveAsync(writing, tenant.Id, row, document, ct) is { } refused) return refused.ToProblem();

        row = (await ScimUserRow.FindAsync(db, tenant.Id, new(person.Id), ct))[0];
        http.Response.Headers.Location = $"{http.ScimBase}/Users/{row.Id}";
        http.Response.Headers.ETag = row.Version;
        return new ScimAnswer(row.ToResource(http.ScimBase), StatusCodes.Status201Created);
    }

    private static Task<Results<ScimAnswer, ProblemHttpResult>> Replace(
        string id, ScimBody body, TenantContext tenant, [AsParameters] PeopleWriting writing,
        [AsParameters] ScimQuery query, CancellationToken ct) =>
        ChangeAsync(id, tenant, writing, query, before =>
        {
            var after = ScimDocuments.Read(ScimSchemas.User, ScimSchemas.Enterprise, body.Json);
            if (!after.ContainsKey("active")) after["active"] = before["active"]!.DeepClone();
            return after;
        }, ct);

    private static Task<Results<ScimAnswer, ProblemHttpResult>> Patch(
        string id, ScimBody body, TenantContext tenant, [AsParameters] PeopleWriting writing,
        [AsParameters] ScimQuery query, CancellationToken ct) =>
        ChangeAsync(id, tenant, writing, query, document =>
        {
            new ScimPatch(ScimSchemas.User, ScimSchemas.Enterprise, document).Apply(ScimPatch.Read(body.Json));
            return document;
        }, ct);

    /// <summary>Ends the membership and all grants; the person and their account stay.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string id, TenantContext tenant, [AsParameters] PeopleWriting writing, CancellationToken ct)
    {
        await writing.LockAsync(tenant.Id, ct);
        if (await FindAsync(writing.Db, tenant.Id, id, ct) is not { } row)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        if (writing.Http.IsStale(row.Version)) return Versions.Stale.ToProblem();

        return await writing.RemoveLockedAsync(writing.Http.Authority, tenant.Id, row.Id, ct) is { } refusal
            ? refusal.ToProblem()
            : TypedResults.NoContent();
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

        var after = change(row.ToDocument());
        var refusal = await NameTakenAsync(writing, tenant.Id, after, row.Id, ct)
            ?? await SaveAsync(writing, tenant.Id, row, after, ct);
        if (refusal is not null) return refusal.ToProblem();

        row = (await ScimUserRow.FindAsync(db, tenant.Id, new(row.Id), ct))[0];
        http.Response.Headers.ETag = row.Version;
        return new ScimAnswer(query.Shown(row.ToResource(http.ScimBase)));
    }

    /// <summary>What is the same leaves no trace.</summary>
    private static async Task<Rejection?> SaveAsync(
        PeopleWriting writing, long tenantId, ScimUserRow row, JsonObject after, CancellationToken ct)
    {
        var before = row.ToDocument();
        var isActive = after["active"]?.GetValue<bool>() ?? true;
        (before["active"], after["active"]) = (isActive, isActive);
        var changed = before.Concat(after).Select(member => member.Key).Distinct()
            .Where(name => !JsonNode.DeepEquals(before[name], after[name])).Order(StringComparer.Ordinal).ToList();
        if (changed.Count > 0 || row.Attributes is null)
        {
            await StoreAsync(writing, tenantId, row.MembershipId, after, ct);
            await writing.Db.RecordAsync(
                new AuditChange(
                    tenantId, "membership.directory_changed", "membership", row.MembershipId, null,
                    new { UserId = row.Id, Changed = changed }),
                writing.Http, writing.Clock.Now, ct);
        }

        return isActive == row.Active ? null : await writing.ChangeLockedAsync(
            writing.Http.Authority, tenantId, row.Id, new(Active: isActive), ct);
    }

    private static async Task StoreAsync(
        PeopleWriting writing, long tenantId, long membershipId, JsonObject after, CancellationToken ct)
    {
        var kept = after.DeepClone().AsObject();
        foreach (var name in (string[])["userName", "externalId", "active"]) kept.Remove(name);

        var stored = await writing.Db.ScimUsers.SingleOrDefaultAsync(s => s.MembershipId == membershipId, ct);
        if (stored is null)
        {
            stored = new() { MembershipId = membershipId, TenantId = tenantId, UserName = "", Attributes = "{}" };
            writing.Db.Add(stored);
        }

        stored.UserName = after["userName"]!.GetValue<string>();
        stored.ExternalId = after["externalId"]?.GetValue<string>();
        stored.Attributes = kept.ToJsonString();
        await writing.Db.SaveChangesAsync(ct);
    }

    /// <summary>Nobody else of the tenant has it, whether the directory named them or not.</summary>
    private static async Task<Rejection?> NameTakenAsync(
        PeopleWriting writing, long tenantId, JsonObject document, long userId, CancellationToken ct)
    {
        var name = ScimPerson.UserNameOf(document);
        var others = await ScimUserRow.FindAsync(writing.Db, tenantId, new(UserName: name, Limit: 2), ct);
        return others.Any(other => other.Id != userId) ? Taken : null;
    }

    private static async Task<ScimUserRow?> FindAsync(PlatformDb db, long tenantId, string id, CancellationToken ct) =>
        ScimMeta.Id(id) is { } userId
            ? (await ScimUserRow.FindAsync(db, tenantId, new(userId), ct)).SingleOrDefault()
            : null;

    private static readonly Rejection Taken =
        new(RejectionKind.Conflict, Codes.AlreadyExists, "The tenant has a user of this name.");
}
