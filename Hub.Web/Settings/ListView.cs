using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Platform.Hub.Web.Settings;

/// <summary>A column by which a list can be sorted, and that its file has.</summary>
/// <param name="Key">In the query string.</param>
/// <param name="Title">Key of its text.</param>
/// <param name="Value">What is sorted by, and what the file says.</param>
public sealed record Column<T>(string Key, string Title, Func<T, object?> Value);

/// <summary>What a reader asked a list for: <c>?q=&amp;state=&amp;sort=-name&amp;p=2</c>.</summary>
public sealed record SettingsListQuery(string? Q, string? State, string? Sort, int? P);

/// <summary>A list that is short enough to be read whole: searched, sorted and paged here.</summary>
public sealed class ListView<T>
{
    public const int Size = 25;

    private static readonly CompareInfo Words = CultureInfo.InvariantCulture.CompareInfo;

    private readonly string _path;
    private readonly SettingsListQuery _asked;

    /// <param name="path">Of the page.</param>
    /// <param name="all">Rows of the chosen state.</param>
    /// <param name="text">What of a row is searched.</param>
    /// <param name="columns">The first is the order where none is asked for.</param>
    public ListView(
        string path, SettingsListQuery asked, IReadOnlyList<T> all, Func<T, string> text, params IReadOnlyList<Column<T>> columns)
    {
        (_path, _asked, Columns, All) = (path, asked, columns, all.Count);
        var key = asked.Sort?.TrimStart('-');
        SortColumn = columns.FirstOrDefault(c => c.Key == key) ?? columns[0];
        IsDescending = asked.Sort?.StartsWith('-') == true && SortColumn.Key == key;

        var found = asked.Q is { Length: > 0 } q
            ? all.Where(row => Words.IndexOf(text(row), q.Trim(), CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace) >= 0)
            : all;
        var sorted = IsDescending
            ? found.OrderByDescending(SortColumn.Value, Values.Instance)
            : found.OrderBy(SortColumn.Value, Values.Instance);
        Found = [.. sorted];
        Pages = Math.Max(1, (Found.Count + Size - 1) / Size);
        Page = Math.Clamp(asked.P ?? 1, 1, Pages);
    }

    public IReadOnlyList<Column<T>> Columns { get; }

    public Column<T> SortColumn { get; }

    public bool IsDescending { get; }

    /// <summary>How many there are before the search.</summary>
    public int All { get; }

    public IReadOnlyList<T> Found { get; }

    public int Page { get; }

    public int Pages { get; }

    public IEnumerable<T> Rows => Found.Skip((Page - 1) * Size).Take(Size);

    public string? Q => _asked.Q;

    public string? State => _asked.State;

    public string? SortText => _asked.Sort;

    public int First => Found.Count == 0 ? 0 : (Page - 1) * Size + 1;

    public int Last => Math.Min(Page * Size, Found.Count);

    public string ToPage(int page) => Link(_asked.Sort, page);

    public string ToSort(Column<T> column) =>
        Link(column == SortColumn && !IsDescending ? $"-{column.Key}" : column.Key, 1);

    public string ToFile => QueryHelpers.AddQueryString(Link(_asked.Sort, 1), "handler", "Csv");

    public string? AriaSort(Column<T> column) =>
        column != SortColumn ? null : IsDescending ? "descending" : "ascending";

    /// <summary>All that was found, as a table for spreadsheets.</summary>
    public FileContentResult ToCsv(string name, Func<string, string> title)
    {
        var lines = new StringBuilder().AppendLine(CsvText.Line(Columns.Select(c => title(c.Title))));
        foreach (var row in Found) lines.AppendLine(CsvText.Line(Columns.Select(c => c.Value(row))));

        return CsvText.File(name, lines.ToString());
    }

    private string Link(string? sort, int page) => QueryHelpers.AddQueryString(_path, new Dictionary<string, string?>
    {
        ["q"] = string.IsNullOrEmpty(_asked.Q) ? null : _asked.Q,
        ["state"] = string.IsNullOrEmpty(_asked.State) ? null : _asked.State,
        ["sort"] = string.IsNullOrEmpty(sort) ? null : sort,
        ["p"] = page == 1 ? null : page.ToString(CultureInfo.InvariantCulture),
    });

    /// <summary>Words as people sort them; numbers and times by size.</summary>
    private sealed class Values : IComparer<object?>
    {
        public static readonly Values Instance = new();

        public int Compare(object? x, object? y) => (x, y) switch
        {
            (string a, string b) => CultureInfo.CurrentCulture.CompareInfo.Compare(
                a, b, CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace),
            _ => Comparer<object?>.Default.Compare(x, y),
        };
    }
}

internal static class CsvText
{
    /// <summary>With the mark by which spreadsheets know UTF-8.</summary>
    public static FileContentResult File(string name, string text) =>
        new([.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(text)], "text/csv; charset=utf-8")
        {
            FileDownloadName = $"{name}.csv",
        };

    public static string Line(IEnumerable<object?> values) => string.Join(',', values.Select(Cell));

    /// <summary>A text that a spreadsheet would take for a formula begins with an apostrophe.</summary>
    private static string Cell(object? value)
    {
        var text = value switch
        {
            null => "",
            DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            string words => words is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? $"'{words}" : words,
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0
            ? text
            : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
