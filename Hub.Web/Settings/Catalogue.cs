using System.Globalization;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts.Catalogue;

namespace Platform.Hub.Web.Settings;

/// <summary>Rows of the catalogue as the choices of a form, and back.</summary>
public static class CatalogueItems
{
    public static SelectListItem[] Of(IEnumerable<CategoryResponse> categories) =>
        [.. categories.OrderBy(c => c.Name, StringComparer.CurrentCulture).Select(c => new SelectListItem(c.Name, Text(c.Id)))];

    /// <summary>By category.</summary>
    public static SelectListItem[] Of(IEnumerable<ResourceResponse> resources)
    {
        var groups = new Dictionary<string, SelectListGroup>();
        return
        [
            .. resources.OrderBy(r => r.CategoryName, StringComparer.CurrentCulture)
                .ThenBy(r => r.Name, StringComparer.CurrentCulture)
                .Select(r => new SelectListItem(r.Name, Text(r.Id)) { Group = GroupOf(r.CategoryName) }),
        ];

        SelectListGroup GroupOf(string name) =>
            groups.TryGetValue(name, out var group) ? group : groups[name] = new() { Name = name };
    }

    /// <summary><c>30, 60</c> as numbers; null where something else is in it.</summary>
    public static IReadOnlyList<int>? Numbers(string? text)
    {
        var parts = (text ?? "").Split(
            [',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var numbers = new List<int>();
        foreach (var part in parts)
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            numbers.Add(number);
        }

        return numbers;
    }

    public static string[] Lines(string? text) =>
        (text ?? "").Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
