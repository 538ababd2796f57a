using System.Linq.Expressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Core;
using Platform.Core.Licensing;
using Platform.Core.Pricing;
using Platform.Core.Storage;

namespace Platform.Api.Licensing;

/// <summary>The catalogue of applications.</summary>
internal static class ApplicationEndpoints
{
    private static readonly Expression<Func<Application, ApplicationResponse>> Response =
        a => new(
            a.Id, a.Slug, a.Name, a.Description, a.Active, a.Version, a.Licensable, a.LaunchUrl, a.CreatedAt,
            a.CreatedBy, a.UpdatedAt, a.UpdatedBy);

    private static readonly Func<Application, ApplicationResponse> ToResponse = Response.Compile();

    public static void MapApplications(this RouteGroupBuilder staff)
    {
        var applications = staff.MapGroup("/applications").WithTags("Applications");
        applications.MapGet("/", List);
        applications.MapGet("/{id:long}", Get);
        applications.MapPost("/", Create).CreatesRow(Codes.ApplicationCreated, "The application is in the catalogue.");
        applications.MapPatch("/{id:long}", Change).ChangesRow();
        applications.MapPost("/{id:long}/retire", Retire)
            .ChangesRow().WithCode(Codes.ApplicationRetired, "The application is retired.");
        applications.MapDelete("/{id:long}", Delete).ChangesRow();
        applications.MapPrices();
    }

    private static async Task<Ok<Page<ApplicationResponse>>> List(
        PlatformDb db, ActiveFilter? active, [AsParameters] PageQuery page, CancellationToken ct)
    {
        var rows = await db.Applications.AsNoTracking()
            .Where(a => active == null || active.Active == null || a.Active == active.Active)
            .PageAsync(a => a.Id, page, ct);
        return TypedResults.Ok(rows.Of(ToResponse));
    }

    private static async Task<Results<Ok<ApplicationResponse>, ProblemHttpResult>> Get(
        long id, PlatformDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.Applications.FindAsync([id], ct) is not { } application)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        http.SetVersion(application.Version);
        return TypedResults.Ok(ToResponse(application));
    }

    private static async Task<Results<Created<ApplicationResponse>, ProblemHttpResult>> Create(
        CreateApplicationRequest request, PlatformDb db, HttpContext http, TimeProvider clock, CancellationToken ct)
    {
        var application = new Application
        {
            Slug = request.Slug,
            Name = request.Name,
            Description = request.Description,
            Licensable = request.Licensable,
            LaunchUrl = request.LaunchUrl,
        };
        db.Create(application, Caller.Of(http.User).Actor);
        await db.SaveChangesAsync(ct);
        await db.RecordAsync(
            new(null, "application.created", "application", application.Id, null, ToResponse(application)), http,
            clock.Now, ct);

        http.SetCreated($"/internal/api/v1/applications/{application.Id}", application.Version);
        return TypedResults.Created((string?)null, ToResponse(application));
    }

    private static Task<Results<Ok<ApplicationResponse>, ProblemHttpResult>> Change(
        long id, ChangeApplicationRequest request, PlatformDb db, AccessChanges changes, HttpContext http,
        TimeProvider clock, CancellationToken ct) =>
        ChangeAsync(id, "application.changed", db, changes, http, clock.Now, application =>
        {
            application.Name = request.Name.Or(application.Name);
            application.Description = request.Description.Or(application.Description);
            application.Active = request.Active.Or(application.Active);
            application.Licensable = request.Licensable.Or(application.Licensable);
            application.LaunchUrl = request.LaunchUrl.Or(application.LaunchUrl);
        }, ct);

    /// <summary>Nobody gets it or gets into it any more; licenses and grants stay as they are.</summary>
    private static Task<Results<Ok<ApplicationResponse>, ProblemHttpResult>> Retire(
        long id, PlatformDb db, AccessChanges changes, HttpContext http, TimeProvider clock, CancellationToken ct) =>
        ChangeAsync(
            id, "application.retired", db, changes, http, clock.Now, application => application.Active = false, ct);

    /// <summary>Only one that was never licensed; its prices go with it.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, PlatformDb db, HttpContext http, TimeProvider clock, CancellationToken ct)
    {
        if (await db.Applications.FindAsync([id], ct) is not { } application)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        if (http.CheckVersion(application.Version) is { } stale) return stale.ToProblem();
        if (await db.Licenses.AnyAsync(l => l.ApplicationId == id, ct)
            || await db.Grants.AnyAsync(g => g.ApplicationId == id, ct))
        {
            return new Rejection(
                RejectionKind.Conflict, Codes.InUse, "The application is licensed; retire it instead.").ToProblem();
        }

        await db.Prices.Where(p => p.ApplicationId == id).ExecuteDeleteAsync(ct);
        await db.Applications.Where(a => a.Id == id).ExecuteDeleteAsync(ct);
        await db.RecordAsync(
            new(null, "application.deleted", "application", id, ToResponse(application), null), http, clock.Now, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<ApplicationResponse>, ProblemHttpResult>> ChangeAsync(
        long id, string action, PlatformDb db, AccessChanges changes, HttpContext http, DateTimeOffset now,
        Action<Application> change, CancellationToken ct)
    {
        if (await db.Applications.FindAsync([id], ct) is not { } application)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        if (http.CheckVersion(application.Version) is { } stale) return stale.ToProblem();

        var before = ToResponse(application);
        change(application);
        if (ToResponse(application) != before)
        {
            db.Change(application, Caller.Of(http.User).Actor);
            await db.SaveChangesAsync(ct);
            await db.RecordAsync(new(null, action, "application", id, before, ToResponse(application)), http, now, ct);
            changes.OfAll();
        }

        http.SetVersion(application.Version);
        return TypedResults.Ok(ToResponse(application));
    }
}
