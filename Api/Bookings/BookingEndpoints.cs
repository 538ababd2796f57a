using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Bookings;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Bookings;
using Platform.Core.Storage;

namespace Platform.Api.Bookings;

internal static class BookingEndpoints
{
    private const string OfBookings = "/bookings";

    /// <param name="tenant">Each endpoint runs in a transaction of its own.</param>
    /// <param name="direct">Endpoints that write their statements by hand.</param>
    public static void MapBookings(this RouteGroupBuilder tenant, RouteGroupBuilder direct)
    {
        direct.MapGroup(OfBookings).WithTags("Bookings").RequireScope(Scopes.Scheduling)
            .MapPost("/", Create)
            .WithIdempotencyKey()
            .WithCode(Codes.BookingCreated, "The booking is confirmed.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

        var bookings = tenant.MapGroup(OfBookings).WithTags("Bookings").RequireScope(Scopes.Scheduling);
        bookings.MapGet("/", List).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        bookings.MapGet("/attention", Attention);
        bookings.MapGet("/{id:long}", Get);
        bookings.MapGet("/{id:long}/events", Events);
        bookings.MapPatch("/{id:long}", Update).Changes(Codes.BookingUpdated, "The booking is changed.");
        bookings.MapPost("/{id:long}/cancel", Cancel).Changes(Codes.BookingCancelled, "The booking is cancelled.");
        bookings.MapPost("/{id:long}/reschedule", Reschedule).Changes(Codes.BookingRescheduled, "The booking has moved.");
        bookings.MapPost("/{id:long}/reassign", Reassign)
            .Changes(Codes.BookingReassigned, "The booking has other resources.");
        bookings.MapPost("/{id:long}/confirm", Confirm).Changes(Codes.BookingUpdated, "The booking is confirmed.");
        bookings.MapPost("/{id:long}/reject", Reject).Changes(Codes.BookingUpdated, "The booking is rejected.");
        bookings.MapPost("/{id:long}/check-in", CheckIn).Changes(Codes.BookingUpdated, "The client has arrived.");
        bookings.MapPost("/{id:long}/complete", Complete).Changes(Codes.BookingUpdated, "The booking is completed.");
        bookings.MapPost("/{id:long}/no-show", NoShow)
            .Changes(Codes.BookingUpdated, "The mark as no-show has changed.");
    }

    private static RouteHandlerBuilder Changes(this RouteHandlerBuilder route, string code, string message) => route
        .WithCode(code, message)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Created<BookingResponse>, ProblemHttpResult>> Create(
        CreateBookingRequest request, Caller caller, CreateBooking create, HttpContext http, CancellationToken ct)
    {
        if (!http.ReadIdempotencyKey(caller.Actor, request).TryGet(out var key, out var malformed))
        {
            return malformed.ToProblem();
        }

        var result = await create.RunAsync(new(request, caller.Actor, key), ct);
        if (!result.TryGet(out var created, out var rejection)) return rejection.ToProblem();

        if (created.IsReplayed) http.SetReplayed();
        var booking = created.ToResponse();
        http.SetVersion(booking.Version);
        http.Response.Headers.Location = $"/api/v1/bookings/{booking.Id}"; // the envelope replaces the result, not headers
        return TypedResults.Created((string?)null, booking);
    }

    private static async Task<Results<Ok<BookingResponse>, ProblemHttpResult>> Get(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await BookingQuery.FindAsync(db, id, ct) is not { } found)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        http.SetVersion(found.Booking.Version);
        return TypedResults.Ok(found.ToResponse() with { MailFailures = await db.MailFailuresAsync(id, ct) });
    }

    /// <summary>A page may hold fewer than asked for, or none, and yet have a next one.</summary>
    private static async Task<Ok<Page<AttentionResponse>>> Attention(
        AttentionQuery query, [AsParameters] CursorQuery<TimeCursor> page, CancellationToken ct)
    {
        var (found, next) = await query.ReadAsync(page.Cursor is var (at, id) ? (at, id) : null, page.Rows, ct);
        return TypedResults.Ok(new Page<AttentionResponse>(
            [.. found.Select(f => new AttentionResponse(f.Booking?.ToResponse(), f.Reasons, f.Series))],
            next is var (start, last) ? new TimeCursor(start, last).ToString() : null,
            page.Rows));
    }

