using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Platform.Contracts;
using Platform.Core;
using Platform.Core.Availability;
using Platform.Core.Storage;

namespace Platform.Api.Http;

/// <summary>A range of time in a URL, by local days of the tenant or by instants.</summary>
/// <param name="From">A local day, or an instant with an offset.</param>
/// <param name="To">Exclusive.</param>
internal sealed record QueryRange(
    [FromQuery(Name = "from")] QueryInstant From,
    [FromQuery(Name = "to")] QueryInstant To)
{
    public Result<TimeRange> In(TenantContext tenant, int maxDays)
    {
        var zone = ZoneRules.Get(tenant.TimeZone);
        if (Rejection.All(Check(From, "from", zone), Check(To, "to", zone)) is { } refusal) return refusal;

        var range = new TimeRange(From.In(zone)!.Value, To.In(zone)!.Value);
        if (range.IsEmpty)
        {
            return new Rejection(RejectionKind.Invalid, Codes.InvalidRange, "The end must be after the start.", "to");
        }

        return ZoneRules.DateOf(range.End.AddTicks(-1), zone) >= ZoneRules.DateOf(range.Start, zone).PlusDays(maxDays)
            ? new Rejection(
                RejectionKind.Invalid, Codes.RangeTooLong, $"The range must be at most {maxDays} days.", "to")
            : range;
    }

    private static Rejection? Check(QueryInstant value, string field, DateTimeZone zone)
    {
        var year = value.Instant?.Year ?? value.Date?.Year ?? value.Local!.Value.Year;
        if (!CalendarYears.IsAllowed(year))
        {
            return new(RejectionKind.Invalid, Codes.InvalidRange, "The time is too far in the past or future.", field);
        }

        return value.CheckExists(zone, field);
    }
}
