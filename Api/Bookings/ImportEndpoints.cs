using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Bookings;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Availability;
using Platform.Core.Bookings.Imports;
using Platform.Core.Storage;

namespace Platform.Api.Bookings;

/// <summary>Takes over bookings from the files of other systems.</summary>
internal static class ImportEndpoints
{
    private const string Csv = "text/csv";
    private const string Calendar = "text/calendar";

    /// <summary>
    /// A file that is longer is answered before its rows are done, or never: callers give up waiting.
    /// </summary>
    private const int MaxRows = 5_000;
    private const int MaxBytes = 5 * 1024 * 1024;

    /// <param name="direct">It writes in parts, with a transaction for each.</param>
    public static void MapImport(this RouteGroupBuilder direct) => direct.MapGroup("/bookings").WithTags("Bookings")
        .RequireScope(Scopes.Scheduling)
        .MapPost("/import", Import)
        .RequirePermission(Permissions.BookingsImport)
        .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
        .Accepts<string>(Csv, Calendar)
        .WithCode(Codes.BookingsImported, "The file was read; each row has its result.")
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<ImportReport>, ProblemHttpResult>> Import(
        Caller caller, ImportBookings import, TenantDb db, TenantContext tenant, TenantSql sql, TimeProvider clock,
        HttpContext http, [Range(1, long.MaxValue)] long? serviceId, [Range(1, long.MaxValue)] long? resourceId,
        bool dryRun = false,
        CancellationToken ct = default)
    {
        var type = http.Request.GetTypedHeaders().ContentType?.MediaType.Value?.ToLowerInvariant();
        if (type is not (Csv or Calendar))
        {
            return TypedResults.Problem(Problems.Of(
                StatusCodes.Status415UnsupportedMediaType, Codes.UnsupportedMediaType, $"The body must be {Csv} or {Calendar}."));
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, ct);
        var (text, problem) = ImportText.Read(
            body.GetBuffer().AsSpan(0, (int)body.Length), http.Request.GetTypedHeaders().ContentType?.Charset.Value);
        if (text is null) return TypedResults.Problem(problem!);

        var file = type == Csv
            ? CsvImport.Read(text, tenant.Locale, MaxRows)
            : CalendarImport.Read(text, ZoneRules.Get(tenant.TimeZone), isNamed: serviceId is not null, MaxRows);
        if (file.Rejection is { } unreadable) return unreadable.ToProblem();

        var imported = await import.RunAsync(
            file.Rows,
            new(
                serviceId, resourceId, dryRun, caller.Actor,
                (booking, token) => db.RecordCorrectionAsync(booking, http, token)),
            ct);
        if (!imported.TryGet(out var results, out var rejection)) return rejection.ToProblem();

        int Count(string status) => results.Count(r => r.Status == status);
        var report = new ImportReport(
            dryRun, results.Length, Count(ImportStatuses.Imported), Count(ImportStatuses.Skipped),
            Count(ImportStatuses.Refused), file.IgnoredColumns, results, Count(ImportStatuses.Updated));
        if (!dryRun && report.Imported + report.Updated > 0)
        {
            // After the parts, which have transactions of their own; each booking's history says that it was imported.
            var change = AuditChange.Of(
                tenant.Id, AuditActions.BookingsImported, null, null,
                new { format = type, report.Imported, report.Updated, report.Skipped, report.Refused });
            await sql.ExecuteAsync([change.ToOutboxStatement(http.Source, clock.Now)], ct);
        }

        return TypedResults.Ok(report);
    }
}