    private static async Task<Results<Ok<Page<BookingResponse>>, CsvFile<BookingResponse>, ProblemHttpResult>> List(
        TenantDb db,
        HttpContext http,
        [Description("The beginning of the client's name, or of one of its parts, e-mail or phone; or the booking's id.")]
        [FreeText, StringLength(200)]
        string? q,
        QueryInstant? from,
        QueryInstant? to,
        long? resourceId,
        long? serviceId,
        long? clientId,
        [RegularExpression("^(held|pending|confirmed|checked_in|completed|cancelled|rejected|expired|no_show)$")]
        string? status,
        [Description("Made or changed then or later: an instant, or local in the tenant's zone.")] QueryInstant? updatedSince,
        [StringLength(400)] string? uid,
        [Description("The name of an imported booking in its file."), StringLength(200)] string? externalId,
        [Description("Without regard to case."), StringLength(254)] string? clientEmail,
        [Description("The default is by start; a minus reverses the order.")] BookingSorting? sort,
        CsvSeparator? separator,
        [AsParameters] TimePageQuery page,
        CancellationToken ct)
    {
        var zone = Core.Availability.ZoneRules.Get(db.Tenant.TimeZone);
        var nonexistent = Rejection.All(
            from?.CheckExists(zone, "from"), to?.CheckExists(zone, "to"), updatedSince?.CheckExists(zone, "updatedSince"));
        if (nonexistent is not null) return nonexistent.ToProblem();

        var filter = new BookingFilter(
            from?.In(zone), to?.In(zone), resourceId, serviceId, clientId, status, updatedSince?.In(zone), uid, externalId,
            clientEmail, string.IsNullOrWhiteSpace(q) ? null : q);
        if (await BookingQuery.UnknownIdAsync(db, filter, ct) is { } field)
        {
            return TypedResults.Problem(
                Problems.NotFound(new FieldError(field, Codes.NotFound, "The value does not exist.")));
        }

        var order = sort?.Sort ?? default;
        if (!http.WantsCsv) return TypedResults.Ok(await db.BookingsAsync(filter, page, ct, order));

        var all = await BookingQuery.ListAsync(db, filter, new(BookingCsv.MaxRows + 1, Sort: order), ct);
        return all.Count > BookingCsv.MaxRows
            ? BookingCsv.TooMany.ToProblem()
            : new CsvFile<BookingResponse>([.. all.Select(view => view.ToResponse())], BookingCsv.Columns, "bookings.csv", separator);
    }

    private static async Task<Results<Ok<Page<BookingEventResponse>>, ProblemHttpResult>> Events(
        long id, TenantDb db, [AsParameters] PageQuery page, CancellationToken ct)
    {
        var events = db.BookingEvents.Where(e => e.BookingId == id);
        var total = await events.TotalAsync(page, ct);
        var found = await events.AsNoTracking().PageRows(e => e.Version, page).ToListAsync(ct);

        // Every booking has one: whether it is there is asked only behind the last.
        return found.Count > 0 || await events.AnyAsync(ct)
            ? TypedResults.Ok(found.ToPage(page.Rows, e => new IdCursor(e.Version), total).Of(e => e.ToResponse()))
            : TypedResults.Problem(Problems.NotFound());
    }

    private static async Task<Results<Ok<BookingResponse>, ProblemHttpResult>> Update(
        long id, UpdateBookingRequest request, Caller caller, ChangeBooking change, HttpContext http, CancellationToken ct) =>
        Answer(http, await change.UpdateAsync(http.ChangeOf(id, caller), booking =>
        {
            booking.Note = request.Note ?? booking.Note;
            booking.Answers = request.Answers ?? booking.Answers;
        }, ct));

    private static Task<Results<Ok<BookingResponse>, ProblemHttpResult>> Cancel(
        long id, CancelBookingRequest? request, Caller caller, ChangeBooking change, TenantDb db, HttpContext http,
        CancellationToken ct)
    {
        request ??= new();
        return http.CorrectableAsync(db, request.Correct, () => change.CancelAsync(
            http.ChangeOf(id, caller, request.Correct), request.Reason, request.WaivePolicy, ct), ct);
    }

