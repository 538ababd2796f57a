using NodaTime;
using Platform.Contracts.Bookings;
using Platform.Core.Storage;

namespace Platform.Core.Bookings.Series;

/// <summary>Series as answers show them.</summary>
public static class SeriesViews
{
    public static SeriesResponse ToResponse(BookingSeries series, IReadOnlyList<SeriesOccurrence> occurrences) => new(
        series.Id, series.Uid, series.ServiceId, series.TimeZone,
        SeriesPlan.Text(LocalDateTime.FromDateTime(series.StartLocal)), series.DurationMinutes, series.Rrule,
        series.Status, series.ClientId, series.PartySize, series.Note, series.Version, occurrences, series.IsComplete)
    {
        Stamps = series.ToStamps(),
    };

    /// <summary>Null if the series does not exist.</summary>
    public static async Task<SeriesResponse?> FindAsync(TenantDb db, long id, CancellationToken ct) =>
        (await ListAsync(db, db.Series.Where(s => s.Id == id), ct)).SingleOrDefault();

    /// <summary>Of a series that exists.</summary>
    public static async Task<SeriesResponse> GetAsync(TenantDb db, long id, CancellationToken ct) =>
        (await ListAsync(db, db.Series.Where(s => s.Id == id), ct)).Single();

    /// <summary>In three statements, however many there are. Dates without a booking say why.</summary>
    public static async Task<IReadOnlyList<SeriesResponse>> ListAsync(
        TenantDb db, IQueryable<BookingSeries> wanted, CancellationToken ct)
    {
        var series = await wanted.OrderBy(s => s.Id).AsNoTracking().ToListAsync(ct);
        var ids = series.Select(s => (long?)s.Id).ToList();
        var bookings = (await db.Bookings.Where(b => ids.Contains(b.SeriesId))
            .OrderBy(b => b.Occurrence).ThenBy(b => b.Id)
            .Select(b => new { b.SeriesId, b.Occurrence, b.StartAt, b.Id, b.Status })
            .ToListAsync(ct)).ToLookup(b => b.SeriesId);
        var skips = (await db.SeriesSkips.Where(s => ids.Contains(s.SeriesId)).AsNoTracking().ToListAsync(ct))
            .ToLookup(s => s.SeriesId);

        return
        [
            .. series.Select(s => ToResponse(s,
            [
                .. bookings[s.Id].Select(b => new SeriesOccurrence(
                        SeriesPlan.Text(LocalDateTime.FromDateTime(b.Occurrence!.Value)), b.StartAt, b.Id, b.Status))
                    .Concat(skips[s.Id].Select(skip => new SeriesOccurrence(skip.Local, skip.StartAt, Code: skip.Code)))
                    .OrderBy(o => o.Local, StringComparer.Ordinal),
            ])),
        ];
    }
}
