using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Identity.Accounts;

namespace Platform.Identity.Invitations;

/// <summary>
/// A mail that is owed to somebody who has an account and no password yet. The link in it is made when it is sent, so
/// that nothing here opens an account.
/// </summary>
internal sealed class Invitation
{
    /// <summary>Asked for again within this time, it is the same.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    public long Id { get; private init; }
    public required long AccountId { get; init; }

    /// <summary>Where the person is invited to.</summary>
    public string? Organisation { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public int Attempts { get; init; }
    public required DateTimeOffset NextAttemptAt { get; init; }
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When it was given up, or there was no need any more.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>Only for accounts that wait for their first password; one at a time.</summary>
    public static Task QueueAsync(
        IdentityDb db, long accountId, string? organisation, DateTimeOffset now, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"""
            insert into invitations (account_id, organisation, created_at, next_attempt_at)
            select id, {organisation}, {now}, {now} from accounts
            where id = {accountId} and password_hash is null and deactivated_at is null
                and not exists (
                    select from invitations i where i.account_id = accounts.id and i.failed_at is null
                        and i.created_at > {now - Pause})
            on conflict do nothing
            """,
            ct);
}

internal sealed class InvitationConfiguration : IEntityTypeConfiguration<Invitation>
{
    public void Configure(EntityTypeBuilder<Invitation> invitation) => invitation.ToTable("invitations");
}
