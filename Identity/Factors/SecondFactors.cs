using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Identity.Accounts;
using Platform.Identity.Engine;
using Platform.Identity.Mails;
using Platform.Identity.SignIn;

namespace Platform.Identity.Factors;

/// <summary>
/// Changes second factors. An account that has an app or a passkey needs a second factor after its password; recovery
/// codes come with the first and go with the last. The change ends all earlier sessions.
/// </summary>
internal sealed class SecondFactors(
    IdentityDb db, FactorSecrets secrets, ISessions sessions, LoginAudit audit, IOptions<StaffSignInOptions> options,
    TimeProvider clock)
{
    public const int MaxPasskeys = 20;
    public const int NameMaxLength = 100;

    // Details of the audit.
    private const string Totp = "totp";
    private const string PasskeyDetail = "passkey";
    private const string Codes = "recovery_codes";

    public async Task<FactorSummary> DescribeAsync(long accountId, CancellationToken ct)
    {
        var since = await db.Set<Authenticator>().Where(a => a.AccountId == accountId)
            .Select(a => (DateTimeOffset?)a.ConfirmedAt).SingleOrDefaultAsync(ct);
        var codes = await db.Set<RecoveryCode>().CountAsync(c => c.AccountId == accountId, ct);
        var passkeys = await db.Set<IdentityUserPasskey<long>>().Where(p => p.UserId == accountId)
            .Select(p => new
            {
                p.CredentialId,
                p.Data.Name,
                p.Data.CreatedAt,
                UsedAt = EF.Property<DateTimeOffset?>(p, FactorConfiguration.LastChallenge),
            })
            .ToListAsync(ct);
        return new(since, codes, [.. passkeys.OrderBy(p => p.CreatedAt).Select(
            p => new Passkey(WebEncoders.Base64UrlEncode(p.CredentialId), p.Name ?? "", p.CreatedAt, p.UsedAt))]);
    }

    /// <param name="account">Has the new security stamp afterwards, as after every change here.</param>
    /// <param name="secret">The person has shown a code of it.</param>
    /// <param name="step">The time step of that code, which does not work again.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="ct">Stops the change.</param>
    public Task<FactorChange> AddTotpAsync(
        Account account, byte[] secret, long step, FactorChanger by, CancellationToken ct)
    {
        var (sealedSecret, now) = (secrets.Seal(account.Id, secret), clock.GetUtcNow());
        return ChangeAsync(account, AuditKinds.FactorAdded, Totp, by, async () => await db.Database.ExecuteSqlAsync(
            $"""
            insert into account_authenticators (account_id, secret, confirmed_at, last_step)
            values ({account.Id}, {sealedSecret}, {now}, {step})
            on conflict do nothing
            """,
            ct) == 1, ct);
    }

    public Task<FactorChange> RemoveTotpAsync(Account account, FactorChanger by, CancellationToken ct) => ChangeAsync(
        account, AuditKinds.FactorRemoved, Totp, by,
        async () => await AuthenticatorOf(account).ExecuteDeleteAsync(ct) == 1, ct);

    public Task<FactorChange> AddPasskeyAsync(
        Account account, UserPasskeyInfo passkey, string name, FactorChanger by, CancellationToken ct) =>
        ChangeAsync(account, AuditKinds.FactorAdded, PasskeyDetail, by, async () =>
        {
            if (await PasskeysOf(account).CountAsync(ct) >= MaxPasskeys) return false;

            db.Add(Row(account, passkey, name));
            await db.SaveChangesAsync(ct);
            return true;
        }, ct);

    public Task<FactorChange> RemovePasskeyAsync(Account account, string id, FactorChanger by, CancellationToken ct)
    {
        var credential = Decode(id);
        return ChangeAsync(account, AuditKinds.FactorRemoved, PasskeyDetail, by, async () =>
            await PasskeysOf(account).Where(p => p.CredentialId == credential).ExecuteDeleteAsync(ct) == 1, ct);
    }

    /// <summary>A name opens nothing, so nobody loses a session over it.</summary>
    public async Task<bool> RenamePasskeyAsync(Account account, string id, string name, CancellationToken ct)
    {
        var credential = Decode(id);
        var count = await db.Database.ExecuteSqlAsync(
            $"""
            update account_passkeys set data = data || jsonb_build_object('Name', {name})
            where credential_id = {credential} and user_id = {account.Id}
            """,
            ct);
        if (count == 1) await WriteAsync(account, AuditKinds.FactorRenamed, PasskeyDetail);
        return count == 1;
    }

    /// <summary>The old ones do not work any more.</summary>
    public Task<FactorChange> RenewRecoveryCodesAsync(Account account, FactorChanger by, CancellationToken ct) =>
        ChangeAsync(account, AuditKinds.FactorAdded, Codes, by, async () =>
        {
            await CodesOf(account).ExecuteDeleteAsync(ct);
            return account.TwoFactorEnabled;
        }, ct);

    /// <summary>For staff: the person has lost their factors, and all sessions end.</summary>
    /// <param name="account">Whose factors go.</param>
    /// <param name="detail">A short code for the audit, or null.</param>
    /// <param name="ct">Stops the change.</param>
    public Task ResetAsync(Account account, string? detail, CancellationToken ct) => ChangeAsync(
        account, AuditKinds.FactorsReset, detail, FactorChanger.Staff, async () =>
        {
            await AuthenticatorOf(account).ExecuteDeleteAsync(ct);
            await PasskeysOf(account).ExecuteDeleteAsync(ct);
            return true;
        }, ct);

    /// <param name="account">Whose factors change.</param>
    /// <param name="kind">One of <see cref="AuditKinds"/>.</param>
    /// <param name="detail">What has changed, for the audit.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="change">False if there was nothing to change.</param>
    /// <param name="ct">Stops the change.</param>
    private async Task<FactorChange> ChangeAsync(
        Account account, string kind, string? detail, FactorChanger by, Func<Task<bool>> change, CancellationToken ct)
    {
        IReadOnlyList<string> codes;
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            // Changes of one account come one after another: of two that remove the last two factors, one sees that.
            var had = await LockAsync(account, ct);
            if (had is not { } hadFactor || (by.MustBeFirst && hadFactor)) return new(FactorRejection.Stale, []);

            try
            {
                if (!await change()) return new(FactorRejection.Stale, []);
            }
            catch (DbUpdateException e)
                when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
            {
                return new(FactorRejection.Stale, []); // another account has just added the same passkey
            }

            var has = await ApplyAsync(account, ct);
            if (!has && by.MayNotLeaveNone && NeedsFactor(account)) return new(FactorRejection.Required, []);

            codes = has ? await FillRecoveryCodesAsync(account, ct) : [];
            await WriteAsync(account, kind, detail);
            await AccountMails.QueueAsync(db, MailKind.FactorsChanged, account, null, clock.GetUtcNow(), ct);
            await transaction.CommitAsync(ct);
        }

        await db.Entry(account).ReloadAsync(ct);
        await sessions.EndAllAsync(account.Id, by.SessionId, ct);
        return new(null, codes);
    }

    /// <returns>Whether the account has a second factor; null if it has changed since it was read.</returns>
    private async Task<bool?> LockAsync(Account account, CancellationToken ct)
    {
        var rows = await db.Database.SqlQuery<bool>($"""
            select two_factor_enabled as "Value" from accounts
            where id = {account.Id} and security_stamp = {account.SecurityStamp} for update
            """).ToListAsync(ct);
        return rows is [var has] ? has : null;
    }

    private async Task<bool> ApplyAsync(Account account, CancellationToken ct)
    {
        var (now, stamp) = (clock.GetUtcNow(), $"{Guid.CreateVersion7():n}");
        var has = await db.Database.SqlQuery<bool>($"""
            update accounts
            set two_factor_enabled = exists (select from account_authenticators where account_id = {account.Id})
                    or exists (select from account_passkeys where user_id = {account.Id}),
                security_stamp = {stamp}, concurrency_stamp = {stamp}, updated_at = {now}
            where id = {account.Id}
            returning two_factor_enabled as "Value"
            """).ToListAsync(ct);
        if (has is [true]) return true;

        await CodesOf(account).ExecuteDeleteAsync(ct);
        return false;
    }

    /// <returns>New codes when all have been used.</returns>
    private async Task<IReadOnlyList<string>> FillRecoveryCodesAsync(Account account, CancellationToken ct)
    {
        if (await CodesOf(account).AnyAsync(ct)) return [];

        var codes = RecoveryCodes.Create();
        var hashes = codes.Select(code => RecoveryCodes.Hash(account.Id, code)!).ToArray();
        await db.Database.ExecuteSqlAsync(
            $"insert into account_recovery_codes (account_id, code_hash) select {account.Id}, unnest({hashes})", ct);
        return codes;
    }

    private bool NeedsFactor(Account account) =>
        account.PlatformRole is not null && options.Value.StaffNeedSecondFactor;

    private IQueryable<Authenticator> AuthenticatorOf(Account account) =>
        db.Set<Authenticator>().Where(a => a.AccountId == account.Id);

    private IQueryable<RecoveryCode> CodesOf(Account account) =>
        db.Set<RecoveryCode>().Where(c => c.AccountId == account.Id);

    private IQueryable<IdentityUserPasskey<long>> PasskeysOf(Account account) =>
        db.Set<IdentityUserPasskey<long>>().Where(p => p.UserId == account.Id);

    private Task WriteAsync(Account account, string kind, string? detail) =>
        audit.WriteAsync(kind, account.Id.ToString(CultureInfo.InvariantCulture), null, detail);

    private static IdentityUserPasskey<long> Row(Account account, UserPasskeyInfo passkey, string name) => new()
    {
        UserId = account.Id,
        CredentialId = passkey.CredentialId,
        Data = new()
        {
            PublicKey = passkey.PublicKey,
            Name = name,
            CreatedAt = passkey.CreatedAt,
            SignCount = passkey.SignCount,
            Transports = passkey.Transports,
            IsUserVerified = passkey.IsUserVerified,
            IsBackupEligible = passkey.IsBackupEligible,
            IsBackedUp = passkey.IsBackedUp,
            AttestationObject = passkey.AttestationObject,
            ClientDataJson = passkey.ClientDataJson,
        },
    };

    /// <returns>The name of a passkey as it is stored, or null if it is invalid.</returns>
    public static string? NameFrom(string? text) =>
        text?.Trim() is { Length: > 0 and <= NameMaxLength } name && !name.Any(char.IsControl) ? name : null;

    /// <summary>Text that is no id finds no passkey.</summary>
    private static byte[] Decode(string id)
    {
        try
        {
            return WebEncoders.Base64UrlDecode(id);
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
