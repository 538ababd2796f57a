using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Contracts.Operations;
using Platform.Ui.Http;
using Platform.Ui.Lists;

namespace Platform.Admin.Web;

public sealed partial class AdminApi
{
    public Task<Answer<IReadOnlyList<ApplicationResponse>>> ApplicationsAsync(CancellationToken ct) =>
        GetAllAsync<ApplicationResponse>($"{Root}/applications?limit=200", ct);

    public Task<Answer<ApplicationResponse>> ApplicationAsync(long id, CancellationToken ct) =>
        GetAsync<ApplicationResponse>($"{Root}/applications/{id}", ct);

    public Task<Answer<ApplicationResponse>> CreateApplicationAsync(
        CreateApplicationRequest request, string key, CancellationToken ct) =>
        PostAsync<ApplicationResponse>($"{Root}/applications", request, key, ct);

    public Task<Answer<ApplicationResponse>> ChangeApplicationAsync(
        long id, ChangeApplicationRequest request, long? version, CancellationToken ct) =>
        SendAsync<ApplicationResponse>(HttpMethod.Patch, $"{Root}/applications/{id}", request, ct, version);

    public Task<Answer<ApplicationResponse>> RetireApplicationAsync(long id, CancellationToken ct) =>
        PostAsync<ApplicationResponse>($"{Root}/applications/{id}/retire", new { }, null, ct);

    public Task<Answer<IReadOnlyList<UserTypeResponse>>> UserTypesAsync(CancellationToken ct) =>
        GetAsync<IReadOnlyList<UserTypeResponse>>($"{Root}/user-types", ct);

    /// <summary>All prices of an application, whenever they are in force.</summary>
    public Task<Answer<IReadOnlyList<PriceResponse>>> PricesAsync(long applicationId, CancellationToken ct) =>
        GetAllAsync<PriceResponse>($"{Root}/applications/{applicationId}/pricing?history=true&limit=200", ct);

    public Task<Answer<PriceResponse>> PriceAsync(long applicationId, long id, CancellationToken ct) =>
        GetAsync<PriceResponse>($"{Root}/applications/{applicationId}/pricing/{id}", ct);

    public Task<Answer<PriceResponse>> SchedulePriceAsync(
        long applicationId, SchedulePriceRequest request, string key, CancellationToken ct) =>
        PostAsync<PriceResponse>($"{Root}/applications/{applicationId}/pricing", request, key, ct);

    public Task<Answer<PriceResponse>> ChangePriceAsync(
        long applicationId, long id, ChangePriceRequest request, long? version, CancellationToken ct) =>
        SendAsync<PriceResponse>(HttpMethod.Patch, $"{Root}/applications/{applicationId}/pricing/{id}", request, ct, version);

    public Task<Answer<PriceResponse>> EndPriceAsync(
        long applicationId, long id, DateTimeOffset? at, long? version, CancellationToken ct) =>
        SendAsync<PriceResponse>(
            HttpMethod.Post, $"{Root}/applications/{applicationId}/pricing/{id}/end", new EndPriceRequest(at), ct, version);

    /// <returns>Null if it is deleted.</returns>
    public async Task<Problem?> DeletePriceAsync(long applicationId, long id, long? version, CancellationToken ct) =>
        (await SendAsync<Done>(
            HttpMethod.Delete, $"{Root}/applications/{applicationId}/pricing/{id}", null, ct, version)).Problem;

    /// <summary>How many seats keep the price at which they were given, even if the price changes.</summary>
    public Task<Answer<CountedRows>> CountSeatsAsync(
        string application, string userType, string currency, CancellationToken ct) => CountAsync(
        "grants", [new("application", application), new("userType", userType), new("currency", currency)], ct);

    public Task<Answer<IReadOnlyList<TenantLicenseResponse>>> LicensesAsync(
        ListQuery query, string? application, string? status, string? full, CancellationToken ct) =>
        CountedPageAsync<TenantLicenseResponse>(
            "licenses", query, [new("application", application), new("status", status), new("full", full)], ct);
}
