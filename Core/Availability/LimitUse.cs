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

    /// <summary>Whether one more booking that starts on this date, in the resource's zone, is within the limits.</summary>
    public bool Allows(LocalDate date, long resourceId, int minutes)
    {
        var day = _days.GetValueOrDefault(date);
        var week = _weeks.GetValueOrDefault(WeekOf(date));

        return !(day.Bookings >= _limits.PerDay)
            && !(day.Minutes + minutes > _limits.MinutesPerDay)
            && !(week.Bookings >= _limits.PerWeek)
            && !(week.Minutes + minutes > _limits.MinutesPerWeek)
            && AllowsResource(date, resourceId);
    }

    /// <summary>The same of one resource alone, for those that are taken beside the first.</summary>
    public bool AllowsResource(LocalDate date, long resourceId) =>
        !(_resources.GetValueOrDefault((date, resourceId)) >= _limits.PerResourcePerDay);

    /// <summary>The first date of the week that a date is in.</summary>
    public LocalDate WeekOf(LocalDate date) => WeekOf(date, _weekStart);

    /// <inheritdoc cref="WeekOf(LocalDate)"/>
    public static LocalDate WeekOf(LocalDate date, IsoDayOfWeek weekStart) =>
        date.PlusDays(-(((int)date.DayOfWeek - (int)weekStart + 7) % 7));
}
