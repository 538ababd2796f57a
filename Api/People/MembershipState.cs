using Platform.Contracts.Events;
using Platform.Core.People;

namespace Platform.Api.People;

/// <summary>A membership with all that is asked of it when it changes.</summary>
internal sealed record MembershipState(Membership Row, User Person, UserType Type, List<Role> Roles)
{
    public MemberTerms Terms => new(Type.Slug, Row.Active && Person.Active, Roles);

    public MembershipSnapshot Snapshot => new(
        Row.Id, Row.UserId, Type.Slug, [.. Roles.Select(r => r.Slug).Order(StringComparer.Ordinal)], Row.Active);
}
