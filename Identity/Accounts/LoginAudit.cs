using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Identity.Accounts;

/// <summary>
/// One row of <c>login_audit</c>: what happened to an account or a client at the door. The application's role may add
/// rows and read them, never change or remove one.
/// </summary>
/// <param name="Kind">One of <see cref="AuditKinds"/>.</param>
/// <param name="AccountId">Null when nobody was recognised: what was typed is not kept, it may be a password.</param>
/// <param name="Detail">A short code, never a token, a code or a name.</param>
internal sealed record AuditRow(
    long Id, DateTimeOffset OccurredAt, string Kind, long? AccountId, string? ClientId, string? Detail,
    string? RemoteAddress, string? TraceId);

internal static class AuditKinds
{
    public const string SignedIn = "sign_in";
    public const string SignInFailed = "sign_in_failed";
    public const string SignedOut = "sign_out";
    public const string TokenRefused = "token_refused";
    public const string TokenRevoked = "token_revoked";
    public const string ClientRefused = "client_refused";
    public const string TenantSwitched = "tenant_switch";
    public const string PasswordSet = "password_set";
    public const string PasswordReset = "password_reset";
    public const string PasswordChanged = "password_changed";
    public const string AccountLinked = "account_linked";
    public const string EmailChanged = "email_changed";
    public const string SessionEnded = "session_ended";
    public const string FactorAdded = "factor_added";
    public const string FactorRemoved = "factor_removed";
    public const string FactorRenamed = "factor_renamed";
    public const string FactorsReset = "factors_reset";
    public const string Locked = "account_locked";
    public const string Unlocked = "account_unlocked";
    public const string DeletionRequested = "deletion_requested";
    public const string DeletionWithdrawn = "deletion_withdrawn";
}

internal sealed class AuditRowConfiguration : IEntityTypeConfiguration<AuditRow>
{
    public void Configure(EntityTypeBuilder<AuditRow> row)
    {
        row.ToTable("login_audit");
        row.HasIndex(r => new { r.AccountId, r.OccurredAt });
        row.HasIndex(r => new { r.OccurredAt, r.Id });
    }
}

/// <summary>Writes into <c>login_audit</c> what happened at the door.</summary>
internal sealed class LoginAudit(IdentityDb db, IHttpContextAccessor http, TimeProvider clock, ILogger<LoginAudit> log)
{
    private const int DetailMaxLength = 200;

    /// <param name="kind">Of <see cref="AuditKinds"/>.</param>
    /// <param name="account">An account id; anything else is not kept.</param>
    /// <param name="client"></param>
    /// <param name="detail">A short code.</param>
    public async Task WriteAsync(string kind, string? account, string? client, string? detail)
    {
        var row = Row(kind, account, client, detail);

        // Not through the change tracker: whatever else the request holds there must not be saved along.
        await db.Database.ExecuteSqlAsync($"""
            insert into login_audit (occurred_at, kind, account_id, client_id, detail, remote_address, trace_id)
            values ({row.OccurredAt}, {row.Kind}, {row.AccountId}, {row.ClientId}, {row.Detail}, {row.RemoteAddress},
                    {row.TraceId})
            """);

        log.LogInformation("{Kind} account {AccountId} client {ClientId}: {Detail}",
            row.Kind, row.AccountId, row.ClientId, row.Detail);
    }

    private AuditRow Row(string kind, string? account, string? client, string? detail) => new(
        Id: 0,
        clock.GetUtcNow(),
        kind,
        long.TryParse(account, CultureInfo.InvariantCulture, out var id) ? id : null,
        Storable(client),
        Storable(detail),
        http.HttpContext?.Connection.RemoteIpAddress?.ToString(),
        Activity.Current?.TraceId.ToString());

    /// <summary>A client's name for itself is whatever was sent; PostgreSQL refuses a NUL in a text.</summary>
    private static string? Storable(string? text) => text is null
        ? null
        : string.Concat(text.Take(DetailMaxLength).Select(letter => char.IsControl(letter) ? ' ' : letter));
}
