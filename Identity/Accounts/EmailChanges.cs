using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Platform.Identity.Engine;
using Platform.Identity.Mails;

namespace Platform.Identity.Accounts;

internal enum EmailConfirmation
{
    /// <summary>The other address has to confirm as well.</summary>
    Waits,
    Changed,

    /// <summary>Another account has the address.</summary>
    Taken,

    /// <summary>There is no such change, or it is over.</summary>
    Gone,
}

/// <summary>
/// Changes an account's e-mail address once the old and the new address have confirmed it: a holder of a session, or a
/// mailbox, alone cannot take an account over.
/// </summary>
internal sealed class EmailChanges(IdentityDb db, ILookupNormalizer names, ISessions sessions, LoginAudit audit, TimeProvider clock)
{
    /// <summary>
    /// Replaces an earlier request. The answer does not reveal whether the new address has an account.
    /// </summary>
    public async Task RequestAsync(Account account, string email, CancellationToken ct)
    {
        var (id, now) = (Guid.CreateVersion7(), clock.GetUtcNow());
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync(
            $"update email_changes set done_at = {now} where account_id = {account.Id} and done_at is null", ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            insert into email_changes (id, account_id, old_email, new_email, created_at, expires_at)
            values ({id}, {account.Id}, {account.Email}, {email}, {now}, {now + EmailChange.Lifetime})
            """,
            ct);
        foreach (var address in new[] { account.Email!, email })
        {
            await AccountMails.QueueAsync(db, MailKind.EmailChange, account.Id, address, $"{id}", now, ct);
        }

        await transaction.CommitAsync(ct);
    }

    /// <summary>The open change with this id, if it belongs to the account.</summary>
    public async Task<EmailChange?> FindAsync(Account account, string? id, CancellationToken ct)
    {
        if (!Guid.TryParse(id, CultureInfo.InvariantCulture, out var key)) return null;

        var now = clock.GetUtcNow();
        return await db.Set<EmailChange>().AsNoTracking().SingleOrDefaultAsync(
            change => change.Id == key && change.AccountId == account.Id && change.DoneAt == null && change.ExpiresAt > now, ct);
    }

    /// <param name="isOld">Which of both addresses the link was sent to.</param>
    public async Task<EmailConfirmation> ConfirmAsync(Account account, Guid id, bool isOld, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var both = await db.Database.SqlQuery<bool>($"""
            update email_changes
            set old_confirmed_at = case when {isOld} then coalesce(old_confirmed_at, {now}) else old_confirmed_at end,
                new_confirmed_at = case when {isOld} then new_confirmed_at else coalesce(new_confirmed_at, {now}) end
            where id = {id} and account_id = {account.Id} and done_at is null and expires_at > {now}
            returning old_confirmed_at is not null and new_confirmed_at is not null as "Value"
            """).ToListAsync(ct);
        if (both is not [true])
        {
            await transaction.CommitAsync(ct);
            return both is [] ? EmailConfirmation.Gone : EmailConfirmation.Waits;
        }

        try
        {
            await ApplyAsync(account, id, now, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return EmailConfirmation.Taken;
        }

        await transaction.CommitAsync(ct);
        await sessions.EndAllAsync(account.Id, null, ct);
        await audit.WriteAsync(AuditKinds.EmailChanged, account.Id.ToString(CultureInfo.InvariantCulture), null, null);
        return EmailConfirmation.Changed;
    }

    private async Task ApplyAsync(Account account, Guid id, DateTimeOffset now, CancellationToken ct)
    {
        var change = await db.Set<EmailChange>().AsNoTracking().SingleAsync(c => c.Id == id, ct);
        var (normalized, stamp) = (names.NormalizeEmail(change.NewEmail), $"{Guid.CreateVersion7():n}");
        await db.Database.ExecuteSqlAsync(
            $"""
            update accounts
            set email = {change.NewEmail}, normalized_email = {normalized}, user_name = {change.NewEmail},
                normalized_user_name = {normalized}, email_confirmed = true, security_stamp = {stamp},
                concurrency_stamp = {stamp}, updated_at = {now}, profile_changed_at = {now}
            where id = {account.Id}
            """,
            ct);
        await db.Database.ExecuteSqlAsync($"update email_changes set done_at = {now} where id = {id}", ct);
        foreach (var address in new[] { change.OldEmail, change.NewEmail })
        {
            await AccountMails.QueueAsync(db, MailKind.EmailChanged, account.Id, address, null, now, ct);
        }
    }
}
