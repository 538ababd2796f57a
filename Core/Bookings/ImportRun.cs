using Platform.Contracts.Bookings;
using Platform.Core.Availability;

namespace Platform.Core.Bookings;

/// <summary>What is known of the rows of a file while it is imported.</summary>
internal sealed class ImportRun(ImportOrder order)
{
    private readonly Dictionary<int, ImportResult> _results = [];
    private readonly Dictionary<string, int> _rowOf = [];

    public ImportOrder Order => order;

    /// <summary>What the rows so far would take, in a dry run.</summary>
    public ImportedTimes Taken { get; } = new();

    /// <returns>False for a repetition of an earlier row of the file.</returns>
    public bool Know(ImportDraft draft)
    {
        if (_rowOf.TryAdd(draft.Former.Uid, draft.Row.Number)) return true;

        _results[draft.Row.Number] = Result(draft.Row, ImportStatuses.Skipped) with
        {
            Message = $"It is row {_rowOf[draft.Former.Uid]} again.",
        };
        return false;
    }

    public void Import(ImportRow row, long? bookingId) =>
        _results[row.Number] = Result(row, ImportStatuses.Imported) with { BookingId = bookingId };

    public void Update(ImportRow row, long bookingId) =>
        _results[row.Number] = Result(row, ImportStatuses.Updated) with { BookingId = Order.DryRun ? null : bookingId };

    public void Skip(ImportRow row, long? bookingId) =>
        _results[row.Number] = Result(row, ImportStatuses.Skipped) with
        {
            BookingId = bookingId,
            Message = row.SkippedBecause,
        };

    public void Refuse(ImportRow row, Rejection rejection) =>
        _results[row.Number] = Result(row, ImportStatuses.Refused) with
        {
            Code = rejection.Code,
            Field = rejection.Field,
            Message = rejection.Detail,
        };

    public ImportResult ResultOf(ImportRow row) => _results[row.Number];

    private static ImportResult Result(ImportRow row, string status) => new(row.Number, row.Line, status, row.ExternalId);
}

/// <summary>What is taken of resources, and grows as rows find their places.</summary>
internal sealed class ImportedTimes
{
    private readonly Dictionary<long, List<Busy>> _byResource = [];

    public void Add(long resourceId, Busy busy)
    {
        if (!_byResource.TryGetValue(resourceId, out var all)) _byResource[resourceId] = all = [];
        all.Add(busy);
    }

    public void Add(ImportDraft draft, Allotment allotment)
    {
        foreach (var place in allotment.Places)
        {
            Add(place.ResourceId, new(
                draft.Occupied, place.Units, allotment.Session ?? 0, draft.Request.PartySize ?? 1));
        }
    }

    /// <summary>What of this and of <paramref name="other"/> could be in the way of a row.</summary>
    public Taken Near(ImportDraft draft, ImportedTimes other)
    {
        var occupied = draft.Occupied;
        var ids = draft.Service.Candidates
            .SelectMany(c => (c.Parts ?? []).Select(part => part.ResourceId).Prepend(c.ResourceId)).Distinct();
        return new(
            ids.SelectMany(id => Of(id).Concat(other.Of(id)).Where(b => b.Occupied.Overlaps(occupied)).Select(b => (id, b)))
                .ToLookup(b => b.id, b => b.b),
            []);
    }

    private List<Busy> Of(long resourceId) => _byResource.GetValueOrDefault(resourceId) ?? [];
}
