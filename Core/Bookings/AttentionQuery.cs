using Npgsql;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;
using Platform.Core.Bookings.Series;
using Platform.Core.Bookings.Slots;
using Platform.Core.Storage;

namespace Platform.Core.Bookings;

/// <param name="Next">Where to go on; null if every booking was looked at.</param>
public sealed record AttentionPage(IReadOnlyList<AttentionItem> Found, (DateTimeOffset Start, long Id)? Next);

/// <summary>A booking, or a date of a series that has none.</summary>
public sealed record AttentionItem(
    BookingView? Booking, AttentionSeries? Series, IReadOnlyList<AttentionReason> Reasons)
{
    /// <summary>Dates of series before bookings of the same start.</summary>
    internal (DateTimeOffset Start, long Id) Place => (Series?.Start ?? Booking!.Booking.StartAt, Booking?.Booking.Id ?? 0);
}

/// <summary>
/// Finds future bookings that the current rules would refuse, and dates of series that could not be booked. Two
/// statements read a page of bookings with all allocations around them, one each service that they are of, three
/// what is found.
/// </summary>
public sealed class AttentionQuery(TenantDb db, CatalogueCache cache, TimeProvider clock)
{
    /// <summary>So many are looked at for one answer, however few of them are found.</summary>
    private const int PageSize = 2_000;

    private const string Upcoming = $"""
        select b.id, b.service_id, b.start_at, b.end_at, b.before_buffer_minutes, b.after_buffer_minutes, b.party_size
        from bookings b
        where b.status in {BookingStatusSql.Upcoming} and b.start_at > $1 and (b.start_at, b.id) > ($2, $3)
        order by b.start_at, b.id limit $4
        """;

    /// <summary>A day beside them: no buffer is longer.</summary>
    private const string Allocations = $"""
        with page as ({Upcoming})
        select a.booking_id, a.resource_id, r.name, r.active, r.capacity, a.part_of is not null,
            lower(a.occupied), upper(a.occupied), a.units, coalesce(a.session_key, 0), a.seats,
            b.start_at - make_interval(mins => s.before_buffer_minutes),
            b.end_at + make_interval(mins => s.after_buffer_minutes),
            b.source <> '{BookingSources.Import}' and exists (
                select from outside_busy_times t where t.resource_id = a.resource_id and t.during && a.occupied)
        from allocations a
        join bookings b on b.id = a.booking_id
        join services s on s.id = b.service_id
        join resources r on r.id = a.resource_id
        where a.active and (a.expires_at is null or a.expires_at > $1)
            and a.occupied && (select tstzrange(min(start_at) - interval '1 day', max(end_at) + interval '1 day') from page)
        order by a.resource_id
        """;

    /// <param name="after">The last booking that was looked at before.</param>
    public async Task<AttentionPage> ReadAsync((DateTimeOffset Start, long Id)? after, int count, CancellationToken ct)
    {
        var now = clock.Now;
        var from = after ?? (now, 0L);
        var (bookings, allocations) = await ReadPageAsync(now, from, ct);
        var services = await ServiceReader.ReadAsync(
            statements => SendAsync(statements, ct), [.. bookings.Select(b => b.ServiceId).Distinct()], db.Tenant, cache,
            now, ct);

        var units = new BookedCapacity(allocations);
        var found = bookings
            .Select(b => (Booking: b, Reasons: AttentionRules.Reasons(b, services.GetValueOrDefault(b.ServiceId), units)))
            .Where(b => b.Reasons.Count > 0).Take(count).ToList();
        var last = found.Count == count ? found[^1].Booking : bookings.Count == PageSize ? bookings[^1] : null;

        var views = (await BookingQuery.FindAsync(db, [.. found.Select(f => f.Booking.Id)], ct))
            .ToDictionary(v => v.Booking.Id);
        return ToPage(
            [
                .. (await DatesAsync(from.Item1, last?.Time.Start, count + 1, ct))
                    .Concat(found.Where(f => views.ContainsKey(f.Booking.Id))
                        .Select(f => new AttentionItem(views[f.Booking.Id], null, f.Reasons)))
                    .OrderBy(item => item.Place),
            ],
            count, last is null ? null : (last.Time.Start, last.Id));
    }

