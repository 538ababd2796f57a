using System.ComponentModel.DataAnnotations;
using NodaTime;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Tenants;

/// <summary>The terms of a licence as a form has them. Days are days of the tenant, and ends are exclusive.</summary>
public sealed class LicenseForm
{
    public static readonly IReadOnlyDictionary<string, string> Fields = new Dictionary<string, string>
    {
        ["application"] = "Input.Application",
        ["userLimit"] = "Input.Limit",
        ["trialEndsAt"] = "Input.TrialEnds",
        ["expiresAt"] = "Input.Expires",
        ["activatedAt"] = "Input.Starts",
    };

    /// <summary>Slug.</summary>
    public string Application { get; set; } = "";

    /// <summary>Seats; empty is without limit, which has to be said by <see cref="Unlimited"/>.</summary>
    [Range(0, int.MaxValue)]
    public int? Limit { get; set; }

    public bool Unlimited { get; set; }

    public DateOnly? Starts { get; set; }

    public DateOnly? TrialEnds { get; set; }

    public DateOnly? Expires { get; set; }

    public long Version { get; set; }

    [StringLength(64)]
    public string Key { get; set; } = IdempotencyKeys.New();

    public int? Seats => Unlimited ? null : Limit;

    /// <summary>Neither a number of seats nor "without limit" was chosen.</summary>
    public bool IsLimitMissing => !Unlimited && Limit is null;

    /// <summary>The first instant of a day in the tenant's zone.</summary>
    public static DateTimeOffset? StartOf(DateOnly? day, string zone) => day is not { } date
        ? null
        : (DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) ?? DateTimeZone.Utc)
            .AtStartOfDay(LocalDate.FromDateOnly(date)).ToInstant().ToDateTimeOffset();
}
