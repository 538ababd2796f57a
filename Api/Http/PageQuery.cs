using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;

namespace Platform.Api.Http;

/// <summary><c>?active=true|false|all</c>; those that are active where it is absent.</summary>
[OneOf("true", "false", "all")]
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

/// <summary>Which page of a list: what comes behind a cursor, however deep.</summary>
internal record CursorQuery<TCursor> : ICheckedQuery where TCursor : class
{
    protected const int MaxRows = 200, DefaultRows = 50;

    [FromQuery(Name = "cursor"), Description("`meta.page.next` of the page before.")]
    public TCursor? Cursor { get; init; }

    [FromQuery(Name = "limit"), Range(1, MaxRows), Description("How many rows; 50 where it is absent.")]
    public int? Limit { get; init; }

    public virtual int Rows => Limit ?? DefaultRows;

    public virtual IEnumerable<FieldError> Errors() => OutOfRange("limit", Limit);

    protected static IEnumerable<FieldError> OutOfRange(string field, int? rows) =>
        rows is < 1 or > MaxRows ? [new(field, "RANGE", $"The value must be 1 to {MaxRows}.")] : [];
}

/// <summary>
/// Which page of a list: behind a cursor, or by its number within the first 10,000 rows: what lies
/// before a numbered page is counted each time.
/// </summary>
internal record PageQuery<TCursor> : CursorQuery<TCursor> where TCursor : class
{
    private const int Deepest = 10_000;

    [FromQuery(Name = "page"), Range(1, Deepest)]
    [Description("From 1, within the first 10,000 rows; then `meta.page.total` says how many there are. Not with `cursor`.")]
    public int? Page { get; init; }

    [FromQuery(Name = "size"), Range(1, MaxRows), Description("The same as `limit`.")]
    public int? Size { get; init; }

    public override int Rows => Size ?? base.Rows;

    /// <summary>How many rows are skipped.</summary>
    public int Before => ((Page ?? 1) - 1) * Rows;

    public override IEnumerable<FieldError> Errors()
    {
        foreach (var error in base.Errors().Concat(OutOfRange("size", Size))) yield return error;
        if (Page is < 1) yield return new("page", "RANGE", "`page` must be at least 1.");
        if (Page > 1 && (long)Page * Math.Max(Rows, 1) > Deepest)
        {
            yield return new("page", "RANGE", $"Numbered pages end at row {Deepest}; use a cursor for further rows.");
        }

        if (Page is not null && Cursor is not null) yield return new("page", "INVALID", "`page` and `cursor` must not be combined.");
    }
}

/// <summary>Which page of a list that is sorted by number.</summary>
internal sealed record PageQuery : PageQuery<IdCursor>;

/// <summary>Which page of a list that is sorted by time and number.</summary>
internal sealed record TimePageQuery : PageQuery<TimeCursor>;

internal static class Pages
{
    extension<T>(IQueryable<T> rows)
    {
        /// <summary>One page by number, as entities that are only read.</summary>
        public async Task<Page<T>> PageAsync(Expression<Func<T, long>> id, PageQuery page, CancellationToken ct)
        {
            var total = await rows.TotalAsync(page, ct);
            var found = await rows.PageRows(id, page).ToListAsync(ct);
            return found.ToPage(page.Rows, row => new IdCursor(id.Compile()(row)), total);
        }

        /// <summary>What <see cref="ToPage"/> needs for one page by number.</summary>
        public IQueryable<T> PageRows(Expression<Func<T, long>> id, PageQuery page)
        {
            if (page.Cursor is { } cursor)
            {
                Expression<Func<long>> last = () => cursor.Id; // becomes a parameter: one query, whatever the cursor
                var isAfter = Expression.GreaterThan(id.Body, last.Body);
                rows = rows.Where(Expression.Lambda<Func<T, bool>>(isAfter, id.Parameters));
            }

            return rows.OrderBy(id).PageRows(page);
        }

        /// <summary>The same of rows that are sorted, and begin behind the cursor if there is one.</summary>
        public IQueryable<T> PageRows<TCursor>(PageQuery<TCursor> page) where TCursor : class =>
            (page.Before == 0 ? rows : rows.Skip(page.Before)).Take(page.Rows + 1);

        /// <summary>Counted only for numbered pages.</summary>
        public async Task<long?> TotalAsync<TCursor>(PageQuery<TCursor> page, CancellationToken ct) where TCursor : class =>
            page.Page is null ? null : await rows.LongCountAsync(ct);
    }

    extension<T>(IReadOnlyList<T> read)
    {
        /// <summary>
        /// One more row was read than a page holds, if there is one: it shows that another page follows.
        /// </summary>
        /// <param name="end">The cursor of a page that ends with a row.</param>
        public Page<T> ToPage(int rows, Func<T, object> end, long? total = null) => read.Count <= rows
            ? new(read, null, rows, total)
            : new([.. read.Take(rows)], end(read[rows - 1]).ToString(), rows, total);
    }
}
