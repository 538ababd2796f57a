using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.Extensions.Localization;
using Platform.Contracts.People;

namespace Platform.Hub.Web.Settings;

/// <summary>Types, roles and languages of people as the choices of a form.</summary>
public static class PeopleItems
{
    private static readonly string[] UserTypes = ["operations", "manager", "admin"];

    public static IReadOnlyList<SelectListItem> Types(IStringLocalizer<HubText> text) =>
        [.. UserTypes.Select(type => new SelectListItem(text[$"UserType.{type}"], type))];

    /// <summary>Without those that only platform staff give.</summary>
    public static IReadOnlyList<SelectListItem> Roles(IEnumerable<RoleResponse> roles) =>
    [
        .. roles.Where(role => role.Slug != SystemRoles.SuperAdmin).OrderBy(role => role.System)
            .ThenBy(role => role.Name, StringComparer.CurrentCulture).Select(role => new SelectListItem(role.Name, role.Slug)),
    ];

    public static IReadOnlyList<SelectListItem> Languages { get; } = [new("Português", "pt-BR"), new("English", "en")];

    public static string NameOfApp(string slug, IStringLocalizer<HubText> text)
    {
        var name = text[$"App.{slug}"];
        return name.ResourceNotFound ? slug : name.Value;
    }
}
