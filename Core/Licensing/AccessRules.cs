using Platform.Contracts;

namespace Platform.Core.Licensing;

/// <summary>May this person use this application, and as at least what?</summary>
/// <param name="UserId">Null for a client that acts for itself.</param>
/// <param name="Application">Slug.</param>
/// <param name="MinimumRole">Slug of a user type; null where every role will do.</param>
public sealed record AccessQuestion(long? UserId, string Application, string? MinimumRole);

/// <summary>All that a decision depends on, but the time.</summary>
/// <param name="ApplicationIsActive">False also for one that does not exist.</param>
/// <param name="UserIsActive">As a person and as a member; null where there is no membership.</param>
/// <param name="HasGrant">An active one.</param>
/// <param name="Role">
/// The role in the application if one was given, else the type of the user. No token has a say.
/// </param>
/// <param name="RoleLevel">Its place in the hierarchy; 1 is the lowest.</param>
/// <param name="MinimumLevel">That of the role that is asked for; null if the role does not exist.</param>
public sealed record AccessInputs(
    bool ApplicationIsActive,
    bool TenantIsActive,
    LicenseTerms? License,
    bool? UserIsActive,
    bool HasGrant,
    string? Role,
    int? RoleLevel,
    int? MinimumLevel);

/// <param name="Layer">Of the first thing that is wrong: 1 license, 2 seat, 3 user, 4 role; null if nothing is.</param>
/// <param name="Reason">A code of <see cref="Codes"/>.</param>
/// <param name="ExpiresAt">From when on the answer will be another by itself, exclusive; of a yes only.</param>
public sealed record AccessDecision(AccessInputs Inputs, int? Layer, string? Reason, DateTimeOffset? ExpiresAt)
{
    public bool Allowed => Reason is null;
}

/// <summary>
/// The layers License, Seat, User and Role, in this order. (The fifth is that every answer is recorded.)
/// </summary>
public static class AccessRules
{
    public static AccessDecision Decide(AccessInputs inputs, DateTimeOffset now)
    {
        if (!inputs.ApplicationIsActive) return No(1, Codes.ApplicationInactive);
        if (!inputs.TenantIsActive) return No(1, Codes.TenantInactive);
        if (LicenseRules.CodeOf(inputs.License, now) is { } closed) return No(1, closed);

        var license = inputs.License!;
        if (license.SeatsUsed > license.UserLimit) return No(2, Codes.OverSeatLimit);

        if (inputs.UserIsActive is false) return No(3, Codes.UserInactive);
        if (inputs.UserIsActive is null || !inputs.HasGrant) return No(3, Codes.NoAccess);

        if (inputs.RoleLevel < inputs.MinimumLevel) return No(4, Codes.RoleTooLow);
        return new(inputs, null, null, LicenseRules.EndOf(license));

        AccessDecision No(int layer, string reason) => new(inputs, layer, reason, null);
    }
}
