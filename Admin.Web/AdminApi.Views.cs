using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Admin.Web;

/// <summary>What a tenant sees, for staff who have announced that they look. Only reads.</summary>
public sealed partial class AdminApi
{
    private const string OfTenants = "api/v1";

    public Task<Answer<ViewTenantResponse>> ViewTenantAsync(long id, ViewTenantRequest request, CancellationToken ct) =>
        PostAsync<ViewTenantResponse>($"{Of(id)}/view", request, null, ct);

    public Task<Answer<IReadOnlyList<BookingResponse>>> BookingsOfAsync(
        long tenantId, DateTimeOffset? from, DateTimeOffset? to, string? status, string? cursor, int limit, CancellationToken ct) =>
        InTenantAsync<IReadOnlyList<BookingResponse>>(tenantId, QueryHelpers.AddQueryString($"{OfTenants}/bookings", new Dictionary<string, string?>
        {
            ["from"] = from?.ToIso(),
            ["to"] = to?.ToIso(),
            ["status"] = status,
            ["cursor"] = cursor,
            ["limit"] = limit.ToString(CultureInfo.InvariantCulture),
        }), ct);

    public Task<Answer<BookingResponse>> BookingOfAsync(long tenantId, long bookingId, CancellationToken ct) =>
        InTenantAsync<BookingResponse>(tenantId, $"{OfTenants}/bookings/{Text(bookingId)}", ct);

    public Task<Answer<IReadOnlyList<BookingEventResponse>>> BookingHistoryOfAsync(
        long tenantId, long bookingId, CancellationToken ct) =>
        InTenantAsync<IReadOnlyList<BookingEventResponse>>(tenantId, $"{OfTenants}/bookings/{Text(bookingId)}/events?limit=200", ct);

    public Task<Answer<IReadOnlyList<ServiceResponse>>> ServicesOfAsync(long tenantId, CancellationToken ct) =>
        InTenantAsync<IReadOnlyList<ServiceResponse>>(tenantId, $"{OfTenants}/services?limit=200", ct);

    public Task<Answer<IReadOnlyList<ResourceResponse>>> ResourcesOfAsync(long tenantId, CancellationToken ct) =>
        InTenantAsync<IReadOnlyList<ResourceResponse>>(tenantId, $"{OfTenants}/resources?limit=200", ct);
}
