using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;

namespace Platform.Hub.Web.Calendar;

/// <summary>Open time of a resource in which nothing is booked.</summary>
public sealed record FreeGap(string Resource, DateTimeOffset Start, DateTimeOffset End);

public static class FreeGaps
{
    private static readonly TimeSpan MinGap = TimeSpan.FromMinutes(15);

    private static readonly string[] Gone =
        [BookingStatuses.Cancelled, BookingStatuses.Rejected, BookingStatuses.Expired, BookingStatuses.NoShow];

    /// <summary>From now on, in order of time. Buffers count as taken.</summary>
    public static List<FreeGap> Of(
        IEnumerable<OpeningResponse> openings, IReadOnlyList<BookingResponse> bookings,
        IReadOnlyList<ResourceResponse> resources, DateTimeOffset now)
    {
        List<FreeGap> gaps = [];
        foreach (var opening in openings)
        {
            if (resources.FirstOrDefault(r => r.Id == opening.ResourceId) is not { Capacity: 1 } resource) continue;

            var from = opening.Start > now ? opening.Start : now;
            var taken = bookings.Where(b => !Gone.Contains(b.Status) && b.Resources.Any(r => r.Id == resource.Id))
                .Select(b => (
                    Start: b.Start.AddMinutes(-b.BeforeBufferMinutes), End: b.End.AddMinutes(b.AfterBufferMinutes)))
                .Where(time => time.End > from && time.Start < opening.End)
                .OrderBy(time => time.Start);
            foreach (var (start, end) in taken)
            {
                Add(resource.Name, from, start);
                if (end > from) from = end;
            }

            Add(resource.Name, from, opening.End);
        }

        return [.. gaps.OrderBy(gap => gap.Start).ThenBy(gap => gap.Resource, StringComparer.CurrentCulture)];

        void Add(string resource, DateTimeOffset start, DateTimeOffset end)
        {
            if (end - start >= MinGap) gaps.Add(new(resource, start, end));
        }
    }
}
