using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core;
using Platform.Core.Bookings;
using Platform.Core.Bookings.Waitlists;
using Platform.Core.Storage;

namespace Platform.Api.Bookings;

internal static class WaitlistEndpoints
{
    public static void MapWaitlist(this RouteGroupBuilder tenant)
    {
        var waitlist = tenant.MapGroup("/waitlist").WithTags("Waitlist").RequireScope(Scopes.Scheduling);
        waitlist.MapGet("/", List);
        waitlist.MapGet("/{id:long}", Get);
        waitlist.MapPost("/", Join)
            .Idempotent()
            .WithCode(Codes.WaitlistJoined, "The client is on the waitlist.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        waitlist.MapDelete("/{id:long}", Leave)
            .WithCode(Codes.WaitlistLeft, "The client has left the waitlist.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    /// <summary>In order of joining.</summary>
    private static async Task<Results<Ok<Page<WaitlistResponse>>, ProblemHttpResult>> List(
        TenantDb db,
        Waitlist waitlist,
        long? serviceId,
        long? clientId,
        [RegularExpression("^(waiting|offered|booked|expired|cancelled)$")] string? status,
        [AsParameters] PageQuery page,
        TimeProvider clock,
        CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var filter = new BookingFilter(ServiceId: serviceId, ClientId: clientId);
        if (await BookingQuery.UnknownIdAsync(db, filter, ct) is { } field)
        {
            return TypedResults.Problem(
                Problems.NotFound(new FieldError(field, Codes.NotFound, "The value does not exist.")));
        }

        var entries = db.Waitlist.AsNoTracking().Where(w => (serviceId == null || w.ServiceId == serviceId)
            && (clientId == null || w.ClientId == clientId));
        entries = status switch // an entry whose time is over is expired, as WaitlistRules has it
        {
            null => entries,
            WaitlistStatuses.Waiting => entries.Where(w => w.Status == status && w.Wanted.UpperBound > now),
            WaitlistStatuses.Expired => entries.Where(
                w => w.Status == status || (w.Status == WaitlistStatuses.Waiting && w.Wanted.UpperBound <= now)),
            _ => entries.Where(w => w.Status == status),
        };
        var rows = await entries.PageAsync(w => w.Id, page, ct);
        var views = await waitlist.ViewsAsync([.. rows.Items.Select(w => w.Id)], ct);
        return TypedResults.Ok(rows.Of(views));
    }

    private static async Task<Results<Ok<WaitlistResponse>, ProblemHttpResult>> Get(
        long id, Waitlist waitlist, HttpContext http, CancellationToken ct) =>
        Answer(http, await waitlist.FindAsync(id, ct) is { } entry ? entry : Rejection.NotFound);

    private static async Task<Results<Created<WaitlistResponse>, ProblemHttpResult>> Join(
        JoinWaitlistRequest request, Caller caller, Waitlist waitlist, HttpContext http, CancellationToken ct)
    {
        if (await waitlist.UnknownAsync(request, publicOnly: false, ct) is { } unknown) return unknown.ToProblem();
        if (request is { ClientId: null, Client: null })
        {
            return TypedResults.Problem(
                Problems.Invalid(new FieldError("client", "REQUIRED", "A client is required.")));
        }

        if (!(await waitlist.JoinAsync(request, caller.Actor, ct)).TryGet(out var joined, out var rejection))
        {
            return rejection.ToProblem();
        }

        http.SetCreated($"/api/v1/waitlist/{joined.Entry.Id}", joined.Entry.Version);
        return TypedResults.Created((string?)null, joined.Entry);
    }

    private static async Task<Results<Ok<WaitlistResponse>, ProblemHttpResult>> Leave(
        long id, Caller caller, Waitlist waitlist, HttpContext http, CancellationToken ct) =>
        Answer(http, await waitlist.LeaveAsync(id, http.ExpectedVersion, caller.Actor, ct));

    private static Results<Ok<WaitlistResponse>, ProblemHttpResult> Answer(HttpContext http, Result<WaitlistResponse> result)
    {
        if (!result.TryGet(out var entry, out var rejection)) return rejection.ToProblem();

        http.SetVersion(entry.Version);
        return TypedResults.Ok(entry);
    }
}
