using System.Buffers.Text;
using System.Globalization;
using System.Linq.Expressions;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;

namespace Platform.Api.Http;

/// <summary>Where a page of a list that is sorted by number ends. Opaque to clients.</summary>
internal sealed record IdCursor(long Id)
{
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Id}"));

    public static bool TryParse(string? text, out IdCursor? cursor)
    {
        cursor = text is { Length: > 0 and < 40 } && Base64Url.IsValid(text)
            && long.TryParse(
                Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)), NumberStyles.None, CultureInfo.InvariantCulture,
                out var id)
                ? new(id)
                : null;
        return cursor is not null;
    }
}

/// <summary><c>?active=true|false|all</c>; those that are active where it is absent.</summary>
internal sealed record ActiveFilter(bool? Active)
{
    public static bool TryParse(string? text, out ActiveFilter? filter)
    {
        filter = text switch
        {
            "true" => new(true),
            "false" => new(false),
            "all" => new((bool?)null),
            _ => null,
        };
        return filter is not null;
    }
}

/// <summary>
/// Which page of a list: what comes behind a cursor, however deep; or by its number, as people leaf, within the first
/// 10,000 rows: what lies before a numbered page is counted each time.
/// </summary>
/// <param name="Cursor"><c>meta.page.next</c> of the page before.</param>
/// <param name="Limit">1 to 200 rows; 50 where neither it nor <paramref name="Size"/> is there.</param>
/// <param name="Page">From 1; then <c>meta.page.total</c> says how many rows there are.</param>
/// <param name="Size">The same as <paramref name="Limit"/>.</param>
internal sealed record PageQuery(
    [FromQuery(Name = "cursor")] IdCursor? Cursor,
    [FromQuery(Name = "limit")] int? Limit,
    [FromQuery(Name = "page")] int? Page,
    [FromQuery(Name = "size")] int? Size) : ICheckedQuery
{
    private const int MostRows = 200, DefaultRows = 50, Deepest = 10_000;

    public int Rows => Size ?? Limit ?? DefaultRows;

    public int Before => ((Page ?? 1) - 1) * Rows;

    public IEnumerable<FieldError> Faults()
    {
        if (Limit is < 1 or > MostRows) yield return new("limit", "RANGE", $"It is 1 to {MostRows}.");
        if (Size is < 1 or > MostRows) yield return new("size", "RANGE", $"It is 1 to {MostRows}.");
        if (Page is < 1) yield return new("page", "RANGE", "Pages are counted from 1.");
        if (Page > 1 && (long)Page * Math.Max(Rows, 1) > Deepest)
        {
            yield return new("page", "RANGE", $"Pages have numbers within the first {Deepest} rows; go on by cursor.");
        }

        if (Page is not null && Cursor is not null) yield return new("page", "INVALID", "Either page or cursor.");
    }
}

internal static class Paging
{
    extension<T>(IQueryable<T> rows)
    {
        /// <summary>One page by number, as entities that are only read.</summary>
        public async Task<Page<T>> PageAsync(Expression<Func<T, long>> id, PageQuery page, CancellationToken ct)
        {
            var total = page.Page is null ? (long?)null : await rows.LongCountAsync(ct);
            if (page.Cursor is { } cursor)
            {
                var isAfter = Expression.GreaterThan(id.Body, Expression.Constant(cursor.Id));
                rows = rows.Where(Expression.Lambda<Func<T, bool>>(isAfter, id.Parameters));
            }

            var sorted = rows.OrderBy(id);
            var found = await (page.Before == 0 ? sorted : sorted.Skip(page.Before)).Take(page.Rows + 1).ToListAsync(ct);
            if (found.Count <= page.Rows) return new(found, null, page.Rows, total);

            found.RemoveAt(page.Rows);
            return new(found, new IdCursor(id.Compile()(found[^1])).ToString(), page.Rows, total);
        }
    }
}
