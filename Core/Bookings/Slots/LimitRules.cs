using NodaTime;
using Platform.Contracts.Bookings;
using Platform.Core.Availability;

namespace Platform.Core.Bookings.Slots;

/// <summary>How much of a service's limits is used around a date, without the booking that is to move.</summary>
/// <param name="Ahead">How many bookings the client has that are not over.</param>
/// <param name="OfClient">The client's bookings: those of the date, and those ahead.</param>
internal sealed record LimitCounts(
    int Day, int DayMinutes, int Week, int WeekMinutes, int Ahead, int ClientDay, int Held,
    IReadOnlyDictionary<long, int> Resources, IReadOnlyList<BookedTime> OfClient);

/// <summary>Which limit lets no further booking in.</summary>
internal static class LimitRules
{
    public const string PerClient = "perClient", PerClientPerDay = "perClientPerDay", HoldsPerClient = "holdsPerClient";

    /// <param name="minutes">How long the further booking would be.</param>
    /// <param name="resourceIds">Those that it may take.</param>
    public static ReachedLimit? Reached(
        BookableService service, LimitCounts use, DateOnly date, int minutes, IReadOnlyList<long> resourceIds)
    {
        var (limits, organisation) = (service.Limits, service.Organisation);
        var week = LimitUse.WeekOf(LocalDate.FromDateOnly(date), organisation.WeekStart).ToDateOnly();
        var full = resourceIds.Where(id => use.Resources.GetValueOrDefault(id) >= limits.PerResourcePerDay).ToList();

        return Of(PerClientPerDay, limits.PerClientPerDay, use.ClientDay, 1) is { } ofDay
                ? Day(ofDay) with { Bookings = [.. use.OfClient.Where(b => b.Date == date)] }
            : Of(PerClient, limits.PerClient, use.Ahead, 1) is { } ofClient ? ofClient with { Bookings = use.OfClient }
            : Of(HoldsPerClient, organisation.HoldsPerClient, use.Held, 1) is { } holds ? holds
            : Of("perDay", limits.PerDay, use.Day, 1) is { } day ? Day(day)
            : Of("minutesPerDay", limits.MinutesPerDay, use.DayMinutes, minutes) is { } dayMinutes ? Day(dayMinutes)
            : Of("perWeek", limits.PerWeek, use.Week, 1) is { } ofWeek ? Week(ofWeek)
            : Of("minutesPerWeek", limits.MinutesPerWeek, use.WeekMinutes, minutes) is { } weekMinutes ? Week(weekMinutes)
            : full is [var id, ..]
                ? Day(new("perResourcePerDay", limits.PerResourcePerDay!.Value, use.Resources[id])) with { ResourceId = id }
            : null;

        ReachedLimit Day(ReachedLimit limit) => limit with { From = date, To = date };

        ReachedLimit Week(ReachedLimit limit) => limit with { From = week, To = week.AddDays(6) };
    }

    /// <summary>Which limit of the service itself, independent of the client.</summary>
    /// <param name="days">What is booked of the service.</param>
    /// <param name="requestedIds">The resources that were asked for; none: any of the service.</param>
    public static ReachedLimit? Reached(
        BookableService service, IReadOnlyList<DayUse> days, DateTimeOffset start, TimeSpan length,
        IReadOnlyList<long> requestedIds)
    {
        if (DateOf(service, start) is not { } date) return null;

        var week = LimitUse.WeekOf(LocalDate.FromDateOnly(date), service.Organisation.WeekStart);
        var ofAll = days.Where(use => use.ResourceId is null).ToList();
        var ofDay = ofAll.Where(use => use.Date == LocalDate.FromDateOnly(date)).ToList();
        var ofWeek = ofAll.Where(use => use.Date >= week && use.Date <= week.PlusDays(6)).ToList();
        var resources = days.Where(use => use.ResourceId is not null && use.Date == LocalDate.FromDateOnly(date))
            .GroupBy(use => use.ResourceId!.Value).ToDictionary(use => use.Key, use => use.Sum(one => one.Bookings));
        return Reached(
            service,
            new(
                ofDay.Sum(use => use.Bookings), ofDay.Sum(use => use.Minutes), ofWeek.Sum(use => use.Bookings),
                ofWeek.Sum(use => use.Minutes), 0, 0, 0, resources, []),
            date, (int)length.TotalMinutes,
            requestedIds.Count > 0 ? requestedIds : [.. service.Candidates.Select(c => c.ResourceId).Distinct()]);
    }

    /// <summary>The day that a start counts for, in the zone of the first requirement's resource.</summary>
    public static DateOnly? DateOf(BookableService service, DateTimeOffset start) =>
        service.Requirements is [var first, ..]
        && service.Candidates.FirstOrDefault(c => c.Requirement == first.Number) is { } leading
            ? ZoneRules.DateOf(start, leading.Zone).ToDateOnly()
            : null;

    public static Rejection ToRejection(ReachedLimit limit)
    {
        var when = limit.From is null ? "" : limit.From == limit.To ? $" on {limit.From:yyyy-MM-dd}"
            : $" from {limit.From:yyyy-MM-dd} to {limit.To:yyyy-MM-dd}";
        var detail = $"The limit {limit.Name} is {limit.Max}, and {limit.Used} are used{when}.";
        return BookingRules.LimitReached with { Detail = detail, Extras = new() { Limit = limit } };
    }

    private static ReachedLimit? Of(string name, int? max, int used, int more) =>
        max is { } most && used + more > most ? new(name, most, used) : null;
}
