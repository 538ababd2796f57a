using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Catalogue;
using Platform.Core;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Api.Catalogue;

internal static class ServiceEndpoints
{
    public static void MapServices(this RouteGroupBuilder tenant)
    {
        var services = tenant.MapGroup("/services").WithTags("Services").RequireScope(Scopes.Scheduling);
        services.MapGet("/", List);
        services.MapGet("/{id:long}", Get);
        services.MapPost("/", Create).Creates(Codes.ServiceCreated, "The service is created.");
        services.MapPatch("/{id:long}", Change).Changes();
        services.MapDelete("/{id:long}", Delete).Changes();
    }

    public static void MapPublicServices(this RouteGroupBuilder slug) =>
        slug.MapGet("/services", PublicList).WithTags("Services");

    private static async Task<Ok<Page<ServiceResponse>>> List(
        TenantDb db, ActiveFilter? active, [AsParameters] PageQuery page, CancellationToken ct)
    {
        var isActive = active is null ? true : active.Active;
        var rows = await db.Services.AsNoTracking()
            .Where(s => isActive == null || s.Active == isActive)
            .PageAsync(s => s.Id, page, ct);

        return TypedResults.Ok(
            rows.Of(await ServiceQuery.ToResponsesAsync(db, rows.Items, ct)));
    }

    /// <summary>With the fields that a page has to ask for.</summary>
    private static async Task<Ok<Page<ServiceResponse>>> PublicList(
        TenantDb db, [AsParameters] PageQuery page, CancellationToken ct)
    {
        var rows = await db.Services.AsNoTracking().Where(s => s.Active && s.Public)
            .PageAsync(s => s.Id, page, ct);
        var fields = (await db.CustomFields.AsNoTracking().OrderBy(f => f.Position).ThenBy(f => f.Id).ToListAsync(ct))
            .ToLookup(f => f.AppliesTo, f => new ServiceQuestion(f.Key, f.Label, f.Type, f.Required, f.Choices));

        var choices = await ServiceQuery.ChoicesAsync(db, [.. rows.Items.Select(s => s.Id)], ct);

        return TypedResults.Ok(rows.Of(
        [
            .. (await ServiceQuery.ToResponsesAsync(db, rows.Items, ct)).Select(service => service with
            {
                Choices = [.. choices[service.Id]],
                BookingFields = [.. fields[CustomFieldOwners.Booking]],
                ClientFields = [.. fields[CustomFieldOwners.Client]],
                CreatedBy = null, // who works there is nobody's business
                UpdatedBy = null,
            }),
        ]));
    }

    private static async Task<Results<Ok<ServiceResponse>, ProblemHttpResult>> Get(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.Services.FindAsync([id], ct) is not { } service) return TypedResults.Problem(Problems.NotFound());

