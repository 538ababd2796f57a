using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Api.Access;
using Platform.Api.Calendars;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Bookings;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Bookings;
using Platform.Core.Clients;
using Platform.Core.Storage;
using Platform.ServiceDefaults.RateLimits;

namespace Platform.Api.Public;

/// <summary>
/// What clients without an account may do: hold, book, and manage their own booking by its signed link.
/// </summary>
internal static class PublicBookingEndpoints
{
    private const string OfManage = "/manage/{token}";

    /// <param name="tenant">Each endpoint runs in a transaction of its own.</param>
    /// <param name="direct">Endpoints that write their statements by hand.</param>
    public static void MapPublicBookings(this RouteGroupBuilder tenant, RouteGroupBuilder direct)
    {
        direct.MapPost("/holds", Hold).WithIdempotencyKey().WithTags("Holds").WithCode(Codes.HoldCreated, "The slot is held.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        direct.MapPost("/bookings", Book).WithIdempotencyKey().WithTags("Bookings")
            .WithCode(Codes.BookingCreated, "The booking is created.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);

        tenant.MapGet("/holds/{token}", GetHold).WithTags("Holds");
        tenant.MapDelete("/holds/{token}", Release).WithTags("Holds").WithCode(Codes.HoldReleased, "The slot is free again.")
            .ProducesProblem(StatusCodes.Status409Conflict);

        var manage = tenant.MapGroup(OfManage).WithTags("Bookings");
        manage.MapGet("/", Get);
        manage.MapGet("/calendar.ics", Calendar).Produces<string>(StatusCodes.Status200OK, "text/calendar");
        manage.MapPost("/cancel", Cancel).WithCode(Codes.BookingCancelled, "The booking is cancelled.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        manage.MapPost("/reminders/stop", StopReminders);
        manage.MapPost("/reminders/resume", ResumeReminders);
        manage.MapPost("/reschedule", Reschedule).WithCode(Codes.BookingRescheduled, "The booking has moved.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<Created<HoldResponse>, ProblemHttpResult>> Hold(
        PublicHoldRequest request, CreateBooking create, TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        var owner = $"public:{ClientNetwork.Of(http)}";
        if (!http.ReadIdempotencyKey(owner, request).TryGet(out var key, out var malformed))
        {
            return malformed.ToProblem();
        }

        var booking = new CreateBookingRequest(
            request.ServiceId, request.Start, request.TimeZone, request.DurationMinutes, request.ResourceIds,
            PartySize: request.PartySize);
        var result = await create.RunAsync(
            new(booking, PublicRules.Actor, key, BookingSources.Public, new(null, owner, Holds.NewToken()), PublicOnly: true),
            ct);
        if (!result.TryGet(out var created, out var rejection)) return rejection.ToProblem();

        if (created.IsReplayed) http.SetReplayed();
        return TypedResults.Created((string?)null, created.ToHold(clock.Now));
    }

    /// <summary>So that a page that is shown again knows whether its visitor has booked.</summary>
    private static async Task<Results<Ok<HoldResponse>, ProblemHttpResult>> GetHold(
        string token, Holds holds, ManageLinks links, TenantContext tenant, TimeProvider clock, CancellationToken ct)
    {
        if (await holds.FindAsync(token, ct) is not { } hold) return TypedResults.Problem(Problems.NotFound());

        var isBooked = hold.Booking.Version > 0; // a hold has none
        return TypedResults.Ok(hold.ToHold(clock.Now) with
        {
            ManageToken = isBooked ? links.Of(tenant.Id, hold.Booking.Id) : null,
        });
    }

    private static async Task<Results<Ok<HoldResponse>, ProblemHttpResult>> Release(
        string token, Holds holds, TimeProvider clock, CancellationToken ct)
    {
        if (await holds.FindAsync(token, ct) is not { } hold) return TypedResults.Problem(Problems.NotFound());

        if (await holds.ReleaseAsync(hold, ct) is { } rejection) return rejection.ToProblem();

        return TypedResults.Ok((await holds.FindAsync(token, ct))!.ToHold(clock.Now));
    }

    private static async Task<Results<Created<PublicBookingResponse>, ProblemHttpResult>> Book(
        PublicBookingRequest request, CreateBooking create, ManageLinks links, TenantContext tenant, HttpContext http,
        CancellationToken ct)
    {
        if (request is { Client: null, HoldToken: null })
        {
            return TypedResults.Problem(
                Problems.Invalid(new FieldError("client", FieldCodes.Required, "A client is required.")));
        }

        if (!request.Consent) return PublicRules.ConsentRequired.ToProblem();

        if (!http.ReadIdempotencyKey($"public:{ClientNetwork.Of(http)}", request).TryGet(out var key, out var malformed))
        {
            return malformed.ToProblem();
        }

        var booking = new CreateBookingRequest(
            request.ServiceId, request.Start, request.TimeZone, request.DurationMinutes, request.ResourceIds,
            request.Client?.ToDetails(), request.Note, null, request.PartySize, request.Answers, request.HoldToken);
        var result = await create.RunAsync(
            new(booking, PublicRules.Actor, key, BookingSources.Public, PublicOnly: true, HasConsented: true), ct);
        if (!result.TryGet(out var created, out var rejection)) return rejection.ToProblem();

        if (created.IsReplayed) http.SetReplayed();
        var made = created.ToResponse();
        return TypedResults.Created((string?)null, Public(made) with { ManageToken = links.Of(tenant.Id, made.Id) });
    }

    private static async Task<Results<Ok<PublicBookingResponse>, ProblemHttpResult>> Get(
        string token, ManageLinks links, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await FindAsync(token, links, db, ct) is not { } found) return TypedResults.Problem(Problems.NotFound());

        http.SetVersion(found.Booking.Version);
        return TypedResults.Ok(Public(found.ToResponse()) with { Reminders = found.Client?.Reminders });
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Calendar(
        string token, ManageLinks links, TenantDb db, IOptions<OrganizerOptions> organizer, CancellationToken ct) =>
        await FindAsync(token, links, db, ct) is { } found
            ? BookingCalendar.Of(found, db.Tenant, organizer.Value, details: false)
            : TypedResults.Problem(Problems.NotFound());

    private static async Task<Results<Ok<PublicBookingResponse>, ProblemHttpResult>> Cancel(
        string token, PublicCancelRequest? request, ManageLinks links, TenantDb db, ChangeBooking change, HttpContext http,
        CancellationToken ct) =>
        await FindAsync(token, links, db, ct) is { } found
            ? Answer(http, await change.CancelAsync(ChangeOf(found, http), request?.Reason, waivePolicy: false, ct))
            : TypedResults.Problem(Problems.NotFound());

    private static async Task<Results<Ok<PublicBookingResponse>, ProblemHttpResult>> Reschedule(
        string token, PublicRescheduleRequest request, ManageLinks links, TenantDb db, MoveBooking move, HttpContext http,
        CancellationToken ct) =>
        await FindAsync(token, links, db, ct) is { } found
            ? Answer(http, await move.RescheduleAsync(
                ChangeOf(found, http),
                new(request.Start, request.TimeZone, null, request.ResourceIds ?? [], null, ByClient: true), ct))
            : TypedResults.Problem(Problems.NotFound());

    /// <summary>Of all bookings of the client. Without a body, as mail programs ask for it (RFC 8058).</summary>
    private static Task<Results<NoContent, ProblemHttpResult>> StopReminders(
        string token, ManageLinks links, TenantDb db, TimeProvider clock, HttpContext http, CancellationToken ct) =>
        SetRemindersAsync(false, token, links, db, clock, http, ct);

    private static Task<Results<NoContent, ProblemHttpResult>> ResumeReminders(
        string token, ManageLinks links, TenantDb db, TimeProvider clock, HttpContext http, CancellationToken ct) =>
        SetRemindersAsync(true, token, links, db, clock, http, ct);

    private static async Task<Results<NoContent, ProblemHttpResult>> SetRemindersAsync(
        bool reminders, string token, ManageLinks links, TenantDb db, TimeProvider clock, HttpContext http,
        CancellationToken ct)
    {
        if (await FindAsync(token, links, db, ct) is not { Client: { } client })
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        var changed = await db.Clients.Where(c => c.Id == client.Id && c.Reminders != reminders)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.Reminders, reminders), ct);
        if (changed > 0)
        {
            await db.RecordAsync(
                AuditActions.ClientChanged, client.Id, new { reminders = !reminders }, new { reminders },
                http.Source with { Actor = PublicRules.Actor }, clock.Now, ct);
        }

        return TypedResults.NoContent();
    }

    private static BookingChange ChangeOf(BookingView found, HttpContext http) =>
        new(found.Booking.Id, http.ExpectedVersion, PublicRules.Actor);

    private static async Task<BookingView?> FindAsync(string token, ManageLinks links, TenantDb db, CancellationToken ct) =>
        links.Read(db.Tenant.Id, token) is { } id
        && await BookingQuery.FindAsync(db, id, ct) is { } found
            ? found
            : null;

    private static Results<Ok<PublicBookingResponse>, ProblemHttpResult> Answer(HttpContext http, Result<BookingView> changed)
    {
        if (!changed.TryGet(out var view, out var rejection)) return rejection.ToProblem();

        http.SetVersion(view.Booking.Version);
        return TypedResults.Ok(Public(view.ToResponse()));
    }

    /// <summary>
    /// Without what the organisation knows of the client: an e-mail address does not authenticate the caller.
    /// </summary>
    private static PublicBookingResponse Public(BookingResponse b) => new(
        b.Uid, b.ServiceId, b.ServiceName, b.Start, b.End, b.TimeZone, b.Status, b.Resources, b.PartySize, b.Price,
        b.CancelDeadline, b.CancelFee, b.FeeDue, b.Version);
}
