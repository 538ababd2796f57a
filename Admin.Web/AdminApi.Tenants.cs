using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.Billing;
using Platform.Contracts.Licensing;
using Platform.Contracts.Operations;
using Platform.Contracts.People;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;
using Platform.Ui.Lists;

namespace Platform.Admin.Web;

/// <summary>Tenants, with what belongs to one: records, members, licences, bills, history.</summary>
public sealed partial class AdminApi
{
    private const string Tenants = $"{Root}/tenants";

    public Task<Answer<IReadOnlyList<TenantResponse>>> TenantsAsync(ListQuery query, CancellationToken ct) =>
        GetAsync<IReadOnlyList<TenantResponse>>(PagePath(Tenants, query), ct);

    public Task<IActionResult> TenantsCsvAsync(ListQuery query, CancellationToken ct)
    {
        var filters = query.Filters();
        filters[ListQuery.SortName] = query.Sort;
        return FileAsync(HttpMethod.Get, QueryHelpers.AddQueryString(Tenants, filters), "text/csv", ct);
    }

    public Task<Answer<TenantResponse>> TenantAsync(long id, CancellationToken ct) =>
        GetAsync<TenantResponse>(Of(id), ct);

    /// <returns>
    /// The number of the tenant. With the code <see cref="Codes.TenantTaskAccepted"/> it is still being set up.
    /// </returns>
    public async Task<Answer<long?>> CreateTenantAsync(CreateTenantRequest request, string key, CancellationToken ct)
    {
        var made = await PostAsync<JsonElement>(Tenants, request, key, ct);
        if (!made.Ok) return new(null, made.Problem);

        var member = made.Code == Codes.TenantTaskAccepted ? "tenantId" : "id";
        return new(made.Data.GetProperty(member).GetInt64(), null, Code: made.Code);
    }

    public Task<Answer<TenantResponse>> ChangeTenantAsync(
        long id, ChangeTenantRequest request, long version, CancellationToken ct) =>
        SendAsync<TenantResponse>(HttpMethod.Patch, Of(id), request, ct, version);

    /// <param name="act"><c>activate</c>, <c>deactivate</c>, <c>retry-provisioning</c>, <c>offboard/cancel</c> or
    /// <c>purge</c>.</param>
    public Task<Answer<JsonElement>> ActOnTenantAsync(long id, string act, long? version, CancellationToken ct) =>
        SendAsync<JsonElement>(HttpMethod.Post, $"{Of(id)}/{act}", null, ct, version);

    public Task<Answer<TenantResponse>> OffboardTenantAsync(
        long id, OffboardTenantRequest request, long version, CancellationToken ct) =>
        SendAsync<TenantResponse>(HttpMethod.Post, $"{Of(id)}/offboard", request, ct, version);

    public Task<IActionResult> ExportTenantAsync(long id, CancellationToken ct) =>
        FileAsync(HttpMethod.Post, $"{Of(id)}/export", "application/zip", ct);

    /// <returns>
    /// A <see cref="TenantImportResponse"/>, or with the code <see cref="Codes.TenantTaskAccepted"/> the task that
    /// goes on.
    /// </returns>
    public Task<Answer<JsonElement>> ImportTenantAsync(
        string slug, Stream archive, string key, CancellationToken ct) =>
        UploadAsync<JsonElement>(
            QueryHelpers.AddQueryString($"{Tenants}/import", "slug", slug), archive,
            new MediaTypeHeaderValue("application/zip"), key, ct);

    /// <param name="kind"><c>addresses</c> or <c>contacts</c>.</param>
    public Task<Answer<IReadOnlyList<T>>> TenantRecordsAsync<T>(long id, string kind, CancellationToken ct) =>
        GetAllAsync<T>($"{Of(id)}/{kind}?limit=200", ct);

    public Task<Answer<T>> CreateRecordAsync<T>(long id, string kind, object request, string key, CancellationToken ct) =>
        PostAsync<T>($"{Of(id)}/{kind}", request, key, ct);

    public Task<Answer<T>> ChangeRecordAsync<T>(
        long id, string kind, long recordId, object request, long? version, CancellationToken ct) =>
        SendAsync<T>(HttpMethod.Patch, $"{Of(id)}/{kind}/{Text(recordId)}", request, ct, version);

