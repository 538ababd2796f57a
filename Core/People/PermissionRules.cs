using Platform.Contracts;
using Platform.Contracts.People;

namespace Platform.Core.People;

/// <summary>What user types and the platform's roles permit, and who may hand on what.</summary>
public static class PermissionRules
{
    /// <summary>Every member's; of the type <c>operations</c> all there is.</summary>
    private static readonly string[] OfEverybody =
    [
        Permissions.BookingsRead, Permissions.BookingsWrite, Permissions.ClientsRead, Permissions.ClientsWrite,
        Permissions.ReportsRead,
    ];

    /// <summary>Of professionals and clients, whatever their type.</summary>
    private static readonly string[] OfThemselves = [Permissions.BookingsOwn];

    private static readonly string[] OfManagers =
    [
        .. OfEverybody, Permissions.BookingsCorrect, Permissions.BookingsImport, Permissions.CatalogueWrite,
        Permissions.ClientsManage, Permissions.SettingsWrite, Permissions.UsersRead,
    ];

    /// <summary>Of the platform's own roles, by slug; the seed writes them into their rows.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> OfSystemRoles { get; } =
        new Dictionary<string, IReadOnlyList<string>>
        {
            [SystemRoles.SuperAdmin] = Permissions.All,
            [SystemRoles.TenantAdmin] = Permissions.All,
            [SystemRoles.Manager] = [.. OfManagers.Order(StringComparer.Ordinal)],
            [SystemRoles.User] = [.. OfEverybody.Order(StringComparer.Ordinal)],
        };

    /// <summary>Of a member: what the type gives, or the kind, and what the roles give, sorted.</summary>
    public static IReadOnlyList<string> Of(
        string userType, IEnumerable<string> ofRoles, string kind = MemberKinds.Member) =>
    [
        .. (kind == MemberKinds.Member ? OfType(userType) : OfThemselves).Concat(ofRoles.Intersect(Permissions.All)).Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>Of a program, which has roles alone: sorted.</summary>
    public static IReadOnlyList<string> OfRoles(IEnumerable<string> permissions) =>
        [.. permissions.Intersect(Permissions.All).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> OfType(string userType) => userType switch
    {
        UserTypes.Admin => Permissions.All,
        UserTypes.Manager => OfManagers,
        _ => OfEverybody,
    };

    public static Rejection? CheckKnown(IReadOnlyList<string> permissions) => Rejection.All(
        permissions.Select((permission, i) => Permissions.All.Contains(permission) ? null : Unknown(i)));

    private static Rejection Unknown(int place) => new(
        RejectionKind.Invalid, Codes.UnknownPermission, "The permission does not exist.", $"permissions[{place}]");
}

/// <summary>What the caller may currently do in a tenant.</summary>
/// <param name="IsStaff">Platform staff: everything, and the role that only they give.</param>
public sealed record Authority(bool IsStaff, IReadOnlyList<string> Permissions)
{
    public static readonly Authority OfStaff = new(true, Contracts.People.Permissions.All);

    public bool Covers(IEnumerable<string> permissions) => !permissions.Except(Permissions).Any();
}
