using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;
using Platform.Ui.Lists;

namespace Platform.Admin.Web;

public sealed partial class AdminApi
{
    /// <summary>The API numbers pages only within its first 10,000 rows.</summary>
    private const int DeepestRow = 10_000;

    /// <summary>Tenants whose name has the text, or whose slug begins with it.</summary>
    public Task<Answer<IReadOnlyList<TenantResponse>>> FindTenantsAsync(string? q, int limit, CancellationToken ct) =>
        GetAsync<IReadOnlyList<TenantResponse>>(
            At("tenants", [new("q", q), new("limit", Number(limit))]), ct);

    /// <summary>A page of a list whose rows the API counts.</summary>
    private async Task<Answer<IReadOnlyList<T>>> CountedPageAsync<T>(
        string path, ListQuery query, IEnumerable<KeyValuePair<string, string?>> filters, CancellationToken ct)
    {
        var page = await GetAsync<IReadOnlyList<T>>(
            At(path, [.. filters, new("page", Number(query.Page)), new("size", Number(query.Size))]), ct);
        return page is { Page: { } info } && (query.Page + 1) * query.Size > DeepestRow
            ? page with { Page = info with { Next = null } }
            : page;
    }

    /// <summary>A page of a list that goes on behind a cursor.</summary>
    private Task<Answer<IReadOnlyList<T>>> CursorPageAsync<T>(
        string path, ListQuery query, IEnumerable<KeyValuePair<string, string?>> filters, CancellationToken ct) =>
        GetAsync<IReadOnlyList<T>>(
            At(path, [.. filters, new("cursor", query.Cursor), new("limit", Number(query.Size))]), ct);

    /// <summary>How many rows a list has.</summary>
    private async Task<Answer<CountedRows>> CountAsync(
        string path, IEnumerable<KeyValuePair<string, string?>> filters, CancellationToken ct)
    {
        var page = await GetAsync<IReadOnlyList<object>>(At(path, [.. filters, new("page", "1"), new("size", "1")]), ct);
        return page.Ok ? new(new(page.Page?.Total ?? page.Data.Count), null) : new(null, page.Problem);
    }

    /// <summary>Leaves out what is null.</summary>
    private static string At(string path, IEnumerable<KeyValuePair<string, string?>> values) =>
        QueryHelpers.AddQueryString($"{Root}/{path}", values.Where(pair => !string.IsNullOrEmpty(pair.Value)));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}

public sealed record CountedRows(long Count);
