using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Bookings;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Bookings;
using Platform.Contracts.Clients;
using Platform.Core;
using Platform.Core.Catalogue;
using Platform.Core.Clients;
using Platform.Core.Storage;

namespace Platform.Api.Clients;

internal static class ClientEndpoints
{
    public static void MapClients(this RouteGroupBuilder tenant)
    {
        var clients = tenant.MapGroup("/clients").WithTags("Clients").RequireScope(Scopes.Scheduling);
        clients.MapGet("/", List);
        clients.MapPost("/", Create)
            .WithCode(Codes.ClientCreated, "The client is created.")
            .Idempotent()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        clients.MapGet("/{id:long}", Get);
        clients.MapPatch("/{id:long}", Update)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        clients.MapGet("/{id:long}/bookings", Bookings);
        clients.MapGet("/duplicates", Duplicates);
        clients.MapMerge();
        clients.MapExport();
        clients.MapErase();
    }

    /// <summary>Current records: neither merged into another nor erased.</summary>
    private static async Task<Ok<Page<ClientResponse>>> List(
        TenantDb db, [FreeText, StringLength(200)] string? q, [AsParameters] PageQuery page, CancellationToken ct)
    {
        var found = string.IsNullOrWhiteSpace(q) ? db.Clients : db.ClientsNamed(q);
        var clients = found.Where(c => c.MergedIntoId == null && c.ErasedAt == null);
        var total = await clients.TotalAsync(page, ct);
        var read = await clients.PageRows(c => c.Id, page).Select(ClientResponses.Response).ToListAsync(ct);
        return TypedResults.Ok(read.ToPage(page.Rows, c => new IdCursor(c.Id), total));
    }

    private static async Task<Results<Created<ClientResponse>, ProblemHttpResult>> Create(
        CreateClientRequest request, Caller caller, TenantDb db, HttpContext http, CancellationToken ct)
    {
        var phone = ClientRules.Phone(request.Phone, db.Tenant.Country);
        var rejection = Rejection.All(
            phone.Rejection,
            ClientRules.Zone(request.TimeZone),
            CustomFieldRules.CheckMetadata(await db.FieldsAsync(CustomFieldOwners.Client, ct), request.Metadata));
        if (rejection is not null) return rejection.ToProblem();

        var client = new Client
        {
            Name = request.Name,
            Email = request.Email,
            Phone = phone.Value,
            Locale = request.Locale ?? db.Tenant.Locale,
            TimeZone = request.TimeZone,
            Metadata = request.Metadata ?? Client.NoMetadata,
        };
        db.Add(client);
        if (await db.SaveAsync(client, caller.Actor, ct) is { } taken) return taken.ToProblem();
        await ClientTerms.RecordAsync(db, AuditActions.ClientCreated, null, client, http, ct);

        http.SetVersion(client.Version);
        http.Response.Headers.Location = $"/api/v1/clients/{client.Id}";
        return TypedResults.Created((string?)null, (await db.ClientAsync(client.Id, ct))!);
    }

    /// <summary>Also one who was merged or erased: the answer says so.</summary>
    private static async Task<Results<Ok<ClientResponse>, ProblemHttpResult>> Get(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.ClientAsync(id, ct) is not { } client) return TypedResults.Problem(Problems.NotFound());

        http.SetVersion(client.Version);
        return TypedResults.Ok(client);
    }

    private static async Task<Results<Ok<ClientResponse>, ProblemHttpResult>> Update(
        long id, UpdateClientRequest request, Caller caller, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if ((await db.LockClientsAsync([id], ct)).GetValueOrDefault(id) is not { } client)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        var phone = ClientRules.Phone(request.Phone.Or(null), db.Tenant.Country);
        var rejection = VersionRules.Check(http.ExpectedVersion, client.Version)
            ?? ClientRules.Changeable(client)
            ?? Rejection.All(
                phone.Rejection,
                ClientRules.Zone(request.TimeZone.Or(null)),
                request.Metadata.HasValue
                    ? CustomFieldRules.CheckMetadata(
                        await db.FieldsAsync(CustomFieldOwners.Client, ct), request.Metadata.Or(null))
                    : null);
        if (rejection is not null) return rejection.ToProblem();

        var before = ClientTerms.Of(client);
        client.Name = request.Name.Or(client.Name);
        client.Email = request.Email.Or(client.Email);
        client.Phone = request.Phone.HasValue ? phone.Value : client.Phone;
        client.Locale = request.Locale.Or(client.Locale) ?? db.Tenant.Locale;
        client.TimeZone = request.TimeZone.Or(client.TimeZone);
        client.Metadata = request.Metadata.Or(client.Metadata) ?? Client.NoMetadata;
        client.Reminders = request.Reminders.Or(client.Reminders);

        if (request.Email is { HasValue: true } && client.Email is { } email)
        {
            // A record that was merged into this one keeps its address only until this one takes it.
            await db.Database.ExecuteSqlAsync(
                $"update clients set email = null where merged_into_id = {id} and lower(email) = lower({email})", ct);
        }

        if (await db.SaveAsync(client, caller.Actor, ct) is { } taken) return taken.ToProblem();
        await ClientTerms.RecordAsync(db, AuditActions.ClientChanged, before, client, http, ct);

        http.SetVersion(client.Version);
        return TypedResults.Ok((await db.ClientAsync(id, ct))!);
    }

    private static async Task<Results<Ok<Page<BookingResponse>>, ProblemHttpResult>> Bookings(
        long id, TenantDb db, [AsParameters] TimePageQuery page, CancellationToken ct) =>
        await db.Clients.AnyAsync(c => c.Id == id, ct)
            ? TypedResults.Ok(await db.BookingsAsync(new(ClientId: id), page, ct))
            : TypedResults.Problem(Problems.NotFound());

    private static async Task<Ok<Page<ClientDuplicates>>> Duplicates(
        TenantDb db, [AsParameters] PageQuery page, CancellationToken ct)
    {
        // Four short columns of everybody: names are folded by rules that no database knows.
        var people = await db.Clients.Where(c => c.MergedIntoId == null && c.ErasedAt == null).OrderBy(c => c.Id)
            .Select(c => new ClientIdentity(c.Id, c.Name, c.Email, c.Phone)).ToListAsync(ct);
        var numbered = DuplicateRules.Numbered(people);
        var groups = numbered.SkipWhile(g => g.Number <= page.Cursor?.Id).Skip(page.Before).Take(page.Rows + 1).ToList()
            .ToPage(page.Rows, g => new IdCursor(g.Number), page.Page is null ? null : numbered.Count);

        var ids = groups.Items.SelectMany(g => g.Group.Ids).Distinct().ToList();
        var clients = await db.Clients.Where(c => ids.Contains(c.Id))
            .Select(ClientResponses.Response).ToDictionaryAsync(c => c.Id, ct);
        return TypedResults.Ok(groups.Of(
            g => new ClientDuplicates(g.Group.Reasons, [.. g.Group.Ids.Select(id => clients[id])])));
    }
}
