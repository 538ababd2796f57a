using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore.Query;
using Platform.Api.Http;

namespace Platform.Api.Fhir;

/// <summary>A name of <c>_sort</c>, with its direction.</summary>
internal sealed record FhirSortKey(string Name, bool IsDescending);

/// <summary>
/// Where a page of a search ends: what its last row has of each member that it is sorted by. Opaque to clients.
/// </summary>
internal sealed record SortCursor(IReadOnlyList<long> Values)
{
    public override string ToString() => CursorText.Of([.. Values]);
}

/// <summary>A member by which rows are sorted, and how a cursor writes it.</summary>
internal abstract record SortMember<T>(string Name)
{
    public abstract long Of(T row);

    public abstract bool IsValue(long value);

    public abstract Expression Compare(ParameterExpression row, ExpressionType comparison, long value);

    public abstract IOrderedQueryable<T> Sort(IQueryable<T> rows, IOrderedQueryable<T>? sorted, bool isDescending);

    public static SortMember<T> Number(string name, Expression<Func<T, long>> member) =>
        new SortMember<T, long>(name, member, number => number, number => number, long.MaxValue);

    public static SortMember<T> Instant(string name, Expression<Func<T, DateTimeOffset>> member) =>
        new SortMember<T, DateTimeOffset>(
            name, member, at => at.UtcTicks, ticks => new(ticks, TimeSpan.Zero), DateTime.MaxValue.Ticks);
}

/// <param name="Write">As a cursor has it; likewise <paramref name="Read"/>.</param>
internal sealed record SortMember<T, TValue>(
    string Name, Expression<Func<T, TValue>> Member, Func<TValue, long> Write, Func<long, TValue> Read, long Highest)
    : SortMember<T>(Name)
{
    private readonly Func<T, TValue> _read = Member.Compile();

    public override long Of(T row) => Write(_read(row));

    public override bool IsValue(long value) => value <= Highest;

    public override Expression Compare(ParameterExpression row, ExpressionType comparison, long value)
    {
        var at = Read(value);
        Expression<Func<TValue>> held = () => at; // becomes a parameter: one query, whatever the cursor
        return Expression.MakeBinary(
            comparison, ReplacingExpressionVisitor.Replace(Member.Parameters[0], row, Member.Body), held.Body);
    }

    public override IOrderedQueryable<T> Sort(IQueryable<T> rows, IOrderedQueryable<T>? sorted, bool isDescending) =>
        (sorted, isDescending) switch
        {
            (null, false) => rows.OrderBy(Member),
            (null, true) => rows.OrderByDescending(Member),
            (_, false) => sorted.ThenBy(Member),
            (_, true) => sorted.ThenByDescending(Member),
        };
}

/// <summary>
/// Sorts what is found by the names of <c>_sort </c>, each in its own direction, and goes on behind a cursor.
/// </summary>
/// <param name="last">Sorted by after what is asked for, so that no two rows are alike.</param>
internal sealed class FhirSorting<T>(IReadOnlyList<string> last, params IReadOnlyList<SortMember<T>> members)
{
    /// <summary>False where no page of this search ended so.</summary>
    /// <param name="after">Null on the first page.</param>
    public bool TryRead(FhirQuery query, out IReadOnlyList<long>? after)
    {
        after = query.Cursor is { } text ? CursorText.Read(text) : null;
        if (after is null) return true;

        var orders = OrdersOf(query);
        return after.Count == orders.Count && orders.Zip(after).All(pair => pair.First.Member.IsValue(pair.Second));
    }

    /// <summary>One more than a page has, from behind the cursor on.</summary>
    public IQueryable<T> Page(IQueryable<T> rows, FhirQuery query, IReadOnlyList<long>? after)
    {
        var orders = OrdersOf(query);
        if (after is not null) rows = rows.Where(Behind(orders, after));

        IOrderedQueryable<T>? sorted = null;
        foreach (var (member, isDescending) in orders) sorted = member.Sort(rows, sorted, isDescending);
        return sorted!.Take(query.Count + 1);
    }

    /// <summary>The same of rows that are stored nowhere.</summary>
    public List<T> Page(IEnumerable<T> rows, FhirQuery query, IReadOnlyList<long>? after)
    {
        var orders = OrdersOf(query);
        return [.. Sort(rows, row => row, query).SkipWhile(row => after is not null && !IsBehind(row)).Take(query.Count + 1)];

        bool IsBehind(T row)
        {
            for (var i = 0; i < orders.Count; i++)
            {
                var order = orders[i].Member.Of(row).CompareTo(after[i]);
                if (order != 0) return order > 0 != orders[i].IsDescending;
            }

            return false;
        }
    }

    /// <summary>A page again in its order, which joining it may have changed.</summary>
    public List<TRow> Sort<TRow>(IEnumerable<TRow> page, Func<TRow, T> of, FhirQuery query)
    {
        IOrderedEnumerable<TRow>? sorted = null;
        foreach (var (member, isDescending) in OrdersOf(query))
        {
            sorted = (sorted, isDescending) switch
            {
                (null, false) => page.OrderBy(row => member.Of(of(row))),
                (null, true) => page.OrderByDescending(row => member.Of(of(row))),
                (_, false) => sorted.ThenBy(row => member.Of(of(row))),
                (_, true) => sorted.ThenByDescending(row => member.Of(of(row))),
            };
        }

        return [.. sorted!];
    }

    public SortCursor End(T row, FhirQuery query) => new([.. OrdersOf(query).Select(order => order.Member.Of(row))]);

    private List<(SortMember<T> Member, bool IsDescending)> OrdersOf(FhirQuery query)
    {
        var asked = query.Orders;
        var rest = last.Where(name => asked.All(order => order.Name != name))
            .Select(name => new FhirSortKey(name, asked[^1].IsDescending));
        return [.. asked.Concat(rest).Select(order => (members.Single(m => m.Name == order.Name), order.IsDescending))];
    }

    private static Expression<Func<T, bool>> Behind(
        List<(SortMember<T> Member, bool IsDescending)> orders, IReadOnlyList<long> after)
    {
        var row = Expression.Parameter(typeof(T), "row");
        Expression? behind = null;
        for (var i = orders.Count - 1; i >= 0; i--)
        {
            var (member, isDescending) = orders[i];
            var beyond = member.Compare(
                row, isDescending ? ExpressionType.LessThan : ExpressionType.GreaterThan, after[i]);
            behind = behind is null ? beyond : Expression.OrElse(
                beyond, Expression.AndAlso(member.Compare(row, ExpressionType.Equal, after[i]), behind));
        }

        // What an index is used for: no page costs more than the first.
        var (first, isBackwards) = orders[0];
        var from = first.Compare(
            row, isBackwards ? ExpressionType.LessThanOrEqual : ExpressionType.GreaterThanOrEqual, after[0]);
        return Expression.Lambda<Func<T, bool>>(Expression.AndAlso(from, behind!), row);
    }
}
