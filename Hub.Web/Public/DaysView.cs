namespace Platform.Hub.Web.Public;

/// <summary>The strip of days, with the link to each.</summary>
public sealed record DaysView(Availability Found, Func<DateOnly, string> Link);
