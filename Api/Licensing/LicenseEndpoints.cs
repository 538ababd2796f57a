using System.Linq.Expressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Events;
using Platform.Contracts.Licensing;
using Platform.Core;
using Platform.Core.Licensing;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Licensing;

/// <summary>The licenses of tenants. A change of a license locks its row first, as a grant of a seat does.</summary>
internal static class LicenseEndpoints
{
    public static void MapLicenses(this RouteGroupBuilder staff)
    {
        var licenses = staff.MapGroup("/tenants/{id:long}/licenses").WithTags("Licenses");
        licenses.MapGet("/", List);
        licenses.MapGet("/{licenseId:long}", Get);
        licenses.MapPost("/", Create).CreatesRow(Codes.LicenseCreated, "The tenant may use the application.");
        Changes(licenses.MapPatch("/{licenseId:long}", Change));
        Changes(licenses.MapPost("/{licenseId:long}/suspend", Suspend));
        Changes(licenses.MapPost("/{licenseId:long}/resume", Resume));
        Changes(licenses.MapPost("/{licenseId:long}/cancel", Cancel));

        static void Changes(RouteHandlerBuilder route) =>
            route.ChangesRow().WithCode(Codes.LicenseUpdated, "The license has changed.");
    }

    private static async Task<Results<Ok<Page<LicenseResponse>>, ProblemHttpResult>> List(
        long id, PlatformDb db, TimeProvider clock, [AsParameters] PageQuery page, CancellationToken ct)
    {
        if (!await db.Tenants.AnyAsync(t => t.Id == id, ct)) return TypedResults.Problem(Problems.NotFound());

        var now = clock.Now;
        var rows = await WithApplications(db, l => l.TenantId == id).AsNoTracking()
            .PageAsync(row => row.License.Id, page, ct);
        return TypedResults.Ok(rows.Of(row => ToResponse(row.License, row.Application, now)));
    }

    private static async Task<Results<Ok<LicenseResponse>, ProblemHttpResult>> Get(
        long id, long licenseId, PlatformDb db, HttpContext http, TimeProvider clock, CancellationToken ct)
    {
        if (await WithApplications(db, l => l.TenantId == id && l.Id == licenseId).SingleOrDefaultAsync(ct) is not { } row)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        http.SetVersion(row.License.Version);
        return TypedResults.Ok(ToResponse(row.License, row.Application, clock.Now));
    }

    /// <summary>The first license, or a new one after the last was cancelled; earlier grants still count.</summary>
    private static async Task<Results<Created<LicenseResponse>, ProblemHttpResult>> Create(
        long id, CreateLicenseRequest request, PlatformDb db, AccessChanges changes, HttpContext http, TimeProvider clock,
        CancellationToken ct)
    {
        var now = clock.Now;
        if (await db.LockTenantAsync(id, ct) is not { Status: not TenantStatuses.Purged } tenant)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        if (TenantRules.Growing(tenant.Status) is { } leaving) return leaving.ToProblem();

        if (await db.Applications.SingleOrDefaultAsync(a => a.Slug == request.Application, ct) is not { } application)
        {
            return Unknown.ToProblem();
        }

        var terms = request with
        {
            ActivatedAt = request.ActivatedAt?.Stored ?? now,
            TrialEndsAt = request.TrialEndsAt?.Stored,
            ExpiresAt = request.ExpiresAt?.Stored,
        };
        var previous = await db.Licenses
            .FromSql($"""
                select * from tenant_applications
                where tenant_id_fk = {id} and application_id_fk = {application.Id} for update
                """)
            .SingleOrDefaultAsync(ct);
        if (Check(terms, application, previous, now) is { } refusal) return refusal.ToProblem();

        var license = previous ?? new License
        {
            TenantId = id,
            ApplicationId = application.Id,
            Status = LicenseStatuses.Active,
            ActivatedAt = now,
        };
        license.Status = terms.TrialEndsAt is null ? LicenseStatuses.Active : LicenseStatuses.Trial;
        license.ActivatedAt = terms.ActivatedAt!.Value;
        license.TrialEndsAt = terms.TrialEndsAt;
        license.ExpiresAt = terms.ExpiresAt;
        license.UserLimit = terms.UserLimit;
        (license.SuspendedAt, license.CancelledAt) = (null, null);

        var actor = Caller.Of(http.User).Actor;
        if (previous is null) db.Create(license, actor);
        else db.Change(license, actor);
        await db.SaveChangesAsync(ct);

        var snapshot = Snapshot(license, application);
        await db.RecordAsync(
            new(id, LicenseCreated.EventType, "license", license.Id, null, snapshot), new LicenseCreated(snapshot),
            license.Version, http, now, ct);
        changes.Of(id);

        http.SetCreated($"/internal/api/v1/tenants/{id}/licenses/{license.Id}", license.Version);
        return TypedResults.Created((string?)null, ToResponse(license, application, now));
    }

