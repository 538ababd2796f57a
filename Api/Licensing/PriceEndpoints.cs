using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Licensing;
using Platform.Core.People;
using Platform.Core.Pricing;
using Platform.Core.Storage;

namespace Platform.Api.Licensing;

/// <summary>
/// The price matrix of an application. A change of it blocks grants and other changes of it, so that what is
/// checked stays true; the time of a change is read after that.
/// </summary>
internal static class PriceEndpoints
{
    private const string TargetType = "price";

    public static void MapPrices(this RouteGroupBuilder applications)
    {
        var prices = applications.MapGroup("/{id:long}/pricing");
        prices.MapGet("/", List);
        prices.MapGet("/{pricingId:long}", Get);
        prices.MapPost("/", Schedule).CreatesRow(Codes.PricingCreated, "The price is scheduled.");
        prices.MapPatch("/{pricingId:long}", Change).ChangesRow();
        prices.MapDelete("/{pricingId:long}", Delete).ChangesRow();
        prices.MapPost("/{pricingId:long}/end", End)
            .ChangesRow().WithCode(Codes.PricingEnded, "The price ends at this time.");
    }

    /// <param name="asOf">The prices in force at this instant; now where it is absent.</param>
    /// <param name="history">True shows all, whenever they are in force.</param>
    private static async Task<Results<Ok<Page<PriceResponse>>, ProblemHttpResult>> List(
        long id, PlatformDb db, QueryInstant? asOf, TimeProvider clock, [AsParameters] PageQuery<PriceCursor> page,
        bool history = false, CancellationToken ct = default)
    {
        if (asOf?.CheckYear("asOf") is { } unlikely) return unlikely.ToProblem();
        if (!await db.Applications.AnyAsync(a => a.Id == id, ct)) return TypedResults.Problem(Problems.NotFound());

        var now = clock.Now;
        var at = asOf?.In(DateTimeZone.Utc)!.Value.Stored ?? now;
        var prices = db.Prices.AsNoTracking().Where(p => p.ApplicationId == id && p.Active);
        if (!history) prices = prices.Where(p => p.ValidFrom <= at && (p.ValidTo == null || p.ValidTo > at));

        var types = db.UserTypes;
        var rows =
            from price in prices
            join type in types on price.UserTypeId equals type.Id
            select new { price, type };
        var total = await rows.TotalAsync(page, ct);
        if (page.Cursor is var (level, typeId, currency, from))
        {
            rows = rows.Where(r => EF.Functions.GreaterThan(
                ValueTuple.Create(r.type.HierarchyLevel, r.type.Id, r.price.Currency, r.price.ValidFrom),
                ValueTuple.Create(level, typeId, currency, from)));
        }

        // No two alike: prices of one cell do not overlap.
        var found = await rows
            .OrderBy(r => r.type.HierarchyLevel).ThenBy(r => r.type.Id)
            .ThenBy(r => r.price.Currency).ThenBy(r => r.price.ValidFrom)
            .PageRows(page).ToListAsync(ct);
        return TypedResults.Ok(found
            .ToPage(page.Rows, r => new PriceCursor(r.type.HierarchyLevel, r.type.Id, r.price.Currency, r.price.ValidFrom), total)
            .Of(r => ToResponse(r.price, r.type.Slug, now)));
    }

    private static async Task<Results<Ok<PriceResponse>, ProblemHttpResult>> Get(
        long id, long pricingId, PlatformDb db, TimeProvider clock, HttpContext http, CancellationToken ct)
    {
        if (await FindAsync(db, id, pricingId, ct) is not { } price) return TypedResults.Problem(Problems.NotFound());

        http.SetVersion(price.Version);
        return TypedResults.Ok(await ToResponseAsync(db, price, clock.Now, ct));
    }