    /// <summary>As many as a page holds, and dates of series that start at the same time as the last of them.</summary>
    private static AttentionPage ToPage(
        IReadOnlyList<AttentionItem> items, int count, (DateTimeOffset Start, long Id)? next)
    {
        if (items.Count <= count) return new(items, next);

        var end = items[count - 1].Place;
        var page = items.Take(count).Concat(items.Skip(count).TakeWhile(item => item.Place == end)).ToList();
        return new(page, page.Count < items.Count ? end : next);
    }

    /// <summary>Dates of series that a job could not book.</summary>
    /// <param name="from">Exclusive.</param>
    /// <param name="to">Inclusive; null without end.</param>
    private async Task<IEnumerable<AttentionItem>> DatesAsync(
        DateTimeOffset from, DateTimeOffset? to, int count, CancellationToken ct)
    {
        var (skips, series) = (db.SeriesSkips, db.Series);
        var rows = await (
            from skip in skips
            join s in series on skip.SeriesId equals s.Id
            where skip.FoundLater && skip.StartAt > @from && (to == null || skip.StartAt <= to)
                && s.Status == SeriesStatuses.Active
            orderby skip.StartAt, skip.SeriesId
            select new { skip.Local, skip.StartAt, skip.Code, s.Id, s.ServiceId, s.ClientId }).Take(count).ToListAsync(ct);

        return rows.Select(row => new AttentionItem(
            null, new(row.Id, row.ServiceId, row.ClientId, row.Local, row.StartAt!.Value),
            [new(row.Code, "The date of the series could not be booked.")]));
    }

    private async Task<(List<UpcomingBooking> Bookings, List<BookedAllocation> Allocations)> ReadPageAsync(
        DateTimeOffset now, (DateTimeOffset Start, long Id) after, CancellationToken ct)
    {
        await using var reader = await SendAsync(
            [
                TenantSql.Statement(Upcoming, now, after.Start, after.Id, PageSize),
                TenantSql.Statement(Allocations, now, after.Start, after.Id, PageSize),
            ],
            ct);
        List<UpcomingBooking> bookings = [];
        while (await reader.ReadAsync(ct))
        {
            var time = new TimeRange(reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<DateTimeOffset>(3));
            bookings.Add(new(
                reader.GetInt64(0), reader.GetInt64(1), time,
                time.Widen(TimeSpan.FromMinutes(reader.GetInt32(4)), TimeSpan.FromMinutes(reader.GetInt32(5))),
                reader.GetInt32(6), []));
        }

        await reader.NextResultAsync(ct);
        List<BookedAllocation> allocations = [];
        while (await reader.ReadAsync(ct)) allocations.Add(AllocationOf(reader));

        var byBooking = allocations.ToLookup(allocation => allocation.BookingId);
        return ([.. bookings.Select(b => b with { Allocations = [.. byBooking[b.Id]] })], allocations);
    }

    private static BookedAllocation AllocationOf(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetBoolean(3), row.GetInt32(4), row.GetBoolean(5),
        new(
            new(row.GetFieldValue<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7)), row.GetInt32(8), row.GetInt64(9),
            row.GetInt32(10)),
        new(row.GetFieldValue<DateTimeOffset>(11), row.GetFieldValue<DateTimeOffset>(12)), row.GetBoolean(13));

    /// <summary>In the transaction of the request.</summary>
    private async Task<NpgsqlDataReader> SendAsync(IEnumerable<NpgsqlBatchCommand> statements, CancellationToken ct)
    {
        var batch = new NpgsqlBatch((NpgsqlConnection)db.Database.GetDbConnection()); // holds nothing to dispose of
        foreach (var statement in statements) batch.BatchCommands.Add(statement);
        return await batch.ExecuteReaderAsync(ct);
    }
}
