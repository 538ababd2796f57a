using Platform.Contracts;
using Platform.Core.People;

namespace Platform.Api.People;

/// <summary>A change of a membership; absent members stay as they are.</summary>
/// <param name="Kind">Only to check that the type goes with it; <see cref="MemberProfiles"/> saves it.</param>
/// <param name="AddedRole">One more role.</param>
/// <param name="RemovedRole">One role less.</param>
/// <param name="RevokeSeats">Also ends all grants.</param>
internal sealed record MembershipChange(
    Optional<string> UserType = default,
    Optional<IReadOnlyList<string>> Roles = default,
    Optional<bool> Active = default,
    Optional<string> Kind = default,
    Role? AddedRole = null,
    Role? RemovedRole = null,
    bool RevokeSeats = false);
