using System.Globalization;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Core.Tenants;

namespace Platform.Core.Licensing;

/// <summary>A current row of the price matrix.</summary>
public sealed record PriceInForce(long Id, decimal Price, string Currency, string BillingCycle, long Version);

/// <summary>A member of the tenant who may be granted an application.</summary>
/// <param name="IsActive">As a person and as a member.</param>
/// <param name="Price">For the user's type; null where none is configured.</param>
/// <param name="Groups">Those by which the user has the application, by number.</param>
/// <param name="Current">The active grant.</param>
/// <param name="Last">The last one that was revoked.</param>
public sealed record GrantTarget(
    long UserId,
    bool IsActive,
    long UserTypeId,
    string UserType,
    PriceInForce? Price,
    IReadOnlyList<long> Groups,
    GrantResponse? Current,
    GrantResponse? Last);

/// <summary>What a grant depends on, read at one moment.</summary>
/// <param name="RoleExists">Whether the role that is asked for is one; true where none is.</param>
/// <param name="Targets">Those of the users who are members of the tenant, by number.</param>
public sealed record GrantInputs(
    long TenantId,
    long ApplicationId,
    string Application,
    bool ApplicationIsActive,
    LicenseTerms? License,
    bool RoleExists,
    string TenantStatus,
    IReadOnlyDictionary<long, GrantTarget> Targets);

/// <summary>Who is to get an application.</summary>
/// <param name="Role">Slug; null is the user's own type.</param>
/// <param name="Partial">Users who can get it do; otherwise all users get it or none.</param>
/// <param name="OnlyReactivate">Only those who had it before, with the role they had unless one is named.</param>
/// <param name="ByGroup">The seats come of a group.</param>
/// <param name="IsList">Of several users: then a refusal names the place in the list.</param>
public sealed record RequestedGrants(
    IReadOnlyList<long> UserIds, string? Role, bool Partial = false, bool OnlyReactivate = false, bool IsList = false,
    bool ByGroup = false);

/// <summary>Exactly one of the last three is there.</summary>
/// <param name="Fresh">Whose grant is to be made.</param>
public sealed record PlannedGrant(long UserId, GrantResponse? Existing, GrantTarget? Fresh, Rejection? Rejection);

/// <summary>Decides for each user, checking in this order: tenant, license, user, price, seat.</summary>
public static class GrantRules
{
    /// <summary>One outcome for each user, in the order of the request; or why the whole request is refused.</summary>
    public static Result<List<PlannedGrant>> Plan(
        GrantInputs inputs, RequestedGrants requested, DateTimeOffset now)
    {
        if (!requested.Partial && IndexOf(requested.UserIds, id => !inputs.Targets.ContainsKey(id)) is { } place)
        {
            return At(Rejection.NotFound, requested, place);
        }

        if (!inputs.RoleExists) return UnknownRole;
        if (TenantRules.Growing(inputs.TenantStatus) is { } leaving) return leaving;
        if (!inputs.ApplicationIsActive) return Retired;
        if (LicenseRules.Check(inputs.License, now) is { } closed) return closed;

        var items = requested.UserIds.Select(id => Plan(inputs.Targets.GetValueOrDefault(id), id, requested)).ToList();
        return requested.Partial ? SeatInOrder(items, inputs.License!) : AllOrNone(items, inputs.License!, requested);
    }

    private static PlannedGrant Plan(GrantTarget? target, long userId, RequestedGrants requested)
    {
        if (target is null) return Refused(Rejection.NotFound);
        if (!target.IsActive) return Refused(Inactive);

        if (target.Current is { } current)
        {
            return requested.Role is null || requested.Role == current.Role
                ? new(userId, current, null, null)
                : Refused(OtherRole(current));
        }

        if (requested.OnlyReactivate && target.Last is null) return Refused(Rejection.NotFound);
        return target.Price is null ? Refused(NoPrice(target)) : new(userId, null, target, null);

        PlannedGrant Refused(Rejection rejection) => new(userId, null, null, rejection);
    }

    private static List<PlannedGrant> SeatInOrder(List<PlannedGrant> items, LicenseTerms license)
    {
        var free = license.Available ?? int.MaxValue;
        return
        [
            .. items.Select(item => item.Fresh is null || free-- > 0
                ? item
                : item with { Fresh = null, Rejection = Full(1, 0) }),
        ];
    }

    private static Result<List<PlannedGrant>> AllOrNone(
        List<PlannedGrant> items, LicenseTerms license, RequestedGrants requested)
    {
        if (IndexOf(items, item => item.Rejection is not null) is { } place)
        {
            return At(items[place].Rejection!, requested, place);
        }

        var needed = items.Count(item => item.Fresh is not null);
        return license.Available is { } free && free < needed ? Full(needed, free) : items;
    }

    private static Rejection At(Rejection rejection, RequestedGrants requested, int place) =>
        requested.IsList ? rejection with { Field = string.Create(CultureInfo.InvariantCulture, $"userIds[{place}]") } : rejection;

    private static int? IndexOf<T>(IReadOnlyList<T> items, Func<T, bool> isIt)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (isIt(items[i])) return i;
        }

        return null;
    }

    /// <summary>Whether a seat may be taken from the user alone.</summary>
    public static Rejection? CheckRevoke(GrantTarget target) =>
        target is { Current.Direct: false, Groups.Count: > 0 }
            ? new(
                RejectionKind.Conflict, Codes.GrantedByGroup,
                "The seat comes from a group; remove the user or the application from the group.")
            {
                Extras = new() { GroupIds = target.Groups },
            }
            : null;

    public static readonly Rejection UnknownRole =
        new(RejectionKind.Invalid, Codes.UnknownUserType, "The role does not exist.", "role");

    public static readonly Rejection Retired =
        new(RejectionKind.Conflict, Codes.ApplicationInactive, "The application is retired.");

    private static readonly Rejection Inactive =
        new(RejectionKind.Conflict, Codes.UserInactive, "The user is no active member of the tenant.");

    private static Rejection OtherRole(GrantResponse current) =>
        new(RejectionKind.Conflict, Codes.AlreadyExists, "The user has a seat with another role; change the role.", "role")
        {
            Extras = new() { ExistingId = current.Id },
        };

    private static Rejection NoPrice(GrantTarget target) =>
        new(RejectionKind.Invalid, Codes.PricingNotConfigured, $"There is no price for {target.UserType} right now.");

    private static Rejection Full(int needed, int available) =>
        new(RejectionKind.Conflict, Codes.SeatLimitReached, $"{needed} seats are needed, and {available} are free.")
        {
            Extras = new() { Needed = needed, Available = available },
        };
}
