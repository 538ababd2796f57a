using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Core.Tenants;

namespace Platform.Api.Tenants;

internal static class BrandEndpoint
{
    /// <summary>For Identity, whose sign-in page shows the organisation that the person comes from.</summary>
    public static void MapBrand(this RouteGroupBuilder services) =>
        services.MapGet("/brands/{tenant}", Get).WithTags("Tenants").RequireScope(Scopes.PersonContext);

    /// <param name="tenant">A slug or an id.</param>
    private static async Task<Results<Ok<TenantLookup>, ProblemHttpResult>> Get(
        string tenant, TenantDirectory tenants, CancellationToken ct)
    {
        var found = long.TryParse(tenant, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? await tenants.FindAsync(id, ct)
            : await tenants.FindAsync(tenant, ct);
        return found is { IsActive: true } t
            ? TypedResults.Ok(new TenantLookup(t.Id, t.Slug, t.Name, t.TimeZone, t.Locale, t.Branding, t.Labels, t.BookingPage))
            : TypedResults.Problem(Problems.NotFound());
    }
}
