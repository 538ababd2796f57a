using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.Routing;

namespace Platform.Hub.Web.Tenants;

/// <summary>
/// Pages of a tenant are below <c>/t/{tenant}</c>, where <c>{tenant}</c> is its slug: each link and form names the
/// tenant that it was made in.
/// </summary>
public static class TenantRoutes
{
    /// <summary>The route value.</summary>
    public const string Key = "tenant";

    private const string Prefix = $"t/{{{Key}}}";

    /// <summary>The folders of such pages, below <c>Pages</c>. Their <c>@page</c> has the part after the slug.</summary>
    private static readonly string[] Folders = ["/Portal", "/Settings"];

    public static void AddTenantRoutes(this PageConventionCollection conventions)
    {
        foreach (var folder in Folders)
        {
            conventions.AddFolderRouteModelConvention(folder, page =>
            {
                var routes = page.Selectors.Select(selector => selector.AttributeRouteModel);
                foreach (var route in routes.OfType<AttributeRouteModel>())
                {
                    route.Template = $"{Prefix}/{route.Template?.TrimStart('~', '/')}".TrimEnd('/');
                }
            });
        }
    }

    internal static bool IsOfTenant(string page) =>
        Folders.Any(folder => page.StartsWith($"{folder}/", StringComparison.OrdinalIgnoreCase));
}

/// <summary>
/// Links from one page of a tenant to another stay in that tenant. Routing itself drops the values of the present
/// route as soon as a link leads to another page.
/// </summary>
internal sealed class TenantLinks : IUrlHelperFactory
{
    private readonly UrlHelperFactory _factory = new();

    public IUrlHelper GetUrlHelper(ActionContext context) => new Links(_factory.GetUrlHelper(context));

    private sealed class Links(IUrlHelper links) : IUrlHelper
    {
        public ActionContext ActionContext => links.ActionContext;

        public string? RouteUrl(UrlRouteContext context)
        {
            var values = new RouteValueDictionary(context.Values);
            if (values["page"] is string page && TenantRoutes.IsOfTenant(page)
                && ActionContext.RouteData.Values[TenantRoutes.Key] is { } tenant)
            {
                values.TryAdd(TenantRoutes.Key, tenant);
                context.Values = values;
            }

            return links.RouteUrl(context);
        }

        public string? Action(UrlActionContext context) => links.Action(context);

        public string? Content(string? path) => links.Content(path);

        public bool IsLocalUrl(string? url) => links.IsLocalUrl(url);

        public string? Link(string? route, object? values) => links.Link(route, values);
    }
}