    /// <returns>Null if it is done.</returns>
    public async Task<Problem?> DeleteRecordAsync(long id, string kind, long recordId, CancellationToken ct) =>
        (await SendAsync<Done>(HttpMethod.Delete, $"{Of(id)}/{kind}/{Text(recordId)}", null, ct)).Problem;

    public Task<Answer<IReadOnlyList<UserResponse>>> TenantUsersAsync(long id, ListQuery query, CancellationToken ct) =>
        GetAsync<IReadOnlyList<UserResponse>>(PagePath($"{Of(id)}/users", query), ct);

    public Task<Answer<UserResponse>> InviteToTenantAsync(
        long id, InviteUserRequest request, string key, CancellationToken ct) =>
        PostAsync<UserResponse>($"{Of(id)}/users", request, key, ct);

    public Task<Answer<IReadOnlyList<LicenseResponse>>> LicensesOfAsync(long id, CancellationToken ct) =>
        GetAllAsync<LicenseResponse>($"{Of(id)}/licenses?limit=200", ct);

    public Task<Answer<LicenseResponse>> LicenseOfAsync(long id, long licenseId, CancellationToken ct) =>
        GetAsync<LicenseResponse>($"{Of(id)}/licenses/{Text(licenseId)}", ct);

    public Task<Answer<LicenseResponse>> CreateLicenseAsync(
        long id, CreateLicenseRequest request, string key, CancellationToken ct) =>
        PostAsync<LicenseResponse>($"{Of(id)}/licenses", request, key, ct);

    public Task<Answer<LicenseResponse>> ChangeLicenseAsync(
        long id, long licenseId, ChangeLicenseRequest request, long version, CancellationToken ct) =>
        SendAsync<LicenseResponse>(HttpMethod.Patch, $"{Of(id)}/licenses/{Text(licenseId)}", request, ct, version);

    /// <param name="act"><c>suspend</c>, <c>resume</c> or <c>cancel</c>.</param>
    public Task<Answer<LicenseResponse>> ActOnLicenseAsync(
        long id, long licenseId, string act, long? version, CancellationToken ct) =>
        SendAsync<LicenseResponse>(HttpMethod.Post, $"{Of(id)}/licenses/{Text(licenseId)}/{act}", null, ct, version);

    /// <summary>The catalogue that licences are made of.</summary>
    public Task<Answer<IReadOnlyList<ApplicationResponse>>> LicensableAsync(CancellationToken ct) =>
        GetAllAsync<ApplicationResponse>($"{Root}/applications?limit=200", ct);

    /// <summary>What was changed at a tenant, newest first.</summary>
    public Task<Answer<IReadOnlyList<AuditEntryResponse>>> TenantChangesAsync(
        long id, string? targetType, long? targetId, string? cursor, int limit, CancellationToken ct) =>
        GetAsync<IReadOnlyList<AuditEntryResponse>>(QueryHelpers.AddQueryString($"{Root}/audit/changes", new Dictionary<string, string?>
        {
            ["tenantId"] = Text(id),
            ["targetType"] = targetType,
            ["targetId"] = targetId is { } target ? Text(target) : null,
            ["cursor"] = cursor,
            ["limit"] = Text(limit),
        }), ct);

    /// <summary>The newest events of a tenant that the relay has published.</summary>
    public Task<Answer<IReadOnlyList<PublishedEvent>>> RecentEventsAsync(long tenantId, int limit, CancellationToken ct) =>
        GetAsync<IReadOnlyList<PublishedEvent>>($"{Root}/events/recent?tenantId={Text(tenantId)}&limit={Text(limit)}", ct);

    /// <param name="month"><c>yyyy-MM</c>; the present one when null.</param>
    public Task<Answer<BillingSummary>> BillOfTenantAsync(long id, string? month, CancellationToken ct) =>
        GetAsync<BillingSummary>(QueryHelpers.AddQueryString($"{Root}/billing/summary", new Dictionary<string, string?>
        {
            ["tenantId"] = Text(id),
            ["month"] = month,
        }), ct);

    private static string Of(long tenantId) => $"{Tenants}/{Text(tenantId)}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A page of a list by its number.</summary>
    private static string PagePath(string path, ListQuery query)
    {
        var values = query.Filters();
        values[ListQuery.SortName] = query.Sort;
        values[ListQuery.PageName] = Text(query.Page);
        values[ListQuery.SizeName] = Text(query.Size);
        return QueryHelpers.AddQueryString(path, values);
    }
}