        http.SetVersion(service.Version);
        return TypedResults.Ok(await ToResponseAsync(db, service, ct));
    }

    private static async Task<Results<Created<ServiceResponse>, ProblemHttpResult>> Create(
        CreateServiceRequest request, Caller caller, TenantDb db, HttpContext http, CancellationToken ct)
    {
        var service = New(request);
        var requirements = request.Requirements ?? [];
        var rejection = Rejection.All(
            ServiceRules.Check(request.Price, service.Cancellation, service.Questions), await CheckAsync(db, requirements, ct));
        if (rejection is not null) return rejection.ToProblem();

        db.Create(service, caller.Actor);
        await db.SaveChangesAsync(ct);
        await ServiceQuery.WriteRequirementsAsync(db, service.Id, requirements, ct);

        var made = await ToResponseAsync(db, service, ct);
        await db.RecordAsync(AuditActions.ServiceCreated, service.Id, null, made, http, ct);

        http.SetCreated($"/api/v1/services/{service.Id}", service.Version);
        return TypedResults.Created((string?)null, made);
    }

    private static async Task<Results<Ok<ServiceResponse>, ProblemHttpResult>> Change(
        long id, ChangeServiceRequest request, Caller caller, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.Services.FindAsync([id], ct) is not { } service) return TypedResults.Problem(Problems.NotFound());
        if (http.CheckVersion(service.Version) is { } stale) return stale.ToProblem();

        var before = await ToResponseAsync(db, service, ct);
        Apply(request, service);
        var rejection = Rejection.All(
            ServiceRules.Check(request.Price.Or(null), service.Cancellation, service.Questions),
            await CheckAsync(db, request.Requirements.Or([]), ct));
        if (rejection is not null) return rejection.ToProblem();

        db.Change(service, caller.Actor);
        await db.SaveChangesAsync(ct);
        if (request.Requirements.HasValue)
        {
            await ServiceQuery.WriteRequirementsAsync(db, id, request.Requirements.Or([]), ct);
        }

        var after = await ToResponseAsync(db, service, ct);
        await db.RecordAsync(AuditActions.ServiceChanged, id, before, after, http, ct);

        http.SetVersion(service.Version);
        return TypedResults.Ok(after);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (await db.Services.FindAsync([id], ct) is not { } service) return TypedResults.Problem(Problems.NotFound());
        if (http.CheckVersion(service.Version) is { } stale) return stale.ToProblem();

        var before = await ToResponseAsync(db, service, ct);
        await db.Services.Where(s => s.Id == id).ExecuteDeleteAsync(ct);
        await db.RecordAsync(AuditActions.ServiceDeleted, id, before, null, http, ct);
        return TypedResults.NoContent();
    }

    private static Service New(CreateServiceRequest request) => new()
    {
        Name = request.Name,
        Description = request.Description,
        DurationsMinutes = [.. request.DurationsMinutes],
        BeforeBufferMinutes = request.BeforeBufferMinutes,
        AfterBufferMinutes = request.AfterBufferMinutes,
        SlotIntervalMinutes = request.SlotIntervalMinutes,
        SlotGrid = request.SlotGrid,
        MinimumNoticeMinutes = request.MinimumNoticeMinutes,
        BookingWindowDays = request.BookingWindowDays,
        Limits = request.Limits ?? new(),
        Capacity = request.Capacity,
        RequiresApproval = request.RequiresApproval,
        Cancellation = request.Cancellation ?? new(),
        CheckIn = request.CheckIn ?? new(),
        Price = request.Price?.Amount,
        Currency = request.Price?.Currency,
        Questions = [.. request.Questions ?? []],
        Public = request.Public,
        Active = request.Active,
        RemindersMinutes = [.. request.RemindersMinutes ?? Service.DefaultReminders],
    };

    private static void Apply(ChangeServiceRequest request, Service service)
    {
        service.Name = request.Name.Or(service.Name);
        service.Description = request.Description.Or(service.Description);
        service.DurationsMinutes = [.. request.DurationsMinutes.Or(service.DurationsMinutes)];
        service.BeforeBufferMinutes = request.BeforeBufferMinutes.Or(service.BeforeBufferMinutes);
        service.AfterBufferMinutes = request.AfterBufferMinutes.Or(service.AfterBufferMinutes);
        service.SlotIntervalMinutes = request.SlotIntervalMinutes.Or(service.SlotIntervalMinutes);
        service.SlotGrid = request.SlotGrid.Or(service.SlotGrid);
        service.MinimumNoticeMinutes = request.MinimumNoticeMinutes.Or(service.MinimumNoticeMinutes);
        service.BookingWindowDays = request.BookingWindowDays.Or(service.BookingWindowDays);
        service.Limits = request.Limits.Or(service.Limits);
        service.Capacity = request.Capacity.Or(service.Capacity);
        service.RequiresApproval = request.RequiresApproval.Or(service.RequiresApproval);
        service.Cancellation = request.Cancellation.Or(service.Cancellation);
        service.CheckIn = request.CheckIn.Or(service.CheckIn);
        service.Questions = [.. request.Questions.Or(service.Questions)];
        service.Public = request.Public.Or(service.Public);
        service.Active = request.Active.Or(service.Active);
        service.RemindersMinutes = [.. request.RemindersMinutes.Or(service.RemindersMinutes)];

        if (!request.Price.HasValue) return;

        var price = request.Price.Or(null);
        (service.Price, service.Currency) = (price?.Amount, price?.Currency);
    }

    private static async Task<Rejection?> CheckAsync(
        TenantDb db, IReadOnlyList<ServiceRequirement> requirements, CancellationToken ct)
    {
        var categoryIds = requirements.Select(r => r.CategoryId).OfType<long>().Distinct().ToList();
        var resourceIds = requirements.SelectMany(r => r.ResourceIds ?? []).Distinct().ToList();
        var schemas = await db.Categories.Where(c => categoryIds.Contains(c.Id))
            .ToDictionaryAsync(c => c.Id, c => c.AttributeSchema, ct);
        var resources = await db.Resources.Where(r => resourceIds.Contains(r.Id)).Select(r => r.Id).ToHashSetAsync(ct);

        return ServiceRules.Check(requirements, schemas, resources);
    }

    private static async Task<ServiceResponse> ToResponseAsync(TenantDb db, Service service, CancellationToken ct) =>
        (await ServiceQuery.ToResponsesAsync(db, [service], ct))[0];
}
