using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Clients;
using Platform.Contracts.Events;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Bookings;
using Platform.Core.Bookings.Series;
using Platform.Core.Bookings.Waitlists;
using Platform.Core.Clients;
using Platform.Core.Outbox;
using Platform.Core.Storage;

namespace Platform.Api.Clients;

/// <summary>Makes one client of two records that are one person.</summary>
internal static class MergeClients
{
    public static void MapMerge(this RouteGroupBuilder clients) => clients.MapPost("/{id:long}/merge", Merge)
        .RequirePermission(Permissions.ClientsManage)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<ClientResponse>, ProblemHttpResult>> Merge(
        long id, MergeClientRequest request, Caller caller, TenantDb db, TimeProvider clock, HttpContext http,
        CancellationToken ct)
    {
        // With those who were merged into the other before: they move on, and two merges never wait crosswise.
        var earlier = await db.Clients.Where(c => c.MergedIntoId == request.OtherId).Select(c => c.Id).ToListAsync(ct);
        var locked = await db.LockClientsAsync([id, request.OtherId, .. earlier], ct);
        if (!locked.TryGetValue(id, out var client)) return TypedResults.Problem(Problems.NotFound());
        if (!locked.TryGetValue(request.OtherId, out var other))
        {
            return TypedResults.Problem(
                Problems.NotFound(new FieldError("otherId", Codes.NotFound, "The value does not exist.")));
        }

        if (VersionRules.Check(http.ExpectedVersion, client.Version) is { } stale) return stale.ToProblem();
        if (other.MergedIntoId != id)
        {
            if (Check(client, other) is { } refusal) return refusal.ToProblem();
            await RunAsync(db, client, other, caller.Actor, clock.Now, ct);
            await db.RecordAsync(AuditActions.ClientMerged, id, null, new { request.OtherId }, http, ct);
        }
        else if (ClientRules.Changeable(client) is null)
        {
            await MoveAsync(db, client.Id, other.Id, ct); // whatever may have been left behind
        }

        http.SetVersion(client.Version);
        return TypedResults.Ok((await db.ClientAsync(id, ct))!);
    }

    private static Rejection? Check(Client client, Client other) =>
        client.Id == other.Id ? ClientRules.WithItself : ClientRules.Changeable(client) ?? ClientRules.Changeable(other);

    private static async Task RunAsync(
        TenantDb db, Client client, Client other, string actor, DateTimeOffset now, CancellationToken ct)
    {
        // The other record also gets the client's addresses: the person is still found by them.
        var (email, phone) = (client.Email is null ? other.Email : null, client.Phone is null ? other.Phone : null);
        other.MergedIntoId = client.Id;
        other.Email = email is null ? other.Email : null;
        other.Phone = phone is null ? other.Phone : null;
        await db.SaveAsync(other, actor, ct); // before the client takes its e-mail, which only one may have

        client.Email ??= email;
        client.Phone ??= phone;
        client.TimeZone ??= other.TimeZone;
        client.Metadata = Filled(client.Metadata, other.Metadata);
        db.Entry(client).State = EntityState.Modified; // also where nothing was missing: its bookings are others now
        await db.SaveAsync(client, actor, ct);

        await MoveAsync(db, client.Id, other.Id, ct);
        db.Publish(new ClientMerged(client.Id, other.Id), new(client.Id, client.Version, now, actor));
        await db.SaveChangesAsync(ct);
    }

    /// <summary>
    /// All that is the other's. Nobody writes anything in their name at the same time: both rows are locked, and a
    /// request that names a client shares the lock. Series come before their bookings, in the lock order of changes of
    /// a series.
    /// </summary>
    private static async Task MoveAsync(TenantDb db, long id, long otherId, CancellationToken ct)
    {
        await db.Clients.Where(c => c.MergedIntoId == otherId)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.MergedIntoId, id), ct);
        await db.Series.Where(s => s.ClientId == otherId)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.ClientId, id), ct);
        await db.BookingsAndHolds.Where(b => b.ClientId == otherId)
            .ExecuteUpdateAsync(set => set.SetProperty(b => b.ClientId, id), ct);
        await db.Waitlist.Where(w => w.ClientId == otherId)
            .ExecuteUpdateAsync(set => set.SetProperty(w => w.ClientId, id), ct);
    }

    /// <summary>With the members that only the other has.</summary>
    private static JsonElement Filled(JsonElement own, JsonElement others)
    {
        var filled = JsonObject.Create(own)!;
        foreach (var member in others.EnumerateObject().Where(m => filled.Count < FlatObjectAttribute.MaxMembers))
        {
            filled.TryAdd(member.Name, JsonNode.Parse(member.Value.GetRawText()));
        }

        return JsonSerializer.SerializeToElement(filled);
    }
}
