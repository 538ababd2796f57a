using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Identity.Accounts;

namespace Platform.Identity.Factors;

/// <summary>An app that shows codes (TOTP, RFC 6238).</summary>
/// <param name="Secret">Under the key ring.</param>
/// <param name="LastStep">Time step of the last code that was used: it and older ones do not work again.</param>
internal sealed record Authenticator(long AccountId, byte[] Secret, DateTimeOffset ConfirmedAt, long LastStep);

/// <summary>A recovery code that has not been used.</summary>
internal sealed record RecoveryCode(long AccountId, byte[] CodeHash);

internal sealed class FactorConfiguration :
    IEntityTypeConfiguration<Authenticator>, IEntityTypeConfiguration<RecoveryCode>,
    IEntityTypeConfiguration<IdentityUserPasskey<long>>
{
    /// <summary>
    /// When the challenge was issued that the passkey answered last. Answers to it and to older challenges do not work
    /// again.
    /// </summary>
    public const string LastChallenge = "LastChallenge";

    public void Configure(EntityTypeBuilder<Authenticator> authenticator) =>
        authenticator.ToTable("account_authenticators").HasKey(a => a.AccountId);

    public void Configure(EntityTypeBuilder<RecoveryCode> code) =>
        code.ToTable("account_recovery_codes").HasKey(c => new { c.AccountId, c.CodeHash });

    public void Configure(EntityTypeBuilder<IdentityUserPasskey<long>> passkey)
    {
        passkey.ToTable("account_passkeys").HasKey(p => p.CredentialId);
        passkey.HasOne<Account>().WithMany().HasForeignKey(p => p.UserId);
        passkey.OwnsOne(p => p.Data, data => data.ToJson("data"));
        passkey.Property<DateTimeOffset?>(LastChallenge);
    }
}
