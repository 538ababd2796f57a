using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Platform.Ui.Lists;

/// <summary>
/// Filter, sort and page of a list as its URL has them. Links leave out empty, unknown and default values.
/// </summary>
public sealed class ListQuery
{
    public const string SortName = "sort", PageName = "page", CursorName = "cursor", SizeName = "size";

    private const string SizeCookie = "rows";
    private const int MaxLength = 200;

    /// <summary>How many rows a page may have; the second is the default.</summary>
    public static readonly IReadOnlyList<int> Sizes = [12, 25, 50];

    private readonly Dictionary<string, string> _values = [];

    /// <param name="request">Its path and query are those of the list.</param>
    /// <param name="filters">Names of the filters; other values of the query are ignored.</param>
    public ListQuery(HttpRequest request, params IEnumerable<string> filters)
    {
        Path = request.PathBase + request.Path;
        FilterNames = [.. filters];
        foreach (var name in FilterNames.Append(SortName).Append(PageName).Append(CursorName))
        {
            var value = request.Query[name].ToString().Trim();
            if (value.Length is > 0 and <= MaxLength || name == CursorName && value.Length > 0) _values[name] = value;
        }

        Size = SizeOf(request);
    }

    public string Path { get; }

    public IReadOnlyList<string> FilterNames { get; }

    /// <summary>Rows of a page: of the URL, else the reader's last choice.</summary>
    public int Size { get; }

    /// <summary>From 1.</summary>
    public int Page => int.TryParse(this[PageName], NumberStyles.None, CultureInfo.InvariantCulture, out var page)
        && page > 0 ? page : 1;

    /// <summary>The order where the URL names none.</summary>
    public string? DefaultSort { get; init; }

    public string? Sort => this[SortName] ?? DefaultSort;

    public string? Cursor => this[CursorName];

    /// <summary>A filter is set: an empty list then means that nothing matches.</summary>
    public bool IsFiltered => FilterNames.Any(_values.ContainsKey);

    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>The filters that are set, as the API reads them.</summary>
    public Dictionary<string, string?> Filters() =>
        FilterNames.Where(_values.ContainsKey).ToDictionary(name => name, name => (string?)_values[name]);

    /// <summary>The URL of the list with one value changed; any change but of the page leads to the first page.</summary>
    public string With(string name, string? value)
    {
        var keepsPage = name is PageName or CursorName;
        var values = _values.Where(pair => pair.Key != name && (keepsPage || pair.Key is not (PageName or CursorName)));
        var query = new QueryBuilder(values.Where(pair => !(name == CursorName && pair.Key == PageName)));
        if (!string.IsNullOrEmpty(value) && !(name == PageName && value == "1")) query.Add(name, value);
        return Path + query;
    }

    /// <summary>The first page of the list without any filter.</summary>
    public string Cleared() =>
        Path + new QueryBuilder(_values.Where(pair => pair.Key == SortName)).ToString();

    /// <summary>The file of everything that the filter finds: the handler <c>Csv</c> of the page.</summary>
    public string Csv()
    {
        var values = _values.Where(pair => pair.Key is not (PageName or CursorName));
        var query = new QueryBuilder(values) { { "handler", "Csv" } };
        return Path + query;
    }

    /// <summary>What a sort header leads to: ascending first, then descending.</summary>
    public string SortedBy(string key) => With(SortName, Sort == key ? $"-{key}" : key == DefaultSort ? null : key);

    /// <summary>The <c>aria-sort</c> of a column.</summary>
    public string? Direction(string key) =>
        Sort == key ? "ascending" : Sort == $"-{key}" ? "descending" : null;

    private static int SizeOf(HttpRequest request)
    {
        var asked = Chosen(request.Query[SizeName]);
        if (asked is { } size)
        {
            request.HttpContext.Response.Cookies.Append(SizeCookie, size.ToString(CultureInfo.InvariantCulture), new()
            {
                HttpOnly = true,
                IsEssential = true,
                MaxAge = TimeSpan.FromDays(365),
                SameSite = SameSiteMode.Lax,
                Secure = request.IsHttps,
            });
        }

        return asked ?? Chosen(request.Cookies[SizeCookie]) ?? Sizes[1];
    }

    private static int? Chosen(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && Sizes.Contains(size) ? size : null;
}
