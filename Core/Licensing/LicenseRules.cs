using Platform.Contracts;

namespace Platform.Core.Licensing;

/// <summary>What a license allows, as it was last set.</summary>
/// <param name="Status"><see cref="LicenseStatuses"/>, but never <c>expired</c>: time does that by itself.</param>
/// <param name="TrialEndsAt">Exclusive.</param>
/// <param name="ExpiresAt">Exclusive.</param>
/// <param name="UserLimit">Null is unlimited, 0 is nobody.</param>
public sealed record LicenseTerms(
    long Id,
    string Status,
    DateTimeOffset ActivatedAt,
    DateTimeOffset? TrialEndsAt,
    DateTimeOffset? ExpiresAt,
    int? UserLimit,
    int SeatsUsed,
    long Version)
{
    /// <summary>Null is without end. Never below 0, even if somebody has taken more than there are.</summary>
    public int? Available => UserLimit is { } limit ? Math.Max(limit - SeatsUsed, 0) : null;
}

/// <summary>When a license holds. Ends are exclusive and need no job: at that instant it is over.</summary>
public static class LicenseRules
{
    /// <summary>Nothing is licensed or priced before this year.</summary>
    private const int FirstYear = 2000;

    /// <summary>When it will be over by itself: the end of trial or license, whichever comes first.</summary>
    public static DateTimeOffset? EndOf(LicenseTerms terms) =>
        terms.Status == LicenseStatuses.Trial && terms.TrialEndsAt is { } trial
            ? trial < terms.ExpiresAt ? trial : terms.ExpiresAt ?? trial
            : terms.ExpiresAt;

    public static string StatusAt(LicenseTerms terms, DateTimeOffset now) =>
        terms.Status is LicenseStatuses.Trial or LicenseStatuses.Active && EndOf(terms) <= now
            ? LicenseStatuses.Expired
            : terms.Status;

    /// <summary>The code of why it does not hold; null if it does.</summary>
    public static string? CodeOf(LicenseTerms? terms, DateTimeOffset now)
    {
        if (terms is null) return Codes.LicenseNotFound;

        return StatusAt(terms, now) switch
        {
            LicenseStatuses.Cancelled => Codes.LicenseCancelled,
            _ when now < terms.ActivatedAt => Codes.LicenseNotStarted,
            LicenseStatuses.Suspended => Codes.LicenseSuspended,
            LicenseStatuses.Expired => Codes.LicenseExpired,
            _ => null,
        };
    }

    /// <summary>The same as a refusal of what only a license that holds allows.</summary>
    public static Rejection? Check(LicenseTerms? terms, DateTimeOffset now) => CodeOf(terms, now) switch
    {
        null => null,
        Codes.LicenseNotFound => Conflict(Codes.LicenseNotFound, "The tenant has no license of this application."),
        Codes.LicenseNotStarted => Conflict(Codes.LicenseNotStarted, "The license has not started yet."),
        Codes.LicenseSuspended => Conflict(Codes.LicenseSuspended, "The license is suspended."),
        Codes.LicenseExpired => Conflict(Codes.LicenseExpired, "The license has expired."),
        _ => Cancelled,
    };

    public static readonly Rejection Cancelled = Conflict(Codes.LicenseCancelled, "The license is cancelled.");

    /// <summary>Whether its times are in order.</summary>
    public static Rejection? CheckTimes(
        DateTimeOffset activatedAt, DateTimeOffset? trialEndsAt, DateTimeOffset? expiresAt) =>
        Rejection.All(
            CheckInstant(activatedAt, "activatedAt"),
            CheckInstant(trialEndsAt, "trialEndsAt") ?? (trialEndsAt <= activatedAt
                ? new(RejectionKind.Invalid, Codes.InvalidRange, "The end of the trial must be after its start.", "trialEndsAt")
                : null),
            CheckInstant(expiresAt, "expiresAt") ?? (expiresAt <= activatedAt
                ? new(RejectionKind.Invalid, Codes.InvalidRange, "The end of the license must be after its start.", "expiresAt")
                : null));

    public static Rejection? CheckInstant(DateTimeOffset? instant, string field) =>
        instant is { UtcDateTime.Year: < FirstYear or > CalendarYears.Last }
            ? new Rejection(
                RejectionKind.Invalid, Codes.InvalidDate, $"The year must be {FirstYear} to {CalendarYears.Last}.", field)
            : null;

    /// <summary>Whether there may be so few seats.</summary>
    public static Rejection? CheckLimit(int? userLimit, int seatsUsed) =>
        userLimit < seatsUsed
            ? new(
                RejectionKind.Conflict, Codes.LimitBelowUsage, $"{seatsUsed} seats are taken; revoke some first.", "userLimit")
            {
                Extras = new() { SeatsUsed = seatsUsed },
            }
            : null;

    private static Rejection Conflict(string code, string detail) => new(RejectionKind.Conflict, code, detail);
}
