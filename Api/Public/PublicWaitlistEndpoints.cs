using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core;
using Platform.Core.Bookings;
using Platform.Core.Bookings.Waitlists;
using Platform.Core.Storage;

namespace Platform.Api.Public;

/// <summary>
/// What clients without an account may do with the waitlist: join it, and see and leave their own entry by its signed
/// token. An offer is taken by booking with the token of its hold.
/// </summary>
internal static class PublicWaitlistEndpoints
{
    /// <param name="tenant">Each endpoint runs in a transaction of its own.</param>
    public static void MapPublicWaitlist(this RouteGroupBuilder tenant)
    {
        var waitlist = tenant.MapGroup("/waitlist").WithTags("Waitlist");
        waitlist.MapPost("/", Join)
            .Idempotent()
            .WithCode(Codes.WaitlistJoined, "The client is on the waitlist.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        waitlist.MapGet("/{token}", Get);
        waitlist.MapDelete("/{token}", Leave)
            .WithCode(Codes.WaitlistLeft, "The client has left the waitlist.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Results<Created<PublicWaitlistResponse>, ProblemHttpResult>> Join(
        PublicWaitlistRequest request, Waitlist waitlist, Holds holds, ManageLinks links, TenantContext tenant,
        TimeProvider clock, CancellationToken ct)
    {
        if (!request.Consent) return PublicRules.ConsentRequired.ToProblem();

        var wish = new JoinWaitlistRequest(
            request.ServiceId, request.From, request.To, request.TimeZone, null, request.Client.ToDetails(),
            request.ResourceId, request.PartySize);
        if (await waitlist.UnknownAsync(wish, publicOnly: true, ct) is { } unknown) return unknown.ToProblem();

        var result = await waitlist.JoinAsync(wish, PublicRules.Actor, ct, hasConsented: true);
        if (!result.TryGet(out var joined, out var rejection)) return rejection.ToProblem();

        // An e-mail address does not authenticate the caller: the token and offer of an existing entry are not returned.
        return TypedResults.Created((string?)null, joined.IsNew
            ? await ViewAsync(joined.Entry, holds, clock, ct) with
            {
                WaitlistToken = links.OfWaitlist(tenant.Id, joined.Entry.Id),
            }
            : Public(joined.Entry, null));
    }

    private static async Task<Results<Ok<PublicWaitlistResponse>, ProblemHttpResult>> Get(
        string token, ManageLinks links, TenantContext tenant, Waitlist waitlist, Holds holds, TimeProvider clock,
        HttpContext http, CancellationToken ct)
    {
        if (links.ReadWaitlist(tenant.Id, token) is not { } id || await waitlist.FindAsync(id, ct) is not { } entry)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        http.SetVersion(entry.Version);
        return TypedResults.Ok(await ViewAsync(entry, holds, clock, ct));
    }

    private static async Task<Results<Ok<PublicWaitlistResponse>, ProblemHttpResult>> Leave(
        string token, ManageLinks links, TenantContext tenant, Waitlist waitlist, HttpContext http, CancellationToken ct)
    {
        if (links.ReadWaitlist(tenant.Id, token) is not { } id) return TypedResults.Problem(Problems.NotFound());

        var left = await waitlist.LeaveAsync(id, http.ExpectedVersion, PublicRules.Actor, ct);
        if (!left.TryGet(out var entry, out var rejection)) return rejection.ToProblem();

        http.SetVersion(entry.Version);
        return TypedResults.Ok(Public(entry, null));
    }

    private static async Task<PublicWaitlistResponse> ViewAsync(
        WaitlistResponse entry, Holds holds, TimeProvider clock, CancellationToken ct) =>
        Public(entry, entry is { Status: WaitlistStatuses.Offered, BookingId: { } id }
            ? (await holds.FindAsync(id, ct))?.ToHold(clock.Now)
            : null);

    private static PublicWaitlistResponse Public(WaitlistResponse w, HoldResponse? offer) => new(
        w.ServiceId, w.ResourceId, w.From, w.To, w.TimeZone, w.PartySize, w.Status, offer, w.Version, w.CreatedAt,
        w.FreeSlots);
}
