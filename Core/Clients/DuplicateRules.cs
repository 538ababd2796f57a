using System.Globalization;
using System.Text;
using Platform.Contracts.Clients;

namespace Platform.Core.Clients;

/// <summary>What identifies a person.</summary>
public sealed record ClientIdentity(long Id, string Name, string? Email, string? Phone);

/// <param name="Reasons">Of <see cref="DuplicateReasons"/>.</param>
/// <param name="Ids">Two or more, ascending.</param>
public sealed record DuplicateGroup(IReadOnlyList<string> Reasons, IReadOnlyList<long> Ids);

/// <summary>Finds records that may be one person. A person decides; nothing is merged by itself.</summary>
public static class DuplicateRules
{
    /// <summary>How many letters may be typed differently in two e-mails of one person.</summary>
    private const int Typos = 2;

    /// <summary>Of more people with one name only the first are compared; each is compared with each.</summary>
    private const int MaxNamesakes = 200;

    /// <summary>One record is the lowest of so many groups at most: by phone, mailbox, name, name and e-mail.</summary>
    private const int MaxOfOne = 4;

    /// <summary>Groups by their lowest id. The same records for several reasons are one group.</summary>
    public static IReadOnlyList<DuplicateGroup> Groups(IReadOnlyList<ClientIdentity> people) =>
    [
        .. new[]
        {
            Same(people, p => p.Phone, DuplicateReasons.Phone),
            Same(people, p => Mailbox(p.Email), DuplicateReasons.Mailbox),
            Namesakes(people),
        }
            .SelectMany(found => found)
            .GroupBy(found => string.Join(',', found.Ids))
            .Select(same => new DuplicateGroup([.. same.Select(found => found.Reason).Distinct()], same.First().Ids))
            .OrderBy(group => group.Ids[0]).ThenBy(group => group.Ids[1]),
    ];

    /// <summary>With a number to go on from, which stays the same while groups before it are merged.</summary>
    public static IReadOnlyList<(long Number, DuplicateGroup Group)> Numbered(IReadOnlyList<ClientIdentity> people) =>
    [
        .. Groups(people).GroupBy(group => group.Ids[0])
            .SelectMany(same => same.Select((group, i) => ((same.Key * MaxOfOne) + i, group))),
    ];

    /// <summary>Letters and digits alone, without case and accents.</summary>
    public static string Fold(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var rune in name.Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune)) folded.Append(Rune.ToLowerInvariant(rune));
        }

        return folded.ToString();
    }

    /// <summary>Where the mail ends up with most providers: no tag, no dots, no case.</summary>
    public static string? Mailbox(string? email)
    {
        if (email?.Split('@') is not [var local, var domain]) return null;

        var tag = local.IndexOf('+', StringComparison.Ordinal);
        var box = (tag > 0 ? local[..tag] : local).Replace(".", "", StringComparison.Ordinal);
        return $"{box}@{domain}".ToLower(CultureInfo.InvariantCulture);
    }

    private static IEnumerable<(string Reason, List<long> Ids)> Same(
        IReadOnlyList<ClientIdentity> people, Func<ClientIdentity, string?> by, string reason) =>
        from person in people
        let key = @by(person)
        where key is not null
        group person.Id by key into same
        where same.Count() > 1
        select (reason, same.Order().ToList());

    private static IEnumerable<(string Reason, List<long> Ids)> Namesakes(IReadOnlyList<ClientIdentity> people)
    {
        var byName = people.GroupBy(p => Fold(p.Name)).Where(same => same.Key.Length > 0 && same.Count() > 1);
        foreach (var same in byName)
        {
            var namesakes = same.OrderBy(p => p.Id).Take(MaxNamesakes).ToList();
            var nameless = namesakes.Where(p => p.Email is null).ToList();
            if (nameless.Count > 0) yield return (DuplicateReasons.Name, [.. namesakes.Select(p => p.Id)]);

            var left = namesakes.Except(nameless).ToList();
            while (left is [var first, ..])
            {
                var alike = left.Where(p => AreAlike(Mailbox(first.Email), Mailbox(p.Email))).ToList();
                left = [.. left.Except(alike).Where(p => p != first)];
                if (alike.Count > 1) yield return (DuplicateReasons.NameAndEmail, [.. alike.Select(p => p.Id)]);
            }
        }
    }

    private static bool AreAlike(string? one, string? other)
    {
        if (one is null || other is null) return false;
        return one.Split('@')[0] == other.Split('@')[0] || AreWithin(Typos, one, other);
    }

    /// <summary>
    /// Whether so many letters, put in, left out or exchanged, make one text of the other (Levenshtein).
    /// </summary>
    private static bool AreWithin(int distance, string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > distance) return false;

        var previous = Enumerable.Range(0, other.Length + 1).ToArray();
        foreach (var (letter, i) in one.Select((letter, i) => (letter, i)))
        {
            var current = new int[previous.Length];
            current[0] = i + 1;
            for (var j = 1; j < current.Length; j++)
            {
                var exchanged = previous[j - 1] + (letter == other[j - 1] ? 0 : 1);
                current[j] = Math.Min(exchanged, 1 + Math.Min(previous[j], current[j - 1]));
            }

            previous = current;
        }

        return previous[^1] <= distance;
    }
}
