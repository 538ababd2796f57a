using Microsoft.AspNetCore.WebUtilities;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Contracts.Tenants;

namespace Platform.Admin.Web;

public sealed partial class AdminApi
{
    private const string Shown = "8";

    /// <summary>What the palette finds, of each kind the first few.</summary>
    public async Task<Found> FindAsync(string q, CancellationToken ct)
    {
        var query = new Dictionary<string, string?> { ["q"] = q, ["limit"] = Shown };
        var tenants = GetAsync<IReadOnlyList<TenantResponse>>(QueryHelpers.AddQueryString(Tenants, query), ct);
        var people = GetAsync<IReadOnlyList<StaffUserResponse>>(QueryHelpers.AddQueryString($"{Root}/users", query), ct);
        var applications = LicensableAsync(ct);
        await Task.WhenAll(tenants, people, applications);
        return new(
            (await tenants).Data ?? [], (await people).Data ?? [], (await applications).Data ?? [],
            (await tenants).Problem ?? (await people).Problem ?? (await applications).Problem);
    }
}

/// <param name="Applications">All of the catalogue.</param>
public sealed record Found(
    IReadOnlyList<TenantResponse> Tenants,
    IReadOnlyList<StaffUserResponse> People,
    IReadOnlyList<ApplicationResponse> Applications,
    Problem? Problem);
