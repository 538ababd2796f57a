using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Slots;

namespace Platform.Core.Bookings.Imports;

/// <summary>What is known of the rows of a file while it is imported.</summary>
internal sealed class ImportRun(ImportSettings settings)
{
    private readonly Dictionary<int, ImportResult> _results = [];
    private readonly Dictionary<string, int> _rowOf = [];

    public ImportSettings Settings => settings;

    /// <summary>What the rows so far would take, in a dry run.</summary>
    public ImportedTimes Occupied { get; } = new();

    /// <returns>False for a repetition of an earlier row of the file.</returns>
    public bool Know(ImportableBooking importable)
    {
        if (_rowOf.TryAdd(importable.Former.Uid, importable.Row.Number)) return true;

        _results[importable.Row.Number] = Result(importable.Row, ImportStatuses.Skipped) with
        {
            Message = $"The row repeats row {_rowOf[importable.Former.Uid]}.",
        };
        return false;
    }

    public void Import(ImportRow row, long? bookingId) =>
        _results[row.Number] = Result(row, ImportStatuses.Imported) with { BookingId = bookingId };

    public void Update(ImportRow row, long bookingId) =>
        _results[row.Number] = Result(row, ImportStatuses.Updated) with { BookingId = Settings.DryRun ? null : bookingId };

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
    private readonly Dictionary<long, List<OccupiedTime>> _byResource = [];

    public void Add(long resourceId, OccupiedTime time)
    {
        if (!_byResource.TryGetValue(resourceId, out var all)) _byResource[resourceId] = all = [];
        all.Add(time);
    }

    public void Add(ImportableBooking importable, ChosenResources chosen)
    {
        foreach (var place in chosen.Items)
        {
            Add(place.ResourceId, new(
                importable.Occupied, place.Units, chosen.Session ?? 0, importable.Request.PartySize ?? 1));
        }
    }

    /// <summary>What of this and of <paramref name="other"/> could be in the way of a row.</summary>
    public OccupiedTimes Near(ImportableBooking importable, ImportedTimes other)
    {
        var occupied = importable.Occupied;
        var ids = importable.Service.Candidates
            .SelectMany(c => c.ResourceIds).Distinct();
        return new(
            ids.SelectMany(id => Of(id).Concat(other.Of(id)).Where(b => b.Range.Overlaps(occupied)).Select(b => (id, b)))
                .ToLookup(b => b.id, b => b.b),
            []);
    }

    private List<OccupiedTime> Of(long resourceId) => _byResource.GetValueOrDefault(resourceId) ?? [];
}
