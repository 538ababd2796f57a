namespace Platform.Identity.Factors;

internal enum FactorRejection
{
    /// <summary>The account changed concurrently: the requested state exists already or no longer does.</summary>
    Stale,

    /// <summary>The account needs a second factor, and this is its last one.</summary>
    Required,
}

/// <param name="RecoveryCodes">New ones, to be shown once; empty where the old ones stay.</param>
internal sealed record FactorChange(FactorRejection? Rejection, IReadOnlyList<string> RecoveryCodes);

/// <summary>Who changes second factors.</summary>
/// <param name="SessionId">The session that goes on, or null.</param>
/// <param name="MustBeFirst">Only an account without a second factor may get one: a password adds no more.</param>
/// <param name="MayNotLeaveNone">Whether the rule that staff need a second factor applies.</param>
internal sealed record FactorChanger(string? SessionId, bool MustBeFirst, bool MayNotLeaveNone)
{
    /// <summary>A person in the middle of a sign-in, who has shown the password.</summary>
    public static readonly FactorChanger SigningIn = new(null, MustBeFirst: true, MayNotLeaveNone: true);

    public static readonly FactorChanger Staff = new(null, MustBeFirst: false, MayNotLeaveNone: false);

    /// <summary>A person with a session, who has proved again who they are.</summary>
    public static FactorChanger InSession(string sessionId) =>
        new(sessionId, MustBeFirst: false, MayNotLeaveNone: true);
}
