using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts.Licensing;
using Platform.Core;
using Platform.Core.Storage;

namespace Platform.Api.Licensing;

/// <summary>Counters of seats against the rows that they count.</summary>
internal static class SeatEndpoints
{
    public static void MapSeats(this RouteGroupBuilder staff) =>
        staff.MapPost("/reconcile/seats", Reconcile).WithTags("Licenses");

    /// <summary>Repairs wrong counters and lists them. Every repair is in the audit.</summary>
    private static async Task<Ok<List<ReconciledSeats>>> Reconcile(
        ReconcileSeatsRequest? request, PlatformDb db, AccessChanges changes, HttpContext http, TimeProvider clock,
        CancellationToken ct)
    {
        // A grant or revoke of a seat locks the license's row, so nothing moves between the count and the repair.
        var wrong = await db.Database.SqlQuery<long>(
            $"""
            select l.id from tenant_applications l
            where ({request?.TenantId}::bigint is null or l.tenant_id_fk = {request?.TenantId}::bigint)
                and l.seats_used <> (
                    select count(*) from user_application_access g
                    where g.tenant_id_fk = l.tenant_id_fk and g.application_id_fk = l.application_id_fk and g.active)
            order by l.id
            for no key update
            """).ToListAsync(ct);
        if (wrong.Count == 0) return TypedResults.Ok(new List<ReconciledSeats>());

        var ids = wrong.ToArray();
        var repaired = await db.Database.SqlQuery<ReconciledSeats>(
            $"""
            update tenant_applications l set seats_used = counted.after
            from (
                select old.id, old.seats_used as before, a.slug, (
                    select count(*)::int from user_application_access g
                    where g.tenant_id_fk = old.tenant_id_fk and g.application_id_fk = old.application_id_fk and g.active
                    ) as after
                from tenant_applications old join applications a on a.id = old.application_id_fk
                where old.id = any({ids})) counted
            where counted.id = l.id and counted.before <> counted.after
            returning l.tenant_id_fk as "TenantId", l.id as "LicenseId", counted.slug as "Application",
                counted.before as "Before", counted.after as "After"
            """).ToListAsync(ct);

        foreach (var seats in repaired)
        {
            await db.RecordAsync(
                new(
                    seats.TenantId, "license.seats_reconciled", "license", seats.LicenseId, new { seatsUsed = seats.Before },
                    new { seatsUsed = seats.After }),
                http, clock.Now, ct);
            changes.Of(seats.TenantId);
        }

        return TypedResults.Ok(repaired);
    }
}
