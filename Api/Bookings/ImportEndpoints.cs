using System.ComponentModel.DataAnnotations;
using System.Text;
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
using Platform.Core.Bookings;
using Platform.Core.Storage;

namespace Platform.Api.Bookings;

/// <summary>Takes over bookings from the files of other systems.</summary>
internal static class ImportEndpoints
{
    private const string Csv = "text/csv";
    private const string Calendar = "text/calendar";

    /// <summary>A file that is longer is answered before its rows are done, or never: callers give up waiting.</summary>
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
        Caller caller, ImportBookings import, TenantContext tenant, TenantSql sql, TimeProvider clock,
        HttpContext http, [Range(1, long.MaxValue)] long? serviceId, [Range(1, long.MaxValue)] long? resourceId,
        bool dryRun = false,
        CancellationToken ct = default)
    {
        var type = http.Request.GetTypedHeaders().ContentType?.MediaType.Value?.ToLowerInvariant();
        if (type is not (Csv or Calendar))
        {
            return TypedResults.Problem(Problems.Of(
                StatusCodes.Status415UnsupportedMediaType, Codes.UnsupportedMediaType, $"The body is {Csv} or {Calendar}."));
        }

        if (await ReadAsync(http.Request.Body, ct) is not { } text)
        {
            return TypedResults.Problem(Problems.Of(
                StatusCodes.Status400BadRequest, Codes.MalformedRequest, "The file is no text in UTF-8."));
        }

        var file = type == Csv
            ? CsvImport.Read(text, MaxRows)
            : CalendarImport.Read(text, ZoneRules.Get(tenant.TimeZone), isNamed: serviceId is not null, MaxRows);
        if (file.Rejection is { } unreadable) return unreadable.ToProblem();

        var (results, rejection) = await import.RunAsync(
            file.Rows, new(serviceId, resourceId, dryRun, caller.Actor), ct);
        if (rejection is not null) return rejection.ToProblem();

        int Count(string status) => results!.Count(r => r.Status == status);
        var report = new ImportReport(
            dryRun, results!.Count, Count(ImportStatuses.Imported), Count(ImportStatuses.Skipped),
            Count(ImportStatuses.Refused), file.IgnoredColumns, results);
        if (!dryRun && report.Imported > 0)
        {
            // After the parts, which have transactions of their own; each booking's history says that it was imported.
            var change = AuditChange.Of(
                tenant.Id, AuditActions.BookingsImported, null, null,
                new { format = type, report.Imported, report.Skipped, report.Refused });
            await sql.ExecuteAsync([change.ToOutboxStatement(http.Source, clock.Now)], ct);
        }

        return TypedResults.Ok(report);
    }

    /// <summary>Null if it is no UTF-8, or holds what a database cannot.</summary>
    private static async Task<string?> ReadAsync(Stream body, CancellationToken ct)
    {
        using var reader = new StreamReader(body, new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            var text = await reader.ReadToEndAsync(ct);
            return PlatformJson.IsStorable(text) ? text : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
