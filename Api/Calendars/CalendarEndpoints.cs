using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Core.Bookings;
using Platform.Core.Storage;

namespace Platform.Api.Calendars;

internal static class CalendarEndpoints
{
    private const int MaxDays = 366;

    /// <summary>
    /// More events than a calendar shows at once; a file with all of them would take it minutes to read.
    /// </summary>
    public const int MaxEvents = 10_000;

    public static void MapCalendars(this RouteGroupBuilder tenant)
    {
        var bookings = tenant.MapGroup("/bookings").WithTags("Calendars").RequireScope(Scopes.Scheduling);
        bookings.MapGet("/{id:long}/calendar.ics", One).Produces<string>(StatusCodes.Status200OK, "text/calendar");
        bookings.MapGet("/calendar.ics", Many).Produces<string>(StatusCodes.Status200OK, "text/calendar")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> One(
        long id, TenantDb db, IOptions<OrganizerOptions> organizer, CancellationToken ct) =>
        await BookingQuery.FindAsync(db, id, ct) is { } booking
            ? BookingCalendar.Of(booking, db.Tenant, organizer.Value)
            : TypedResults.Problem(Problems.NotFound());

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Many(
        [AsParameters] QueryRange asked, [FromQuery(Name = "resourceId")] long? resourceId, TenantDb db,
        IOptions<OrganizerOptions> organizer, CancellationToken ct)
    {
        if (!asked.In(db.Tenant, MaxDays).TryGet(out var range, out var rejection)) return rejection.ToProblem();

        var filter = new BookingFilter(range.Start, range.End, resourceId);
        if (await BookingQuery.UnknownIdAsync(db, filter, ct) is { } field)
        {
            return TypedResults.Problem(Problems.NotFound(new FieldError(field, Codes.NotFound, "It is not there.")));
        }

        var bookings = await BookingQuery.ListAsync(db, filter, new(MaxEvents), ct);
        return BookingCalendar.Of(bookings, db.Tenant.Name, details: true, db.Tenant, organizer.Value);
    }
}