    private static Task<Results<Ok<LicenseResponse>, ProblemHttpResult>> Change(
        long id, long licenseId, ChangeLicenseRequest request, [AsParameters] LicenseChanges writing, CancellationToken ct) =>
        writing.ChangeAsync(id, licenseId, (license, _) =>
        {
            if (license.Status == LicenseStatuses.Cancelled) return LicenseRules.Cancelled;

            var limit = request.UserLimit.Or(license.UserLimit);
            var trialEndsAt = request.TrialEndsAt.Or(license.TrialEndsAt)?.Stored;
            var expiresAt = request.ExpiresAt.Or(license.ExpiresAt)?.Stored;
            var refusal = LicenseRules.CheckTimes(license.ActivatedAt, trialEndsAt, expiresAt)
                ?? (request.UserLimit.HasValue ? LicenseRules.CheckLimit(limit, license.SeatsUsed) : null);
            if (refusal is not null) return refusal;

            (license.UserLimit, license.TrialEndsAt, license.ExpiresAt) = (limit, trialEndsAt, expiresAt);
            if (license.Status != LicenseStatuses.Suspended) license.Status = Running(license);
            return null;
        }, (now, before) => new LicenseChanged(now, before), ct);

    private static Task<Results<Ok<LicenseResponse>, ProblemHttpResult>> Suspend(
        long id, long licenseId, [AsParameters] LicenseChanges writing, CancellationToken ct) =>
        writing.ChangeAsync(id, licenseId, (license, now) =>
        {
            if (license.Status == LicenseStatuses.Suspended) return null;
            if (LicenseRules.Check(license.Terms, now) is { Code: not Codes.LicenseNotStarted } over) return over;

            (license.Status, license.SuspendedAt) = (LicenseStatuses.Suspended, now);
            return null;
        }, (now, _) => new LicenseSuspended(now), ct);

    private static Task<Results<Ok<LicenseResponse>, ProblemHttpResult>> Resume(
        long id, long licenseId, [AsParameters] LicenseChanges writing, CancellationToken ct) =>
        writing.ChangeAsync(id, licenseId, (license, now) =>
        {
            if (license.Status != LicenseStatuses.Suspended)
            {
                return LicenseRules.Check(license.Terms, now) is { Code: not Codes.LicenseNotStarted } over ? over : null;
            }

            (license.Status, license.SuspendedAt) = (Running(license), null);
            return null;
        }, (now, _) => new LicenseResumed(now), ct);

    /// <summary>For good. Grants and seats stay until they are revoked, but nobody gets in.</summary>
    private static Task<Results<Ok<LicenseResponse>, ProblemHttpResult>> Cancel(
        long id, long licenseId, [AsParameters] LicenseChanges writing, CancellationToken ct) =>
        writing.ChangeAsync(id, licenseId, (license, now) =>
        {
            if (license.Status == LicenseStatuses.Cancelled) return null;

            (license.Status, license.CancelledAt, license.SuspendedAt) = (LicenseStatuses.Cancelled, now, null);
            return null;
        }, (now, _) => new LicenseCancelled(now), ct);

    private static string Running(License license) =>
        license.TrialEndsAt is null ? LicenseStatuses.Active : LicenseStatuses.Trial;

