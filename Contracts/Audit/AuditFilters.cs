namespace Platform.Contracts.Audit;

/// <summary>
/// What the trail of changes calls the things that it is about: the first part of their actions, with a few exceptions.
/// </summary>
public static class AuditTargets
{
    private static readonly string[] Elsewhere = ["billing", "group", "person"];

    public static IReadOnlySet<string> All { get; } = AuditActions.All
        .Select(action => action[..action.IndexOf('.', StringComparison.Ordinal)])
        .Except(Elsewhere).Concat(["adjustment", "membership", "month", "role", "tenant", "user"])
        .ToHashSet(StringComparer.Ordinal);
}

/// <summary>How trails name who acted.</summary>
public static class AuditActors
{
    /// <summary>A person, a key, a program, or the platform by itself.</summary>
    public const string Pattern = "^(user:[1-9][0-9]{0,18}|key:[1-9][0-9]{0,18}|client:[!-~]{1,200}|system)$";
}

/// <summary>What Identity calls what happens at the door.</summary>
public static class LoginKinds
{
    public const string Pattern =
        "^(sign_in|sign_in_failed|sign_out|token_refused|token_revoked|client_refused|tenant_switch|password_set|"
        + "password_reset|password_changed|account_linked|email_changed|session_ended|factor_added|factor_removed|"
        + "factor_renamed|factors_reset|account_locked|account_unlocked|deletion_requested|deletion_withdrawn)$";

    public static IReadOnlySet<string> All { get; } = Pattern[2..^2].Split('|').ToHashSet(StringComparer.Ordinal);
}
