using Platform.Contracts;
using Platform.Contracts.People;

namespace Platform.Core.People;

/// <summary>A member as rules see it.</summary>
/// <param name="Active">As a member and as a person.</param>
/// <param name="Roles">All that are held.</param>
public sealed record MemberTerms(string UserType, bool Active, IReadOnlyList<Role> Roles)
{
    /// <summary>Whom a tenant needs one of: by type, or by a role of the platform.</summary>
    public bool IsAdmin => UserType == UserTypes.Admin || SystemRole(SystemRoles.TenantAdmin) || IsSuperAdmin;

    public bool IsSuperAdmin => SystemRole(SystemRoles.SuperAdmin);

    public IReadOnlyList<string> Permissions =>
        PermissionRules.Of(UserType, Roles.SelectMany(role => role.Permissions));

    private bool SystemRole(string slug) => Roles.Any(role => role.TenantId is null && role.Slug == slug);
}

/// <summary>Who may make whom a member of what kind.</summary>
public static class MembershipRules
{
    public static readonly Rejection UnknownType =
        new(RejectionKind.Invalid, Codes.UnknownUserType, "The user type does not exist.", "userType");

    public static readonly Rejection LastAdmin =
        new(RejectionKind.Conflict, Codes.LastAdmin, "A tenant must keep at least one administrator.");

    public static readonly Rejection TooManyRoles = new(
        RejectionKind.Invalid, Codes.LimitReached, $"A member has at most {RoleLimits.PerMember} roles.", "roles");

    private static readonly Rejection WrongLink = new(
        RejectionKind.Invalid, Codes.InvalidMemberKind,
        "A professional must be linked to a resource, a client to a client record; other users have no link.", "kind");

    private static readonly Rejection WrongType = new(
        RejectionKind.Invalid, Codes.InvalidMemberKind, "Professionals and clients are of the type operations.", "kind");

    /// <summary>Who sees little more than their own bookings administers nothing.</summary>
    public static Rejection? CheckKind(string kind, string userType) =>
        kind == MemberKinds.Member || userType == UserTypes.Operations ? null : WrongType;

    public static Rejection? CheckLink(string kind, long? resourceId, long? clientId) =>
        kind == MemberKinds.Professional == resourceId is not null && kind == MemberKinds.Client == clientId is not null
            ? null
            : WrongLink;

    public static Rejection UnknownRole(int place) =>
        new(RejectionKind.Invalid, Codes.UnknownRole, "The role does not exist.", $"roles[{place}]");

    /// <summary>
    /// A member grants others, and themselves, no more rights than they have, and changes no member with more rights.
    /// </summary>
    /// <param name="before">Null for a new member.</param>
    public static Rejection? Check(Authority caller, MemberTerms? before, MemberTerms after)
    {
        if (caller.IsStaff) return null;
        if ((before?.IsSuperAdmin ?? false) != after.IsSuperAdmin) return OfStaffAlone;

        return caller.Covers(after.Permissions) && caller.Covers(before?.Permissions ?? []) ? null : TooMuch;
    }

    /// <summary>Whether a tenant may be left without this admin only if there is another one.</summary>
    public static bool LosesAnAdmin(MemberTerms before, MemberTerms after) =>
        before is { IsAdmin: true, Active: true } && after is not { IsAdmin: true, Active: true };

    private static readonly Rejection OfStaffAlone = new(
        RejectionKind.Forbidden, Codes.Forbidden, "Only platform staff can assign this role.", "roles");

    private static readonly Rejection TooMuch = new(
        RejectionKind.Forbidden, Codes.Forbidden, "The role contains permissions that you do not have.");
}
