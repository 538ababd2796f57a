using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Catalogue;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Catalogue;

internal static class SettingsEndpoints
{
    public static void MapSettings(this RouteGroupBuilder tenant)
    {
        var settings = tenant.MapGroup("/settings").WithTags("Settings").RequireScope(Scopes.Scheduling);
        settings.MapGet("/", Get);
        settings.MapPatch("/", Change).Changes(Permissions.SettingsWrite);
    }

    private static async Task<Ok<SettingsResponse>> Get(
        TenantDb db, TenantDirectory tenants, HttpContext http, CancellationToken ct)
    {
        var settings = await db.OrganisationSettings.AsNoTracking().SingleAsync(ct);
        http.SetVersion(settings.Version);
        return TypedResults.Ok(await ToResponseAsync(db, tenants, settings, ct));
    }

    private static async Task<Results<Ok<SettingsResponse>, ProblemHttpResult>> Change(
        ChangeSettingsRequest request, Caller caller, TenantDb db, TenantDirectory tenants, HttpContext http,
        CancellationToken ct)
    {
        var settings = await db.OrganisationSettings.SingleAsync(ct);
        var rejection = http.CheckVersion(settings.Version)
            ?? Rejection.All(
                ScheduleRules.Check(request.OpeningHours.Or([]), "openingHours"),
                request.TimeZone.Or(db.Tenant.TimeZone) == db.Tenant.TimeZone
                    ? null
                    : new(RejectionKind.Invalid, Codes.TimeZoneImmutable, "It never changes.", "timeZone"));
        if (rejection is not null) return rejection.ToProblem();

        var before = await ToResponseAsync(db, tenants, settings, ct);
        if (request.WeekStart.HasValue) settings.WeekStart = DayNames.Number(request.WeekStart.Or(""));
        settings.SlotIntervalMinutes = request.SlotIntervalMinutes.Or(settings.SlotIntervalMinutes);
        settings.MinimumNoticeMinutes = request.MinimumNoticeMinutes.Or(settings.MinimumNoticeMinutes);
        settings.BookingWindowDays = request.BookingWindowDays.Or(settings.BookingWindowDays);
        settings.HoldMinutes = request.HoldMinutes.Or(settings.HoldMinutes);
        settings.HoldsPerClient = request.HoldsPerClient.Or(settings.HoldsPerClient);
        db.Change(settings, caller.Actor);
        await db.SaveChangesAsync(ct);

        if (request.OpeningHours.HasValue)
        {
            var hours = await db.Schedules.SingleOrDefaultAsync(s => s.ResourceId == null, ct);
            await db.WriteHoursAsync(hours, null, null, request.OpeningHours.Or([]), caller.Actor, ct);
        }

        var after = await ToResponseAsync(db, tenants, settings, ct);
        await db.RecordAsync(AuditActions.SettingsChanged, null, before, after, http, ct);

        http.SetVersion(settings.Version);
        return TypedResults.Ok(after);
    }

    private static async Task<SettingsResponse> ToResponseAsync(
        TenantDb db, TenantDirectory tenants, OrganisationSettings settings, CancellationToken ct)
    {
        var tenant = (await tenants.FindAsync(db.Tenant.Id, ct))!;
        var hours = await db.Schedules.AsNoTracking().SingleOrDefaultAsync(s => s.ResourceId == null, ct);

        return new(
            tenant.Name, tenant.TimeZone, tenant.Locale, tenant.Currency, DayNames.Of(settings.WeekStart),
            settings.SlotIntervalMinutes, settings.MinimumNoticeMinutes, settings.BookingWindowDays, settings.HoldMinutes,
            settings.HoldsPerClient, await db.ReadHoursAsync(hours, ct), settings.Version, tenant.Slug,
            tenant.CustomDomain)
        {
            Stamps = settings.ToStamps(),
        };
    }
}
