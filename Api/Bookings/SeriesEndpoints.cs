using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core;
using Platform.Core.Bookings;
using Platform.Core.Bookings.Series;
using Platform.Core.Storage;

namespace Platform.Api.Bookings;

internal static class SeriesEndpoints
{
    public static void MapSeries(this RouteGroupBuilder tenant)
    {
        var series = tenant.MapGroup("/series").WithTags("Series").RequireScope(Scopes.Scheduling);
        series.MapPost("/preview", Preview).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        series.MapPost("/", Create)
            .Idempotent()
            .WithCode(Codes.SeriesCreated, "The series is created.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        series.MapGet("/", List);
        series.MapGet("/{id:long}", Get);
        series.MapPatch("/{id:long}", Update).WithCode(Codes.SeriesUpdated, "The dates have changed.")
            .ProducesProblem(StatusCodes.Status409Conflict);
        series.MapPost("/{id:long}/cancel", Cancel).WithCode(Codes.SeriesCancelled, "The dates are cancelled.")
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<SeriesPreview>, ProblemHttpResult>> Preview(
        CreateSeriesRequest request, CreateSeries create, CancellationToken ct) =>
        (await create.PreviewAsync(request, ct)).TryGet(out var preview, out var rejection)
            ? TypedResults.Ok(preview)
            : rejection.ToProblem();

    private static async Task<Results<Created<SeriesResponse>, ProblemHttpResult>> Create(
        CreateSeriesRequest request, Caller caller, CreateSeries create, HttpContext http, CancellationToken ct)
    {
        if (!(await create.RunAsync(request, caller.Actor, ct)).TryGet(out var series, out var rejection))
        {
            return rejection.ToProblem();
        }

        http.SetVersion(series.Version);
        http.Response.Headers.Location = $"/api/v1/series/{series.Id}";
        return TypedResults.Created((string?)null, series);
    }

    private static async Task<Ok<Page<SeriesResponse>>> List(
        TenantDb db, [AsParameters] PageQuery page, CancellationToken ct)
    {
        var total = await db.Series.TotalAsync(page, ct);
        var found = await SeriesViews.ListAsync(db, db.Series.PageRows(s => s.Id, page), ct);
        return TypedResults.Ok(found.ToPage(page.Rows, s => new IdCursor(s.Id), total));
    }

    private static async Task<Results<Ok<SeriesResponse>, ProblemHttpResult>> Get(
        long id, TenantDb db, HttpContext http, CancellationToken ct) =>
        Answer(http, await SeriesViews.FindAsync(db, id, ct) is { } series ? series : Rejection.NotFound);

    private static async Task<Results<Ok<SeriesResponse>, ProblemHttpResult>> Update(
        long id, UpdateSeriesRequest request, Caller caller, ChangeSeries change, HttpContext http,
        [RegularExpression("^(this|following|all)$")] string scope = "all", string? occurrence = null,
        [Description("Returns what would happen and changes nothing.")] bool dryRun = false,
        CancellationToken ct = default)
    {
        if (dryRun) http.Features.Set(new DryRun());
        Moment at = default;
        if (occurrence is not null && !Moment.TryParse(occurrence, out at))
        {
            return TypedResults.Problem(
                Problems.Invalid(new FieldError("occurrence", "FORMAT", "The value must be a time.")));
        }

        return Answer(http, await change.UpdateAsync(
            new(id, scope, occurrence is null ? null : at, http.ExpectedVersion, caller.Actor), request, ct));
    }

    private static async Task<Results<Ok<SeriesResponse>, ProblemHttpResult>> Cancel(
        long id, CancelSeriesRequest? request, Caller caller, ChangeSeries change, HttpContext http, CancellationToken ct)
    {
        request ??= new();
        var cancelled = await change.CancelAsync(
            new(id, request.Scope, request.Occurrence, http.ExpectedVersion, caller.Actor), request.Reason,
            request.WaivePolicy, ct);
        if (cancelled.TryGet(out var series, out _)
            && series.Occurrences.Any(o => o.BookingId is not null && o.Code is not null))
        {
            http.SetCode(Codes.SeriesPartlyCancelled, "Some dates cannot be changed; each has its reason.");
        }

        return Answer(http, cancelled);
    }

    private static Results<Ok<SeriesResponse>, ProblemHttpResult> Answer(
        HttpContext http, Result<SeriesResponse> result)
    {
        if (!result.TryGet(out var series, out var rejection)) return rejection.ToProblem();

        http.SetVersion(series.Version);
        return TypedResults.Ok(series);
    }
}
