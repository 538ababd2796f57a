using Platform.Contracts;
using Platform.Core.Availability;

namespace Platform.Core.Catalogue;

public static class ResourceRules
{
    /// <summary>How deep resources may nest: building, floor, hall, half, table.</summary>
    public const int MaxLevels = 5;

    public static Rejection? CheckZone(string? timeZone) =>
        timeZone is null || ZoneRules.Find(timeZone) is not null
            ? null
            : new(RejectionKind.Invalid, Codes.UnknownTimeZone, "The time zone must be an IANA name.", "timeZone");

    /// <param name="id">The resource that becomes a part; null for a new one.</param>
    /// <param name="parents">The parent of each resource that has one.</param>
    public static Rejection? CheckParent(long? id, long parentId, IReadOnlyDictionary<long, long> parents)
    {
        var above = 1; // the parent itself
        for (var at = parentId; ; above++)
        {
            if (at == id) return Refused("A resource cannot be part of itself.");
            if (above > MaxLevels || !parents.TryGetValue(at, out at)) break;
        }

        return above + LevelsFrom(id, parents) > MaxLevels
            ? Refused($"Resources nest at most {MaxLevels} levels deep.")
            : null;
    }

    /// <summary>The resource and what is below it.</summary>
    private static int LevelsFrom(long? id, IReadOnlyDictionary<long, long> parents)
    {
        var (levels, level) = (0, new HashSet<long?> { id });
        while (level.Count > 0 && levels <= MaxLevels)
        {
            levels++;
            level = [.. parents.Where(p => level.Contains(p.Value)).Select(p => (long?)p.Key)];
        }

        return levels;
    }

    private static Rejection Refused(string detail) =>
        new(RejectionKind.Invalid, Codes.InvalidParent, detail, "parentId");
}
