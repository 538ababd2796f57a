using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Api.Catalogue;

/// <summary>
/// How a tenant looks and speaks. It is kept in platformdb, because pages need it before anybody signs in. Those rows
/// have no version, so the <c>ETag</c> is a number made of what is stored.
/// </summary>
internal static class BrandingEndpoints
{
    /// <summary>As it is stored: without what is absent.</summary>
    public static readonly JsonSerializerOptions Stored = new(PlatformJson.Options)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip, // what an earlier version knew
    };

    public static void MapBranding(this RouteGroupBuilder tenant)
    {
        var settings = tenant.MapGroup("/settings").WithTags("Settings").RequireScope(Scopes.Scheduling);
        settings.MapGet("/branding", GetBranding);
        settings.MapPut("/branding", PutBranding).Changes(Permissions.SettingsWrite);
        settings.MapGet("/labels", GetLabels);
        settings.MapPut("/labels", PutLabels).Changes(Permissions.SettingsWrite);
        settings.MapGet("/booking-page", GetBookingPage);
        settings.MapPut("/booking-page", PutBookingPage).Changes(Permissions.SettingsWrite);
    }

    private static Task<Ok<Branding>> GetBranding(PlatformDb db, TenantContext tenant, HttpContext http, CancellationToken ct) =>
        GetAsync<Branding>(db, tenant, http, t => t.Branding, ct);

    private static Task<Ok<Labels>> GetLabels(PlatformDb db, TenantContext tenant, HttpContext http, CancellationToken ct) =>
        GetAsync<Labels>(db, tenant, http, t => t.Labels, ct);

    private static Task<Results<Ok<Branding>, ProblemHttpResult>> PutBranding(
        Branding request, Caller caller, PlatformDb db, TenantContext tenant, TenantDirectory tenants, HttpContext http,
        CancellationToken ct) =>
        PutAsync(
            AuditActions.BrandingChanged, db, tenant, tenants, caller, http, request, t => t.Branding,
            (t, json) => t.Branding = json, ct);

    private static Task<Results<Ok<Labels>, ProblemHttpResult>> PutLabels(
        Labels request, Caller caller, PlatformDb db, TenantContext tenant, TenantDirectory tenants, HttpContext http,
        CancellationToken ct) =>
        PutAsync(
            AuditActions.LabelsChanged, db, tenant, tenants, caller, http, request, t => t.Labels,
            (t, json) => t.Labels = json, ct);

    private static Task<Ok<BookingPage>> GetBookingPage(
        PlatformDb db, TenantContext tenant, HttpContext http, CancellationToken ct) =>
        GetAsync<BookingPage>(db, tenant, http, t => t.BookingPage, ct);

    private static Task<Results<Ok<BookingPage>, ProblemHttpResult>> PutBookingPage(
        BookingPage request, Caller caller, PlatformDb db, TenantContext tenant, TenantDirectory tenants, HttpContext http,
        CancellationToken ct) =>
        PutAsync(
            AuditActions.BookingPageChanged, db, tenant, tenants, caller, http, request, t => t.BookingPage,
            (t, json) => t.BookingPage = json, ct);

    private static async Task<Ok<T>> GetAsync<T>(
        PlatformDb db, TenantContext tenant, HttpContext http, Func<Tenant, JsonElement> member, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var row = await db.Tenants.AsNoTracking().SingleAsync(t => t.Id == tenant.Id, ct);

        var value = member(row).Deserialize<T>(Stored)!;
        http.SetVersion(VersionOf(value));
        return TypedResults.Ok(value);
    }

    private static async Task<Results<Ok<T>, ProblemHttpResult>> PutAsync<T>(
        string action, PlatformDb db, TenantContext tenant, TenantDirectory tenants, Caller caller, HttpContext http,
        T request, Func<Tenant, JsonElement> member, Action<Tenant, JsonElement> write, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var row = await db.Tenants.SingleAsync(t => t.Id == tenant.Id, ct);
        var before = member(row).Deserialize<T>(Stored)!;
        if (http.CheckVersion(VersionOf(before)) is { } stale) return stale.ToProblem();

        write(row, JsonSerializer.SerializeToElement(request, Stored));
        db.Entry(row).Property("UpdatedBy").CurrentValue = caller.Actor;
        await db.SaveChangesAsync(ct);
        if (AuditDiff.Between(before, request) is { } diff)
        {
            var now = http.RequestServices.GetRequiredService<TimeProvider>().Now;
            await db.RecordAsync(
                AuditChange.Of(tenant.Id, action, tenant.Id, diff.Before, diff.After), http, now, ct);
        }

        await transaction.CommitAsync(ct);
        tenants.Forget(tenant.Id);

        http.SetVersion(VersionOf(request));
        return TypedResults.Ok(request);
    }

    private static long VersionOf<T>(T value) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(value, Stored))) & long.MaxValue;
}
