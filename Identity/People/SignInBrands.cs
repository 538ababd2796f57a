using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Ui.Theming;

namespace Platform.Identity.People;

/// <summary>How the pages of an organisation look.</summary>
/// <param name="Theme">Null for the platform's own colours.</param>
internal sealed record TenantBrand(string Slug, string Name, BrandTheme? Theme);

/// <summary>
/// Asks the Api how an organisation looks, and remembers the answer for a minute. Sign-in never waits long for it:
/// without an answer the page has the platform's own look.
/// </summary>
internal sealed class SignInBrands(HttpClient api, OwnToken token, IMemoryCache cache, ILogger<SignInBrands> log)
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);

    /// <param name="tenant">A slug or an id.</param>
    /// <returns>Null for the platform's own look.</returns>
    public async Task<TenantBrand?> FindAsync(string? tenant, CancellationToken ct)
    {
        if (tenant is not { Length: > 0 and <= 63 } || !tenant.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')) return null;
        if (cache.TryGetValue($"brand:{tenant}", out TenantBrand? known)) return known;

        try
        {
            return cache.Set($"brand:{tenant}", await AskAsync(tenant, ct), Freshness);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever went wrong on the way, people can sign in.
            log.LogWarning("The look of an organisation is not known: {Reason}", e.GetType().Name);
            return null;
        }
    }

    private async Task<TenantBrand?> AskAsync(string tenant, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/internal/api/v1/brands/{tenant}");
        request.Headers.Authorization = new("Bearer", await token.GetAsync(ct));
        using var response = await api.SendAsync(request, ct);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;

        response.EnsureSuccessStatusCode();
        var found = (await response.Content.ReadFromJsonAsync<Envelope<TenantLookup>>(ct))!.Data;
        var branding = found.Branding.Deserialize<Branding>(JsonSerializerOptions.Web);
        return new(found.Slug, found.Name, branding?.PrimaryColor is { } colour ? BrandTheme.From(colour) : null);
    }
}

internal static class TenantBrandEndpoints
{
    /// <summary>A style sheet, because the pages allow no inline style.</summary>
    public static void MapBrands(this WebApplication app) => app.MapGet(
        "/brand/{tenant}.css", async (string tenant, SignInBrands brands, HttpContext http, CancellationToken ct) =>
        {
            http.Response.Headers.CacheControl = "public, max-age=60";
            return Results.Text((await brands.FindAsync(tenant, ct))?.Theme?.ToCss() ?? "", "text/css");
        });
}
