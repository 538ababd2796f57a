using NodaTime;
using Platform.Contracts.Catalogue;

namespace Platform.Core.Availability;

/// <summary>What has been booked of a service on one local date.</summary>
/// <param name="ResourceId">Null: of the service as a whole.</param>
public readonly record struct DayUse(LocalDate Date, long? ResourceId, int Bookings, int Minutes);

/// <summary>A service's limits beside what has been booked already.</summary>
public sealed class LimitUse
{
    private readonly ServiceLimits _limits;
    private readonly IsoDayOfWeek _weekStart;
    private readonly Dictionary<LocalDate, (int Bookings, int Minutes)> _days = [];
    private readonly Dictionary<LocalDate, (int Bookings, int Minutes)> _weeks = [];
    private readonly Dictionary<(LocalDate, long), int> _resources = [];

    public LimitUse(ServiceLimits limits, IsoDayOfWeek weekStart, IEnumerable<DayUse> use)
    {
        (_limits, _weekStart) = (limits, weekStart);

        foreach (var (date, resourceId, bookings, minutes) in use)
        {
            if (resourceId is { } id)
            {
                _resources[(date, id)] = _resources.GetValueOrDefault((date, id)) + bookings;
                continue;
            }

            var (day, week) = (_days.GetValueOrDefault(date), _weeks.GetValueOrDefault(WeekOf(date)));
            _days[date] = (day.Bookings + bookings, day.Minutes + minutes);
            _weeks[WeekOf(date)] = (week.Bookings + bookings, week.Minutes + minutes);
        }
    }

    /// <summary>How many more bookings of that length may start on this date, in the resource's zone.</summary>
    public int Left(LocalDate date, int minutes)
    {
        var day = _days.GetValueOrDefault(date);
        var week = _weeks.GetValueOrDefault(WeekOf(date));

        return Math.Max(0, Math.Min(
            Math.Min(Bookings(_limits.PerDay, day.Bookings), Bookings(_limits.PerWeek, week.Bookings)),
            Math.Min(Lengths(_limits.MinutesPerDay, day.Minutes), Lengths(_limits.MinutesPerWeek, week.Minutes))));

        int Lengths(int? limit, int used) => limit is { } max ? (max - used) / minutes : int.MaxValue;
    }

    /// <summary>The same of one resource alone.</summary>
    public int LeftOf(LocalDate date, long resourceId) =>
        Math.Max(0, Bookings(_limits.PerResourcePerDay, _resources.GetValueOrDefault((date, resourceId))));

    private static int Bookings(int? limit, int used) => limit is { } max ? max - used : int.MaxValue;

    /// <summary>The first date of the week that a date is in.</summary>
    public LocalDate WeekOf(LocalDate date) => WeekOf(date, _weekStart);

    /// <inheritdoc cref="WeekOf(LocalDate)"/>
    public static LocalDate WeekOf(LocalDate date, IsoDayOfWeek weekStart) =>
        date.PlusDays(-(((int)date.DayOfWeek - (int)weekStart + 7) % 7));
}
