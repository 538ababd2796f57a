using Platform.Contracts;
using Platform.Core.People;

namespace Platform.Api.People;

/// <summary>What is to become of a membership; what is absent stays.</summary>
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
