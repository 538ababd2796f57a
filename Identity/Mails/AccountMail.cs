using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Identity.Accounts;

namespace Platform.Identity.Mails;

/// <summary>What a mail of Identity is about; stored as text.</summary>
internal static class MailKind
{
    /// <summary>A link to set the first password. The detail is the organisation.</summary>
    public const string Invitation = "invitation";

    /// <summary>
    /// A link to accept an invitation. The detail is its <see cref="Contracts.People.InvitationMailRequest"/>; the
    /// account is made now.
    /// </summary>
    public const string Joining = "joining";

    /// <summary>A link to set another password. The row has the address that somebody typed, and no account.</summary>
    public const string PasswordReset = "password_reset";
    public const string PasswordChanged = "password_changed";

    /// <summary>
    /// A link to confirm another address, to the old one and to the new one. The detail is the id of the change.
    /// </summary>
    public const string EmailChange = "email_change";
    public const string EmailChanged = "email_changed";

    /// <summary>The detail names the browser.</summary>
    public const string NewDevice = "new_device";

    /// <summary>Second factors were reset by staff, or changed by the person.</summary>
    public const string FactorsChanged = "factors_changed";

    /// <summary>
    /// A link to confirm a sign-up. The detail is its <see cref="Contracts.People.SignUpMailRequest"/>; the account is
    /// made now.
    /// </summary>
    public const string SignUp = "sign_up";
}

/// <summary>
/// A mail that is owed. Links are made when it is sent, so that nothing here opens an account; a link in a mail that
/// is no longer true does nothing.
/// </summary>
internal sealed class AccountMail
{
    public long Id { get; private init; }

    /// <summary>One of <see cref="MailKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Null: the account that has the address when the mail is sent, if there is one.</summary>
    public long? AccountId { get; init; }
    public required string Recipient { get; init; }

    /// <summary>What <see cref="MailKind"/> says of it.</summary>
    public string? Data { get; init; }
    public string? Topic { get; init; }
    public long Version { get; init; }
    public required string Status { get; init; }

    /// <summary>Of the attempt that was made last, without the text: a link in it would open the account.</summary>
    public string Subject { get; init; } = "";
    public string Body { get; init; } = "";
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public int Attempts { get; init; }
    public required DateTimeOffset NextAttemptAt { get; init; }
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Why the last attempt failed, or why it was not needed any more.</summary>
    public string? LastError { get; init; }
    public string? Traceparent { get; init; }
}

internal sealed class AccountMailConfiguration : IEntityTypeConfiguration<AccountMail>
{
    public void Configure(EntityTypeBuilder<AccountMail> mail)
    {
        mail.ToTable("account_mails");
        mail.Property(m => m.Kind).HasMaxLength(50);
        mail.Property(m => m.Recipient).HasMaxLength(Account.EmailMaxLength);
    }
}

internal static class AccountMails
{
    /// <summary>A mail of the same kind to the same address within this time is the same mail.</summary>
    private static readonly TimeSpan RepeatInterval = TimeSpan.FromMinutes(1);

    public static Task QueueAsync(
        IdentityDb db, string kind, Account account, string? detail, DateTimeOffset now, CancellationToken ct) =>
        QueueAsync(db, kind, account.Id, account.Email!, detail, now, ct);

    public static Task QueueAsync(
        IdentityDb db, string kind, long? accountId, string email, string? detail, DateTimeOffset now, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"""
            insert into account_mails (kind, account_id, recipient, data, created_at, next_attempt_at)
            values ({kind}, {accountId}, {email}, {detail}, {now}, now())
            """,
            ct);

    /// <summary>
    /// Unless such a mail was queued within the last minute. It is one statement whether or not anybody has the
    /// address.
    /// </summary>
    public static Task QueueOnceAsync(
        IdentityDb db, string kind, long? accountId, string email, string? detail, DateTimeOffset now, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"""
            insert into account_mails (kind, account_id, recipient, data, created_at, next_attempt_at)
            select {kind}, {accountId}, {email}, {detail}, {now}, now()
            where not exists (
                select from account_mails
                where kind = {kind} and recipient = {email} and created_at > {now - RepeatInterval} and status <> 'failed'
                    and (kind <> {MailKind.Joining} or data = {detail}))
            on conflict do nothing
            """,
            ct);
}
