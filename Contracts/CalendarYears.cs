namespace Platform.Contracts;

/// <summary>The years that dates and times may have. Time zones and arithmetic fail near years 1 and 9999.</summary>
public static class CalendarYears
{
    public const int First = 1900;

    /// <summary>The last year of opening hours, closed days and series; a date beyond it is a typing error.</summary>
    public const int LastPlanned = 2200;

    /// <summary>The last year of ranges that a request may ask for.</summary>
    public const int Last = 2999;

    public static bool IsAllowed(int year) => year is >= First and <= Last;

    public static bool IsPlannable(int year) => year is >= First and <= LastPlanned;
}
