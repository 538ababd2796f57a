using System.Text.Json;

namespace Platform.Contracts.Catalogue;

/// <summary><c>GET /public/api/v1/tenants/lookup</c>: what a white-label page needs before anybody signs in.</summary>
/// <param name="TimeZone">IANA name.</param>
/// <param name="Branding">The tenant's colours and logo, by name; empty for the platform's own.</param>
/// <param name="Labels">The tenant's words for our terms, by term.</param>
/// <param name="BookingPage">What its booking pages say and allow, as in <see cref="BookingPage"/>.</param>
public sealed record TenantLookup(
    long TenantId,
    string Slug,
    string Name,
    string TimeZone,
    string Locale,
    JsonElement Branding,
    JsonElement Labels,
    JsonElement? BookingPage = null);