    private static async Task<Results<Created<PriceResponse>, ProblemHttpResult>> Schedule(
        long id, SchedulePriceRequest request, PlatformDb db, HttpContext http, TimeProvider clock, CancellationToken ct)
    {
        if (!await db.LockPricesAsync(id, ct)) return TypedResults.Problem(Problems.NotFound());

        var type = await db.UserTypes.SingleOrDefaultAsync(t => t.Slug == request.UserType, ct);
        var unknown = type is null ? GrantRules.UnknownRole with { Field = "userType" } : null;

        var now = clock.Now;
        var from = request.ValidFrom?.Stored ?? (type is null ? now : await db.NowAfterGrantsAsync(id, type.Id, now, ct));
        var to = request.ValidTo?.Stored;
        var wrong = Rejection.All(PriceRules.Check(request.Price, request.Currency, from, to), unknown);
        if (wrong is not null || type is null) return wrong!.ToProblem();

        var price = new PriceVersion
        {
            ApplicationId = id,
            UserTypeId = type.Id,
            Price = request.Price,
            Currency = request.Currency,
            BillingCycle = request.BillingCycle,
            ValidFrom = from,
            ValidTo = to,
        };
        if (request.Supersede && await SupersedeAsync(db, price, http, now, ct) is { } kept) return kept.ToProblem();
        if (await CheckAsync(db, price, ct) is { } refusal) return refusal.ToProblem();

        db.Create(price, Caller.Of(http.User).Actor);
        await db.SaveChangesAsync(ct);
        var response = ToResponse(price, type.Slug, now);
        await db.RecordAsync(new(null, "price.scheduled", TargetType, price.Id, null, response), http, now, ct);

        http.SetCreated($"/internal/api/v1/applications/{id}/pricing/{price.Id}", price.Version);
        return TypedResults.Created((string?)null, response);
    }

