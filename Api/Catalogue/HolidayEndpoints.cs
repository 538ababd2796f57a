using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Availability;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Api.Catalogue;

/// <summary>Holidays are blackouts of the whole organisation, each of one local day, that a calendar made.</summary>
internal static class HolidayEndpoints
{
    public static void MapHolidays(this RouteGroupBuilder tenant)
    {
        var holidays = tenant.MapGroup("/settings/holidays").WithTags("Settings").RequireScope(Scopes.Scheduling);
        holidays.MapGet("/", List);
        holidays.MapPost("/", Create).Creates(
            Codes.HolidaysCreated, "The organisation is closed on these days.", Permissions.SettingsWrite);
        holidays.MapDelete("/{country}/{year:int}", Delete).Changes(Permissions.SettingsWrite);
    }

    private static async Task<Ok<List<HolidayResponse>>> List(TenantDb db, CancellationToken ct) =>
        TypedResults.Ok(await ReadAsync(db, _ => true, ct));

    private static async Task<Results<Created<List<HolidayResponse>>, ProblemHttpResult>> Create(
        CreateHolidaysRequest request, Caller caller, TenantDb db, HttpContext http, CancellationToken ct)
    {
        var country = request.Country.ToUpperInvariant();
        if (Holidays.Of(country, request.Years[0]) is null)
        {
            return new Rejection(
                RejectionKind.Invalid, Codes.UnknownCountry, "The country must be BR or PT.", "country").ToProblem();
        }

        var zone = ZoneRules.Get(db.Tenant.TimeZone);
        var wanted = request.Years.SelectMany(year => Holidays.Of(country, year)!)
            .Where(h => (request.IncludeOptional || !h.IsOptional) && ZoneRules.Exists(h.Date, zone))
            .DistinctBy(h => h.Date) // Good Friday may fall on another holiday
            .ToDictionary(h => $"{country} {h.Date.ToDateOnly():yyyy-MM-dd}");
        var known = await db.Blackouts.Where(b => wanted.Keys.Contains(b.Holiday!)).Select(b => b.Holiday!).ToListAsync(ct);

        var added = wanted.Where(w => !known.Contains(w.Key)).ToList();
        foreach (var (mark, holiday) in added)
        {
            db.Create(
                new Blackout { During = Day(holiday.Date, zone), Reason = holiday.Name, Holiday = mark }, caller.Actor);
        }

        await db.SaveChangesAsync(ct);
        if (added.Count > 0)
        {
            var dates = added.Select(h => h.Value.Date.ToDateOnly()).Order();
            await db.RecordAsync(AuditActions.HolidaysCreated, null, null, new { country, dates }, http, ct);
        }

        http.Response.Headers.Location = "/api/v1/settings/holidays";
        return TypedResults.Created((string?)null, await ReadAsync(db, wanted.ContainsKey, ct));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string country, int year, TenantDb db, HttpContext http, CancellationToken ct)
    {
        country = country.ToUpperInvariant();
        var start = $"{country} {year.ToString("0000", CultureInfo.InvariantCulture)}-";
        var days = await db.Blackouts.Where(b => b.Holiday!.StartsWith(start)).OrderBy(b => b.Holiday).ToListAsync(ct);
        if (days.Count == 0) return TypedResults.Problem(Problems.NotFound());

        db.RemoveRange(days);
        await db.SaveChangesAsync(ct);
        var dates = days.Select(b => b.Holiday![3..]);
        await db.RecordAsync(AuditActions.HolidaysDeleted, null, new { country, dates }, null, http, ct);
        return TypedResults.NoContent();
    }

    private static async Task<List<HolidayResponse>> ReadAsync(
        TenantDb db, Func<string, bool> isWanted, CancellationToken ct)
    {
        var rows = await db.Blackouts.AsNoTracking().Where(b => b.Holiday != null)
            .Select(b => new { b.Id, b.Holiday, b.Reason }).ToListAsync(ct);

        return
        [
            .. from row in rows
               where isWanted(row.Holiday!)
               let date = DateOnly.ParseExact(row.Holiday!.AsSpan(3), "yyyy-MM-dd", CultureInfo.InvariantCulture)
               orderby date, row.Holiday
               select new HolidayResponse(row.Holiday![..2], date, row.Reason, row.Id),
        ];
    }

    private static NpgsqlTypes.NpgsqlRange<DateTime> Day(LocalDate date, DateTimeZone zone) => new(
        ZoneRules.StartOf(date, zone).UtcDateTime, true, ZoneRules.StartOf(date.PlusDays(1), zone).UtcDateTime, false);
}
