using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Contracts.Catalogue;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Public;

/// <summary>The tenant whose public page is shown, and how this visitor sees it.</summary>
/// <param name="Zone">The visitor's choice, else the tenant's.</param>
/// <param name="IsEmbedded">Whether the page is in a frame of the tenant's own site.</param>
public sealed record PublicSite(
    TenantLookup Tenant, Branding Branding, Labels Labels, BookingPage Page, PublicLinks Links, TimeZoneInfo Zone,
    bool IsEmbedded)
{
    /// <summary>Parameters that every link of a page keeps.</summary>
    private static readonly string[] Kept = ["lang", "tz", "embed"];

    private static readonly JsonElement Nothing = JsonSerializer.SerializeToElement(new { });

    public TimeZoneInfo TenantZone => TimeZoneInfo.Named(Tenant.TimeZone);

    public string LegalName => Page.LegalName ?? Tenant.Name;

    /// <summary>Changes with the brand, so that browsers may keep the style sheet.</summary>
    public string BrandVersion => BrandStyles.VersionOf(Branding);

    public static PublicSite Of(TenantLookup tenant, HttpContext http)
    {
        var query = http.Request.Query;
        var root = http.Features.Get<TenantHost>() is null ? $"/{tenant.Slug}" : "";
        var kept = Kept.Select(name => (name, Value: query[name].ToString()))
            .Where(pair => pair.Value.Length is > 0 and < 65);
        return new(
            tenant, Read<Branding>(tenant.Branding), Read<Labels>(tenant.Labels), Read<BookingPage>(tenant.BookingPage),
            new($"{http.Request.PathBase}{root}", [.. kept]),
            TimeZoneInfo.TryFindSystemTimeZoneById(query["tz"].ToString(), out var zone) && zone.HasIanaId
                ? zone
                : TimeZoneInfo.Named(tenant.TimeZone),
            query["embed"] == "1");
    }

    /// <summary>The tenant's own word for a term; ours if it has none.</summary>
    public static string Word(Term? term, string ours) => term?.Singular ?? ours;

    private static T Read<T>(JsonElement? json) =>
        (json is { ValueKind: JsonValueKind.Object } value ? value : Nothing).Deserialize<T>(JsonSerializerOptions.Web)!;
}

/// <summary>The host of the request is the tenant's own: its URLs have no slug.</summary>
public sealed record TenantHost(string Slug);

/// <summary>URLs of one tenant's public pages.</summary>
/// <param name="Root">Before every path: empty, or <c>/slug</c>.</param>
/// <param name="Kept">Parameters that every link has.</param>
public sealed record PublicLinks(string Root, IReadOnlyList<(string Name, string Value)> Kept)
{
    /// <param name="path">Below the tenant, without a slash before it; empty for the first page.</param>
    /// <param name="query">Parameters without a value are left out; those named here replace kept ones.</param>
    public string Of(string path, params IReadOnlyList<(string Name, string? Value)> query)
    {
        var url = path.Length > 0 ? $"{Root}/{path}" : Root.Length > 0 ? Root : "/";
        var kept = Kept.Where(pair => query.All(other => other.Name != pair.Name))
            .Select(pair => (pair.Name, (string?)pair.Value));
        return query.Concat(kept).Where(pair => pair.Item2 is not null)
            .Aggregate(url, (made, pair) => QueryHelpers.AddQueryString(made, pair.Item1, pair.Item2!));
    }

    public static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