    private static Task<Results<Ok<BookingResponse>, ProblemHttpResult>> Reschedule(
        long id, RescheduleBookingRequest request, Caller caller, MoveBooking move, TenantDb db, HttpContext http,
        CancellationToken ct) =>
        http.CorrectableAsync(db, request.Correct, () => move.RescheduleAsync(
            http.ChangeOf(id, caller, request.Correct),
            new(request.Start, request.TimeZone, request.DurationMinutes, request.ResourceIds ?? [], request.Reason), ct), ct);

    private static Task<Results<Ok<BookingResponse>, ProblemHttpResult>> Reassign(
        long id, ReassignBookingRequest? request, Caller caller, MoveBooking move, TenantDb db, HttpContext http,
        CancellationToken ct)
    {
        request ??= new();
        return http.CorrectableAsync(db, request.Correct, () => move.ReassignAsync(
            http.ChangeOf(id, caller, request.Correct), request.ResourceIds ?? [], request.Reason, ct), ct);
    }

    /// <summary>
    /// Correcting what has begun or ended takes a permission, and is in the audit trail beside the booking's history.
    /// </summary>
    private static async Task<Results<Ok<BookingResponse>, ProblemHttpResult>> CorrectableAsync(
        this HttpContext http, TenantDb db, bool correct, Func<Task<Result<BookingView>>> change, CancellationToken ct)
    {
        if (correct && !await http.HasPermissionAsync(Permissions.BookingsCorrect))
        {
            return PermittedRoutes.Forbidden(Permissions.BookingsCorrect);
        }

        var changed = await change();
        if (correct && changed.TryGet(out var view, out _)) await db.RecordCorrectionAsync(view.Booking, http, ct);

        return Answer(http, changed);
    }

    internal static Task RecordCorrectionAsync(this TenantDb db, Booking booking, HttpContext http, CancellationToken ct) =>
        db.RecordAsync(
            AuditActions.BookingCorrected, booking.Id, null, new { booking.Status, booking.StartAt, booking.EndAt }, http, ct);

    private static async Task<Results<Ok<BookingResponse>, ProblemHttpResult>> Confirm(
        long id, Caller caller, ChangeBooking change, HttpContext http, CancellationToken ct) =>
        Answer(http, await change.ConfirmAsync(http.ChangeOf(id, caller), ct));

    private static async Task<Results<Ok<BookingResponse>, ProblemHttpResult>> Reject(
        long id, RejectBookingRequest? request, Caller caller, ChangeBooking change, HttpContext http, CancellationToken ct) =>
        Answer(http, await change.RejectAsync(http.ChangeOf(id, caller), request?.Reason, ct));

    private static async Task<Results<Ok<BookingResponse>, ProblemHttpResult>> CheckIn(
        long id, Caller caller, ChangeBooking change, HttpContext http, CancellationToken ct) =>
        Answer(http, await change.CheckInAsync(http.ChangeOf(id, caller), ct));

    private static async Task<Results<Ok<BookingResponse>, ProblemHttpResult>> Complete(
        long id, Caller caller, ChangeBooking change, HttpContext http, CancellationToken ct) =>
        Answer(http, await change.CompleteAsync(http.ChangeOf(id, caller), ct));

    private static async Task<Results<Ok<BookingResponse>, ProblemHttpResult>> NoShow(
        long id, NoShowRequest? request, Caller caller, ChangeBooking change, HttpContext http, CancellationToken ct) =>
        Answer(http, await change.NoShowAsync(http.ChangeOf(id, caller), request?.Undo ?? false, ct));

    private static BookingChange ChangeOf(this HttpContext http, long id, Caller caller, bool correct = false) =>
        new(id, http.ExpectedVersion, caller.Actor, correct);

    private static Results<Ok<BookingResponse>, ProblemHttpResult> Answer(HttpContext http, Result<BookingView> changed)
    {
        if (!changed.TryGet(out var view, out var rejection)) return rejection.ToProblem();

        http.SetVersion(view.Booking.Version);
        return TypedResults.Ok(view.ToResponse());
    }
}
