namespace Platform.Contracts.People;

/// <summary>
/// What a member is to the organisation. The user type decides the price of a seat and the level of access.
/// </summary>
public static class MemberKinds
{
    /// <summary>Runs it: may do what type and roles permit.</summary>
    public const string Member = "member";

    /// <summary>
    /// Is one of its resources: sees the calendar and the bookings of that resource, and what roles permit.
    /// </summary>
    public const string Professional = "professional";

    /// <summary>Comes to it: sees the bookings of one client record, and what roles permit.</summary>
    public const string Client = "client";
}
