namespace Platform.Contracts.Changes;

/// <summary><c>GET /api/v1/changes?after=</c>: what has changed since, each thing once, at its last change.</summary>
/// <param name="Changes">In order of their positions.</param>
/// <param name="Next">The value of <c>after</c> for the next question; also where nothing has changed.</param>
/// <param name="HasMore">Whether more can be read at once; otherwise ask again later.</param>
public sealed record ChangeFeed(IReadOnlyList<ChangeResponse> Changes, string Next, bool HasMore);

/// <param name="Type">One of <see cref="ChangeTypes"/>.</param>
/// <param name="Operation">One of <see cref="ChangeOperations"/>.</param>
/// <param name="ChangedAt">UTC: when the transaction of its last change began.</param>
/// <param name="Url">Where to read it as it is now; null for what is deleted.</param>
public sealed record ChangeResponse(string Type, long Id, string Operation, DateTimeOffset ChangedAt, string? Url);

/// <summary>
/// What is followed. Hours and overrides are changes of their resource, requirements of their service.
/// </summary>
public static class ChangeTypes
{
    public const string Booking = "booking";
    public const string Client = "client";
    public const string Series = "series";
    public const string Waitlist = "waitlist";
    public const string Service = "service";
    public const string Resource = "resource";
    public const string Category = "category";
    public const string Blackout = "blackout";
    public const string CustomField = "custom_field";

    /// <summary>How the organisation schedules, and its own opening hours; its number is always 1.</summary>
    public const string Settings = "settings";
}

public static class ChangeOperations
{
    /// <summary>It is new, or another than before.</summary>
    public const string Changed = "changed";

    /// <summary>It is not there any more.</summary>
    public const string Deleted = "deleted";

    /// <summary>A client whose data was erased. Holders of a copy delete it as well.</summary>
    public const string Erased = "erased";

    /// <summary>A client whose record turned out to be another's: <c>mergedIntoId</c>.</summary>
    public const string Merged = "merged";
}
