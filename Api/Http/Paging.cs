using System.Buffers.Text;
using System.Globalization;
using System.Linq.Expressions;
using System.Text;
using Microsoft.EntityFrameworkCore;

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

internal static class Paging
{
    extension<T>(IQueryable<T> rows)
    {
        /// <summary>One page by number, as entities that are only read.</summary>
        public async Task<(List<T> Rows, string? Next)> PageAsync(
            Expression<Func<T, long>> id, IdCursor? cursor, int limit, CancellationToken ct)
        {
            if (cursor is not null)
            {
                var isAfter = Expression.GreaterThan(id.Body, Expression.Constant(cursor.Id));
                rows = rows.Where(Expression.Lambda<Func<T, bool>>(isAfter, id.Parameters));
            }

            var found = await rows.OrderBy(id).Take(limit + 1).ToListAsync(ct);
            if (found.Count <= limit) return (found, null);

            found.RemoveAt(limit);
            return (found, new IdCursor(id.Compile()(found[^1])).ToString());
        }
    }
}
