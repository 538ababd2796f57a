using System.Text.RegularExpressions;
using Platform.Contracts.Tenants;

namespace Platform.Hub.Web.Public;

/// <summary><c>{slug:slug}</c>: what can be a tenant's slug, in whatever case, and is no name of the platform's.</summary>
internal sealed partial class SlugConstraint : IRouteConstraint
{
    public bool Match(
        HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values,
        RouteDirection routeDirection) => values[routeKey]?.ToString() is { } text && IsSlug(text);

    public static bool IsSlug(string text) =>
        text.ToLowerInvariant() is var slug && Slug().IsMatch(slug) && !ReservedSlugs.All.Contains(slug);

    [GeneratedRegex(TenantPatterns.Slug)]
    private static partial Regex Slug();
}
