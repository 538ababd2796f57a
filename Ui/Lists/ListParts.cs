using Platform.Contracts;

namespace Platform.Ui.Lists;

/// <summary><c>_ListFilter</c>: search and filters of a list, which htmx sends as they change.</summary>
/// <param name="Search">What the search field searches, in words; null leaves the field out. Its name is <c>q</c>.</param>
/// <param name="HasCsv">The page has a handler <c>Csv</c>.</param>
public sealed record ListFilter(
    ListQuery Query, string? Search, IReadOnlyList<FilterField> Fields, bool HasCsv = false);

/// <param name="Options">The choices, value and text; null is a field of the type.</param>
/// <param name="Type">Of the input where there are no options: <c>date</c>, <c>text</c>.</param>
public sealed record FilterField(
    string Name, string Label, IReadOnlyList<(string Value, string Text)>? Options = null, string Type = "text");

/// <summary><c>_SortHeader</c>: a column header that sorts.</summary>
/// <param name="Key">The value of <c>sort</c>; with a minus sign before it the order is descending.</param>
public sealed record SortHeader(ListQuery Query, string Key, string Label, bool IsNumber = false);

/// <summary><c>_ListCount</c> and <c>_Pager</c>: which rows of how many are shown, and the way to the others.</summary>
/// <param name="Count">Rows of this page.</param>
public sealed record ListPage(ListQuery Query, int Count, PageInfo? Page)
{
    public int First => (Query.Page - 1) * Query.Size + 1;

    public int Last => First + Count - 1;

    public bool HasNext => Page?.Total is { } total ? Last < total : Page?.Next is not null;

    /// <summary>By number where the API counted the rows, else by cursor.</summary>
    public string Next => Page?.Total is null
        ? Query.With(ListQuery.CursorName, Page?.Next)
        : Query.With(ListQuery.PageName, $"{Query.Page + 1}");

    /// <summary>The page before, or the first where pages have no number; null on the first.</summary>
    public string? Previous => Query switch
    {
        { Cursor: not null } => Query.With(ListQuery.CursorName, null),
        { Page: > 1 } => Query.With(ListQuery.PageName, $"{Query.Page - 1}"),
        _ => null,
    };
}

/// <summary><c>_ListEmpty</c>: nothing there yet, or nothing that matches the filter.</summary>
/// <param name="Text">What to say where there is nothing yet.</param>
/// <param name="Url">Where the first one is made; null for none.</param>
/// <param name="Action">The text of that link.</param>
/// <param name="IsDialog">The link opens a dialog.</param>
public sealed record ListEmpty(
    ListQuery? Query, string Text, string Icon = "list", string? Url = null, string? Action = null, bool IsDialog = false);
