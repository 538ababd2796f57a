using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core.People;

namespace Platform.Core.ApiKeys;

/// <summary>What keys may open, how long they live, and who may make which.</summary>
public static class ApiKeyRules
{
    public const int MaxAccounts = 100, MaxUsableKeys = 20;

    /// <summary>Sorted.</summary>
    public static readonly IReadOnlyList<string> Scopes =
        [Contracts.Scopes.Licensing, Contracts.Scopes.Scheduling, Contracts.Scopes.Scim];

    public static readonly Rejection Ended =
        new(RejectionKind.Conflict, Codes.ApiKeyEnded, "The key is revoked or expired.");

    public static readonly Rejection TooManyAccounts = new(
        RejectionKind.Invalid, Codes.LimitReached, $"A tenant has at most {MaxAccounts} service accounts.");

    public static readonly Rejection TooManyKeys = new(
        RejectionKind.Invalid, Codes.LimitReached, $"A service account has at most {MaxUsableKeys} usable keys.");

    public static readonly Rejection ByKey = new(
        RejectionKind.Forbidden, Codes.Forbidden, "Keys cannot manage service accounts or keys.");

    public static Rejection NameTaken(long existingId) =>
        new(RejectionKind.Conflict, Codes.AlreadyExists, "A service account has this name.", "name")
        {
            Extras = new() { ExistingId = existingId },
        };

    /// <summary>Nobody gives a program what they do not have, or changes one that may do more.</summary>
    public static Rejection? Check(Authority caller, IReadOnlyList<Role> before, IReadOnlyList<Role> after)
    {
        if (caller.IsStaff) return null;
        if (before.Any(IsOfStaff) != after.Any(IsOfStaff)) return OfStaffAlone;

        return caller.Covers(PermissionsOf(before)) && caller.Covers(PermissionsOf(after)) ? null : TooMuch;
    }

    public static Rejection? CheckScopes(IReadOnlyList<string> scopes) =>
        Rejection.All(scopes.Select((scope, i) => Scopes.Contains(scope) ? null : UnknownScope(i)));

    public static Rejection? CheckExpiry(DateTimeOffset? expiresAt, DateTimeOffset now) => expiresAt <= now
        ? new(RejectionKind.Invalid, Codes.InvalidRange, "expiresAt must be in the future.", "expiresAt")
        : null;

    /// <summary>Of a program that holds these roles.</summary>
    public static IReadOnlyList<string> PermissionsOf(IEnumerable<Role> roles) =>
        PermissionRules.OfRoles(roles.SelectMany(role => role.Permissions));

    /// <summary>When a key that is replaced ends: after the overlap, or when it would have ended anyway.</summary>
    public static DateTimeOffset EndAfter(DateTimeOffset? expiresAt, DateTimeOffset now, TimeSpan overlap) =>
        expiresAt < now + overlap ? expiresAt.Value : now + overlap;

    private static bool IsOfStaff(Role role) => role.TenantId is null && role.Slug == SystemRoles.SuperAdmin;

    private static readonly Rejection OfStaffAlone = new(
        RejectionKind.Forbidden, Codes.Forbidden, "Only platform staff can assign this role.", "roles");

    private static readonly Rejection TooMuch = new(
        RejectionKind.Forbidden, Codes.Forbidden, "The service account has permissions that you do not have.");

    private static Rejection UnknownScope(int place) =>
        new(RejectionKind.Invalid, Codes.UnknownScope, "The scope does not exist.", $"scopes[{place}]");
}
