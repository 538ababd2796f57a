namespace Platform.Identity.Factors;

/// <param name="Id">Of the credential, in Base64url.</param>
internal sealed record Passkey(string Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <param name="TotpSince">When the authenticator app was set up; null without one.</param>
internal sealed record FactorSummary(DateTimeOffset? TotpSince, int RecoveryCodesLeft, IReadOnlyList<Passkey> Passkeys)
{
    public bool HasAny => TotpSince is not null || Passkeys.Count > 0;
}
