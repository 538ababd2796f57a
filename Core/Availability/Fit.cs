namespace Platform.Core.Availability;

/// <summary>Finds resources that meet all requirements of a service together, wherever there are any that do.</summary>
internal sealed class Fit(SlotQuestion question)
{
    /// <summary>Far more than real services need; an end for those that are made to be hard.</summary>
    private const int MaxSteps = 20_000;

    /// <summary>Whether no resource, nor a part of one, can serve two purposes: then counting is enough.</summary>
    private readonly bool _isSimple =
        question.Candidates.SelectMany(Taken).GroupBy(id => id).All(group => group.Count() == 1);

    /// <summary>How many bookings fit; 0 if not even one does.</summary>
    public int Remaining(IReadOnlyList<FreeResource> free)
    {
        var remaining = int.MaxValue;
        for (var r = 0; r < question.Requirements.Count; r++) // hundreds of times a question: no enumerators
        {
            var requirement = question.Requirements[r];
            var (resources, places) = (0, 0);
            for (var i = 0; i < free.Count; i++)
            {
                if (free[i].Requirement == requirement.Number) (resources, places) = (resources + 1, places + free[i].Places);
            }

            var wanted = WantedOf(requirement);
            if (wanted == 0 || resources < wanted) return 0;
            remaining = Math.Min(remaining, wanted == 1 ? places : LeastOf(free, requirement.Number, wanted, places));
        }

        return _isSimple || Choose(free) is not null ? remaining : 0;
    }

    /// <summary>
    /// As many resources as each requirement asks for: the earliest in the list that go together. Null if
    /// none do.
    /// </summary>
    public IReadOnlyList<FreeResource>? Choose(IReadOnlyList<FreeResource> free)
    {
        var wanted = question.Requirements.SelectMany(r => Enumerable.Repeat(r.Number, WantedOf(r))).ToArray();
        var chosen = new List<FreeResource>(wanted.Length);
        var steps = 0;
        return Place(0, 0) ? chosen : null;

        bool Place(int position, int from)
        {
            if (position == wanted.Length) return true;
            if (position > 0 && wanted[position] != wanted[position - 1]) from = 0;

            for (var i = from; i < free.Count && steps < MaxSteps; i++)
            {
                steps++;
                if (free[i].Requirement != wanted[position] || (!_isSimple && Collides(chosen, free[i]))) continue;

                chosen.Add(free[i]);
                if (Place(position + 1, i + 1)) return true;
                chosen.RemoveAt(chosen.Count - 1);
            }

            return false;
        }
    }

    private int WantedOf(Requirement requirement) => requirement.All
        ? question.Candidates.Count(c => c.Requirement == requirement.Number)
        : requirement.Quantity;

    /// <summary>How often so many different resources can be taken together.</summary>
    private static int LeastOf(IReadOnlyList<FreeResource> free, int requirement, int wanted, int places)
    {
        var times = places / wanted;
        while (times > 1 && free.Where(f => f.Requirement == requirement).Sum(f => Math.Min(f.Places, times)) < times * wanted)
        {
            times--;
        }

        return times;
    }

    private bool Collides(List<FreeResource> chosen, FreeResource next)
    {
        var taken = Taken(question.Candidates[next.Candidate]).ToHashSet();
        return chosen.Any(c => Taken(question.Candidates[c.Candidate]).Any(taken.Contains));
    }

    private static IEnumerable<long> Taken(Candidate candidate) =>
        candidate.ResourceIds;
}
