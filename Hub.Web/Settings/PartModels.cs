using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Catalogue;

namespace Platform.Hub.Web.Settings;

/// <summary>Who changed a row last, with the way to its history.</summary>
/// <param name="Target">As the audit calls its type.</param>
public sealed record ChangedRow(SettingsPage Page, string Target, long Id, long Version, string? By, DateTimeOffset At)
{
    public static ChangedRow Of(SettingsPage page, string target, long id, long version, StampedResponse row) =>
        new(page, target, id, version, row.UpdatedBy, row.UpdatedAt);
}

/// <summary>A deletion that names what it does before it is confirmed.</summary>
public sealed record DeleteRow(string Title, string Effects, long Version);

/// <summary>Shown above a list: search, state, how many, and the file.</summary>
public sealed record ListTools(
    string Path, string? Q, string? State, string? Sort, IReadOnlyList<SelectListItem> States, string Count, string File)
{
    public static ListTools Of<T>(
        string path, ListView<T> list, IStringLocalizer<HubText> text, params IReadOnlyList<SelectListItem> states) =>
        new(path, list.Q, list.State, list.SortText, states, CountOf(list, text), list.ToFile);

    private static string CountOf<T>(ListView<T> list, IStringLocalizer<HubText> text) => list.Found.Count == 0
        ? text["Setup.Count.none"]
        : text["Setup.Count", list.First, list.Last, list.Found.Count];
}

/// <summary>The pages of a list before and after the one that is shown.</summary>
public sealed record ListPager(int Page, int Pages, string? Earlier, string? Later)
{
    public static ListPager Of<T>(ListView<T> list) => new(
        list.Page, list.Pages,
        list.Page > 1 ? list.ToPage(list.Page - 1) : null,
        list.Page < list.Pages ? list.ToPage(list.Page + 1) : null);
}

/// <summary>The states of rows that can be retired, for the filter of their list.</summary>
internal static class ActiveStates
{
    public static IReadOnlyList<SelectListItem> Of(IStringLocalizer<HubText> text) =>
        [new(text["Setup.State.active"], ""), new(text["Setup.State.inactive"], "inactive"), new(text["Setup.State.all"], "all")];

    /// <summary>The value of the API's filter.</summary>
    public static string Filter(string? state) => state switch { "inactive" => "false", "all" => "all", _ => "true" };
}

/// <summary>The pages of one resource.</summary>
/// <param name="Tab">The one that is shown: <c>Details</c>, <c>Hours</c>, <c>Year</c>, <c>Feed</c> or <c>Outside</c>.</param>
public sealed record ResourceTabs(SettingsPage Page, ResourceResponse Resource, string Tab);

/// <summary>The pages of the team.</summary>
/// <param name="Tab">The one that is shown: <c>members</c> or <c>invitations</c>.</param>
public sealed record TeamTabs(SettingsPage Page, string Tab);