    private static Rejection? Check(
        CreateLicenseRequest terms, Application application, License? previous, DateTimeOffset now)
    {
        if (!application.Active)
        {
            return new(RejectionKind.Conflict, Codes.ApplicationInactive, "The application is retired.", "application");
        }

        if (!application.Licensable)
        {
            return new(
                RejectionKind.Conflict, Codes.ApplicationNotLicensable, "The application cannot be licensed yet.", "application");
        }

        if (previous is { Status: not LicenseStatuses.Cancelled })
        {
            return new(RejectionKind.Conflict, Codes.AlreadyExists, "The tenant has a license; change that.", "application")
            {
                Extras = new() { ExistingId = previous.Id },
            };
        }

        return LicenseRules.CheckTimes(terms.ActivatedAt!.Value, terms.TrialEndsAt, terms.ExpiresAt)
            ?? Rejection.All(Over(terms.ExpiresAt, "expiresAt"), Over(terms.TrialEndsAt, "trialEndsAt"))
            ?? LicenseRules.CheckLimit(terms.UserLimit, previous?.SeatsUsed ?? 0);

        Rejection? Over(DateTimeOffset? end, string field) => end <= now
            ? new(RejectionKind.Invalid, Codes.InvalidRange, "The end must be in the future.", field)
            : null;
    }

    private static readonly Rejection Unknown =
        new(RejectionKind.Invalid, Codes.UnknownApplication, "The application does not exist.", "application");

    internal static LicenseSnapshot Snapshot(License l, Application a) =>
        new(l.Id, a.Slug, l.Status, l.ActivatedAt, l.TrialEndsAt, l.ExpiresAt, l.UserLimit);

    private static IQueryable<Licensed> WithApplications(PlatformDb db, Expression<Func<License, bool>> which)
    {
        var applications = db.Applications;
        return
            from license in db.Licenses.Where(which)
            join application in applications on license.ApplicationId equals application.Id
            select new Licensed { License = license, Application = application };
    }

    internal static LicenseResponse ToResponse(License l, Application a, DateTimeOffset now) => new(
        l.Id, l.TenantId, a.Slug, a.Name, LicenseRules.StatusAt(l.Terms, now), l.ActivatedAt, l.TrialEndsAt, l.ExpiresAt,
        l.UserLimit, l.SeatsUsed, l.Terms.Available, l.SuspendedAt, l.CancelledAt, l.Version, l.CreatedAt, l.CreatedBy,
        l.UpdatedAt, l.UpdatedBy);

    private sealed class Licensed
    {
        public required License License { get; init; }
        public required Application Application { get; init; }
    }

    /// <summary>What a change of a license needs, whichever it is.</summary>
    internal sealed record LicenseChanges(PlatformDb Db, AccessChanges Changes, HttpContext Http, TimeProvider Clock)
    {
        /// <param name="change">Says why not, or changes the license; one that changes nothing leaves no trace.</param>
        public async Task<Results<Ok<LicenseResponse>, ProblemHttpResult>> ChangeAsync<T>(
            long tenantId, long licenseId, Func<License, DateTimeOffset, Rejection?> change,
            Func<LicenseSnapshot, LicenseSnapshot, T> toEvent, CancellationToken ct)
            where T : IEventData
        {
            var license = await Db.Licenses
                .FromSql($"""
                    select * from tenant_applications where id = {licenseId} and tenant_id_fk = {tenantId} for update
                    """)
                .SingleOrDefaultAsync(ct);
            if (license is null) return TypedResults.Problem(Problems.NotFound());
            if (Http.CheckVersion(license.Version) is { } stale) return stale.ToProblem();

            var now = Clock.Now;
            var application = (await Db.Applications.FindAsync([license.ApplicationId], ct))!;
            var before = Snapshot(license, application);
            if (change(license, now) is { } refusal) return refusal.ToProblem();

            var after = Snapshot(license, application);
            if (after != before)
            {
                Db.Change(license, Caller.Of(Http.User).Actor);
                await Db.SaveChangesAsync(ct);
                await Db.RecordAsync(
                    new(tenantId, T.EventType, "license", licenseId, before, after), toEvent(after, before), license.Version,
                    Http, now, ct);
                Changes.Of(tenantId);
            }

            Http.SetVersion(license.Version);
            return TypedResults.Ok(ToResponse(license, application, now));
        }
    }
}
