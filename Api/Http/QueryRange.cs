using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Platform.Contracts;
using Platform.Core;
using Platform.Core.Availability;
using Platform.Core.Storage;

namespace Platform.Api.Http;

/// <summary>A stretch of time in an address, by local days of the tenant or by instants.</summary>
/// <param name="From">A local day, or an instant with an offset.</param>
/// <param name="To">Exclusive.</param>
internal sealed record QueryRange(
    [FromQuery(Name = "from")] QueryInstant From,
    [FromQuery(Name = "to")] QueryInstant To)
{
    /// <summary>What no calendar of ours holds is no range: years 1 and 9999 have no zone.</summary>
    private const int FirstYear = 1900, LastYear = 2999;

    public Result<TimeRange> In(TenantContext tenant, int maxDays)
    {
        var zone = ZoneRules.Get(tenant.TimeZone);
        if (Rejection.All(Refusal(From, "from", zone), Refusal(To, "to", zone)) is { } refusal) return refusal;

        var range = new TimeRange(From.In(zone)!.Value, To.In(zone)!.Value);
        if (range.IsEmpty)
        {
            return new Rejection(RejectionKind.Invalid, Codes.InvalidRange, "It ends after it starts.", "to");
        }

        return ZoneRules.DateOf(range.End.AddTicks(-1), zone) >= ZoneRules.DateOf(range.Start, zone).PlusDays(maxDays)
            ? new Rejection(RejectionKind.Invalid, Codes.RangeTooLong, $"It spans at most {maxDays} days.", "to")
            : range;
    }

    private static Rejection? Refusal(QueryInstant value, string field, DateTimeZone zone)
    {
        var year = value.Instant?.Year ?? value.Date?.Year ?? value.Local!.Value.Year;
        if (year is < FirstYear or > LastYear)
        {
            return new(RejectionKind.Invalid, Codes.InvalidRange, "Nothing is that long ago or ahead.", field);
        }

        return value.CheckExists(zone, field);
    }
}
