namespace Platform.Contracts.Events;

/// <summary>What consumers need to know of a membership. They read the person by id.</summary>
/// <param name="UserType">Slug.</param>
/// <param name="Roles">Slugs, sorted.</param>
public sealed record MembershipSnapshot(
    long MembershipId, long UserId, string UserType, IReadOnlyList<string> Roles, bool Active);

/// <summary>What consumers need to know of an invitation. It does not name the account behind the address.</summary>
/// <param name="UserType">Slug.</param>
/// <param name="Roles">Slugs, sorted.</param>
/// <param name="ExpiresAt">UTC, exclusive.</param>
public sealed record InvitationSnapshot(
    long InvitationId, string UserType, IReadOnlyList<string> Roles, DateTimeOffset ExpiresAt);

/// <summary>A tenant has invited an e-mail address. A membership comes of it when it is accepted.</summary>
public sealed record InvitationCreated(InvitationSnapshot Invitation) : IEventData
{
    public static string EventType => "invitation.created";
    public static int EventVersion => 1;
    public static string AggregateType => "invitation";
}

/// <summary>Staff have made a person a member by e-mail address; the membership is there already.</summary>
/// <param name="Locale">In which language the person is written to.</param>
public sealed record UserInvited(MembershipSnapshot Membership, string Locale) : IEventData
{
    public static string EventType => "user.invited";
    public static int EventVersion => 1;
    public static string AggregateType => "user";
}

/// <summary>A person is a member of a tenant.</summary>
public sealed record MembershipCreated(MembershipSnapshot Membership) : IEventData
{
    public static string EventType => "membership.created";
    public static int EventVersion => 1;
    public static string AggregateType => "membership";
}

/// <summary>Its type or its roles are others.</summary>
public sealed record MembershipChanged(MembershipSnapshot Membership, MembershipSnapshot Previous) : IEventData
{
    public static string EventType => "membership.changed";
    public static int EventVersion => 1;
    public static string AggregateType => "membership";
}

/// <summary>The member is let in again; type and roles may be others as well.</summary>
public sealed record MembershipActivated(MembershipSnapshot Membership, MembershipSnapshot Previous) : IEventData
{
    public static string EventType => "membership.activated";
    public static int EventVersion => 1;
    public static string AggregateType => "membership";
}

/// <summary>The member is denied. Grants that end with it have events of their own.</summary>
public sealed record MembershipDeactivated(MembershipSnapshot Membership, MembershipSnapshot Previous) : IEventData
{
    public static string EventType => "membership.deactivated";
    public static int EventVersion => 1;
    public static string AggregateType => "membership";
}

/// <summary>The member was removed from the tenant by the tenant's directory. Grants ended with it.</summary>
public sealed record MembershipRemoved(MembershipSnapshot Previous) : IEventData
{
    public static string EventType => "membership.removed";
    public static int EventVersion => 1;
    public static string AggregateType => "membership";
}

/// <summary>The platform reactivated a person; each tenant of the person gets the event.</summary>
public sealed record PersonActivated(long UserId) : IEventData
{
    public static string EventType => "person.activated";
    public static int EventVersion => 1;
    public static string AggregateType => "person";
}

/// <summary>The platform deactivated a person everywhere; each tenant of the person gets the event.</summary>
public sealed record PersonDeactivated(long UserId) : IEventData
{
    public static string EventType => "person.deactivated";
    public static int EventVersion => 1;
    public static string AggregateType => "person";
}

/// <param name="Permissions">Sorted.</param>
public sealed record RoleSnapshot(long RoleId, string Slug, IReadOnlyList<string> Permissions);

/// <summary>A tenant has a new role.</summary>
public sealed record RoleCreated(RoleSnapshot Role) : IEventData
{
    public static string EventType => "role.created";
    public static int EventVersion => 1;
    public static string AggregateType => "role";
}

/// <summary>What it is called, or what it permits.</summary>
public sealed record RoleChanged(RoleSnapshot Role, RoleSnapshot Previous) : IEventData
{
    public static string EventType => "role.changed";
    public static int EventVersion => 1;
    public static string AggregateType => "role";
}

public sealed record RoleDeleted(RoleSnapshot Role) : IEventData
{
    public static string EventType => "role.deleted";
    public static int EventVersion => 1;
    public static string AggregateType => "role";
}
