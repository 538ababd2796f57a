using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Catalogue;
using Platform.Core;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Api.Catalogue;

internal static class ScheduleEndpoints
{
    public static void MapSchedules(this RouteGroupBuilder tenant)
    {
        var resource = tenant.MapGroup("/resources/{id:long}").WithTags("Schedules").RequireScope(Scopes.Scheduling);
        resource.MapGet("/schedule", Get);
        resource.MapPut("/schedule", Put).Changes();
        resource.MapDelete("/schedule", Delete).Changes();
    }

    private static async Task<Results<Ok<ScheduleResponse>, ProblemHttpResult>> Get(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.Resources.FindAsync([id], ct) is not { } resource) return TypedResults.Problem(Problems.NotFound());

        var schedule = await ReadAsync(db, resource, ct);
        http.SetVersion(schedule.Version);
        return TypedResults.Ok(schedule);
    }

    private static async Task<Results<Ok<ScheduleResponse>, ProblemHttpResult>> Put(
        long id, PutScheduleRequest request, Caller caller, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.Resources.FindAsync([id], ct) is not { } resource) return TypedResults.Problem(Problems.NotFound());

        var schedule = await db.Schedules.SingleOrDefaultAsync(s => s.ResourceId == id, ct);
        var rejection = http.CheckVersion(schedule?.Version ?? 0)
            ?? Rejection.All(ResourceRules.CheckZone(request.TimeZone), ScheduleRules.Check(request.Rules, "rules"));
        if (rejection is not null) return rejection.ToProblem();

        var before = await ReadAsync(db, resource, ct);
        await db.WriteHoursAsync(schedule, id, request.TimeZone, request.Rules, caller.Actor, ct);

        var written = await ReadAsync(db, resource, ct);
        await db.RecordAsync(AuditActions.ScheduleChanged, id, before, written, http, ct);
        http.SetVersion(written.Version);
        return TypedResults.Ok(written);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.Resources.FindAsync([id], ct) is not { } resource) return TypedResults.Problem(Problems.NotFound());

        var before = await ReadAsync(db, resource, ct);
        if (http.CheckVersion(before.Version) is { } stale) return stale.ToProblem();

        if (await db.Schedules.Where(s => s.ResourceId == id).ExecuteDeleteAsync(ct) > 0)
        {
            await db.RecordAsync(AuditActions.ScheduleDeleted, id, before, null, http, ct);
        }

        return TypedResults.NoContent();
    }

    private static async Task<ScheduleResponse> ReadAsync(TenantDb db, Resource resource, CancellationToken ct)
    {
        var schedules = await db.Schedules.AsNoTracking()
            .Where(s => s.ResourceId == resource.Id || s.ResourceId == null).ToListAsync(ct);
        var own = schedules.SingleOrDefault(s => s.ResourceId is not null);
        var hours = own ?? schedules.SingleOrDefault();

        return new(
            resource.Id, own is not null, hours?.TimeZone ?? resource.TimeZone ?? db.Tenant.TimeZone, own?.TimeZone,
            await db.ReadHoursAsync(hours, ct), own?.Version ?? 0, own?.CreatedAt, own?.CreatedBy, own?.UpdatedAt,
            own?.UpdatedBy);
    }
}

/// <summary>The weekly rules of a resource, or of the whole organisation.</summary>
internal static class Hours
{
    extension(TenantDb db)
    {
        public async Task<IReadOnlyList<OpeningRule>> ReadHoursAsync(Schedule? schedule, CancellationToken ct)
        {
            if (schedule is null) return [];

            var rows = await db.ScheduleRules.AsNoTracking().Where(r => r.ScheduleId == schedule.Id).ToListAsync(ct);
            return ScheduleRules.FromRows(rows);
        }

        /// <param name="schedule">What is there now.</param>
        /// <param name="resourceId">Null for the organisation's own.</param>
        public async Task WriteHoursAsync(
            Schedule? schedule, long? resourceId, string? timeZone, IReadOnlyList<OpeningRule> rules, string actor,
            CancellationToken ct)
        {
            if (schedule is null)
            {
                schedule = new() { ResourceId = resourceId, TimeZone = timeZone };
                db.Create(schedule, actor);
            }
            else
            {
                schedule.TimeZone = timeZone;
                db.Change(schedule, actor);
                await db.ScheduleRules.Where(r => r.ScheduleId == schedule.Id).ExecuteDeleteAsync(ct);
            }

            await db.SaveChangesAsync(ct);
            db.ScheduleRules.AddRange(ScheduleRules.ToRows(rules, schedule.Id));
            await db.SaveChangesAsync(ct);
        }
    }
}
