using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core;
using Platform.Core.Bookings;

namespace Platform.Api.Bookings;

internal static class HoldEndpoints
{
    private const string OfHolds = "/holds";

    /// <param name="tenant">Each endpoint runs in a transaction of its own.</param>
    /// <param name="direct">Endpoints that write their statements by hand.</param>
    public static void MapHolds(this RouteGroupBuilder tenant, RouteGroupBuilder direct)
    {
        direct.MapGroup(OfHolds).WithTags("Holds").RequireScope(Scopes.Scheduling)
            .MapPost("/", Create)
            .WithIdempotencyKey()
            .WithCode(Codes.HoldCreated, "The slot is held.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

        var holds = tenant.MapGroup(OfHolds).WithTags("Holds").RequireScope(Scopes.Scheduling);
        holds.MapGet("/{id:long}", Get);
        holds.MapPost("/{id:long}/renew", Renew)
            .WithCode(Codes.HoldRenewed, "The hold is extended.")
            .ProducesProblem(StatusCodes.Status409Conflict);
        holds.MapDelete("/{id:long}", Release).WithCode(Codes.HoldReleased, "The slot is free again.")
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Created<HoldResponse>, ProblemHttpResult>> Create(
        CreateHoldRequest request, Caller caller, CreateBooking create, TimeProvider clock, HttpContext http,
        CancellationToken ct)
    {
        if (!http.ReadIdempotencyKey(caller.Actor, request).TryGet(out var key, out var malformed))
        {
            return malformed.ToProblem();
        }

        var booking = new CreateBookingRequest(
            request.ServiceId, request.Start, request.TimeZone, request.DurationMinutes, request.ResourceIds,
            ClientId: request.ClientId, PartySize: request.PartySize);
        var hold = new RequestedHold(
            request.Minutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null, Owner: null, Holds.NewToken());
        var result = await create.RunAsync(new(booking, caller.Actor, key, Hold: hold), ct);
        if (!result.TryGet(out var created, out var rejection)) return rejection.ToProblem();

        if (created.IsReplayed) http.SetReplayed();
        var answer = created.ToHold(clock.Now);
        http.Response.Headers.Location = $"/api/v1/holds/{answer.Id}";
        return TypedResults.Created((string?)null, answer);
    }

    private static async Task<Results<Ok<HoldResponse>, ProblemHttpResult>> Get(
        long id, Holds holds, TimeProvider clock, CancellationToken ct) =>
        await holds.FindAsync(id, ct) is { } hold
            ? TypedResults.Ok(hold.ToHold(clock.Now))
            : TypedResults.Problem(Problems.NotFound());

    private static async Task<Results<Ok<HoldResponse>, ProblemHttpResult>> Renew(
        long id, Holds holds, TimeProvider clock, CancellationToken ct)
    {
        if (await holds.FindAsync(id, ct) is not { } hold) return TypedResults.Problem(Problems.NotFound());
        if (await holds.RenewAsync(hold, ct) is { } rejection) return rejection.ToProblem();

        return TypedResults.Ok((await holds.FindAsync(id, ct))!.ToHold(clock.Now));
    }

    private static async Task<Results<Ok<HoldResponse>, ProblemHttpResult>> Release(
        long id, Holds holds, TimeProvider clock, CancellationToken ct)
    {
        if (await holds.FindAsync(id, ct) is not { } hold) return TypedResults.Problem(Problems.NotFound());

        if (await holds.ReleaseAsync(hold, ct) is { } rejection) return rejection.ToProblem();

        return TypedResults.Ok((await holds.FindAsync(id, ct))!.ToHold(clock.Now));
    }
}