    private static async Task<Results<Ok<PriceResponse>, ProblemHttpResult>> Change(
        long id, long pricingId, ChangePriceRequest request, PlatformDb db, HttpContext http, TimeProvider clock,
        CancellationToken ct)
    {
        var now = clock.Now;
        var found = await FindPendingAsync(db, id, pricingId, http, now, ct);
        if (!found.TryGet(out var price, out var refusal)) return refusal.ToProblem();

        var before = await ToResponseAsync(db, price, now, ct);
        price.Price = request.Price.Or(price.Price);
        price.Currency = request.Currency.Or(price.Currency);
        price.BillingCycle = request.BillingCycle.Or(price.BillingCycle);
        price.ValidFrom = request.ValidFrom.Or(price.ValidFrom).Stored;
        price.ValidTo = request.ValidTo.Or(price.ValidTo)?.Stored;
        var wrong = PriceRules.Check(price.Price, price.Currency, price.ValidFrom, price.ValidTo)
            ?? await CheckAsync(db, price, ct);
        if (wrong is not null) return wrong.ToProblem();

        await SaveAsync(db, price, "price.changed", before, http, now, ct);
        http.SetVersion(price.Version);
        return TypedResults.Ok(await ToResponseAsync(db, price, now, ct));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, long pricingId, PlatformDb db, HttpContext http, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.Now;
        var found = await FindPendingAsync(db, id, pricingId, http, now, ct);
        if (!found.TryGet(out var price, out var refusal)) return refusal.ToProblem();

        var before = await ToResponseAsync(db, price, now, ct);
        await db.Prices.Where(p => p.Id == pricingId).ExecuteDeleteAsync(ct);
        await db.RecordAsync(new(null, "price.deleted", TargetType, pricingId, before, null), http, now, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<PriceResponse>, ProblemHttpResult>> End(
        long id, long pricingId, EndPriceRequest? request, PlatformDb db, HttpContext http, TimeProvider clock,
        CancellationToken ct)
    {
        if (!await db.LockPricesAsync(id, ct) || await FindAsync(db, id, pricingId, ct) is not { } price)
        {
            return TypedResults.Problem(Problems.NotFound());
        }

        if (http.CheckVersion(price.Version) is { } stale) return stale.ToProblem();

        var now = clock.Now;
        var at = request?.At?.Stored ?? await db.NowAfterGrantsAsync(id, price.UserTypeId, now, ct);
        if (await EndAsync(db, price, at, "at", http, now, ct) is { } refusal) return refusal.ToProblem();

        http.SetVersion(price.Version);
        return TypedResults.Ok(await ToResponseAsync(db, price, now, ct));
    }

    /// <summary>Ends the price in whose time the new one begins.</summary>
    private static async Task<Rejection?> SupersedeAsync(
        PlatformDb db, PriceVersion next, HttpContext http, DateTimeOffset now, CancellationToken ct)
    {
        var (type, currency, at) = (next.UserTypeId, next.Currency, next.ValidFrom);
        var current = await db.Prices.SingleOrDefaultAsync(
            p => p.ApplicationId == next.ApplicationId && p.UserTypeId == type && p.Currency == currency && p.Active
                && p.ValidFrom < at && (p.ValidTo == null || p.ValidTo > at),
            ct);
        return current is null ? null : await EndAsync(db, current, at, "validFrom", http, now, ct);
    }

    private static async Task<Rejection?> EndAsync(
        PlatformDb db, PriceVersion price, DateTimeOffset at, string field, HttpContext http, DateTimeOffset now,
        CancellationToken ct)
    {
        var isReliedOn = await db.HasGrantsSinceAsync(price, at, ct);
        if (PriceRules.CheckEnd(price, at, isReliedOn, now, field) is { } refusal) return refusal;

        var before = await ToResponseAsync(db, price, now, ct);
        price.ValidTo = at;
        await SaveAsync(db, price, "price.ended", before, http, now, ct);
        return null;
    }

    private static async Task SaveAsync(
        PlatformDb db, PriceVersion price, string action, PriceResponse before, HttpContext http, DateTimeOffset now,
        CancellationToken ct)
    {
        db.Change(price, Caller.Of(http.User).Actor);
        await db.SaveChangesAsync(ct);
        var after = await ToResponseAsync(db, price, now, ct);
        if (AuditDiff.Between(before, after) is null) return;

        await db.RecordAsync(new(null, action, TargetType, price.Id, before, after), http, now, ct);
    }

    private static async Task<Rejection?> CheckAsync(PlatformDb db, PriceVersion next, CancellationToken ct) =>
        await OverlapAsync(db, next, ct)
        ?? (await db.WouldHavePricedAsync(next, ct) ? PriceRules.Late : null);

    private static async Task<Rejection?> OverlapAsync(PlatformDb db, PriceVersion next, CancellationToken ct)
    {
        var (id, from, to) = (next.Id, next.ValidFrom, next.ValidTo);
        var existing = await db.Prices.AsNoTracking()
            .Where(p => p.Id != id && p.ApplicationId == next.ApplicationId && p.UserTypeId == next.UserTypeId
                && p.Currency == next.Currency && p.Active
                && (to == null || p.ValidFrom < to) && (p.ValidTo == null || p.ValidTo > from))
            .OrderBy(p => p.ValidFrom)
            .FirstOrDefaultAsync(ct);
        return existing is null
            ? null
            : PriceRules.Overlaps(
                new(existing.Id, existing.ValidFrom, existing.ValidTo), new(id == 0 ? null : id, from, to));
    }

    private static async Task<Result<PriceVersion>> FindPendingAsync(
        PlatformDb db, long id, long pricingId, HttpContext http, DateTimeOffset now, CancellationToken ct)
    {
        if (!await db.LockPricesAsync(id, ct) || await FindAsync(db, id, pricingId, ct) is not { } price)
        {
            return Rejection.NotFound;
        }

        if (http.CheckVersion(price.Version) is { } stale) return stale;

        var isUsed = await db.Grants.AnyAsync(g => g.PricingIdFkSnapshot == pricingId, ct);
        return PriceRules.CheckPending(price, isUsed, now) is { } refusal ? refusal : price;
    }

    private static Task<PriceVersion?> FindAsync(PlatformDb db, long id, long pricingId, CancellationToken ct) =>
        db.Prices.SingleOrDefaultAsync(p => p.Id == pricingId && p.ApplicationId == id && p.Active, ct);

    private static async Task<PriceResponse> ToResponseAsync(
        PlatformDb db, PriceVersion price, DateTimeOffset now, CancellationToken ct)
    {
        var type = await db.UserTypes.FindAsync([price.UserTypeId], ct);
        return ToResponse(price, type!.Slug, now);
    }

    private static PriceResponse ToResponse(PriceVersion p, string userType, DateTimeOffset now) => new(
        p.Id, p.ApplicationId, userType, p.Price, p.Currency, p.BillingCycle, p.ValidFrom, p.ValidTo,
        PriceRules.StatusAt(p.ValidFrom, p.ValidTo, now), p.Version, p.CreatedAt, p.CreatedBy, p.UpdatedAt, p.UpdatedBy);
}
