using System.Diagnostics;
using System.Globalization;
using Duende.IdentityServer.Events;
using Duende.IdentityServer.Services;
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

/// <summary>A person moved to another of their tenants by a token exchange.</summary>
internal sealed class TenantSwitchedEvent(string subjectId, string clientId, long tenantId)
    : Event(EventCategories.Authentication, "Tenant Switched", EventTypes.Success, EventId)
{
    /// <summary>Above the provider's own numbers.</summary>
    private const int EventId = 90_001;

    public string SubjectId { get; } = subjectId;
    public string ClientId { get; } = clientId;
    public long TenantId { get; } = tenantId;
}

/// <summary>A person followed an invitation and has a password now.</summary>
internal sealed class PasswordSetEvent(string subjectId)
    : Event(EventCategories.Authentication, "Password Set", EventTypes.Success, EventId)
{
    /// <summary>Above the provider's own numbers.</summary>
    private const int EventId = 90_002;

    public string SubjectId { get; } = subjectId;
}

/// <summary>Writes the provider's events, and those our pages raise, into <c>login_audit</c>.</summary>
internal sealed class LoginAudit(IdentityDb db, TimeProvider clock, ILogger<LoginAudit> log) : IEventSink
{
    private const int DetailMaxLength = 200;

    public async Task PersistAsync(Event evt)
    {
        if (ToRow(evt) is not { } row) return;

        // Not through the change tracker: whatever else the request holds there must not be saved along.
        await db.Database.ExecuteSqlAsync($"""
            insert into login_audit (occurred_at, kind, account_id, client_id, detail, remote_address, trace_id)
            values ({row.OccurredAt}, {row.Kind}, {row.AccountId}, {row.ClientId}, {row.Detail}, {row.RemoteAddress},
                    {row.TraceId})
            """);

        log.LogInformation("{Kind} account {AccountId} client {ClientId}: {Detail}",
            row.Kind, row.AccountId, row.ClientId, row.Detail);
    }

    private AuditRow? ToRow(Event evt) => evt switch
    {
        UserLoginSuccessEvent e => Row(evt, AuditKinds.SignedIn, e.SubjectId, e.ClientId, null),
        UserLoginFailureEvent e => Row(evt, AuditKinds.SignInFailed, e.Username, e.ClientId, e.Message),
        UserLogoutSuccessEvent e => Row(evt, AuditKinds.SignedOut, e.SubjectId, null, null),
        TokenIssuedFailureEvent e => Row(evt, AuditKinds.TokenRefused, e.SubjectId, e.ClientId, $"{e.Error}: {e.ErrorDescription}"),
        TokenRevokedSuccessEvent e => Row(evt, AuditKinds.TokenRevoked, null, e.ClientId, e.TokenType),
        ClientAuthenticationFailureEvent e => Row(evt, AuditKinds.ClientRefused, null, e.ClientId, e.Message),
        TenantSwitchedEvent e => Row(evt, AuditKinds.TenantSwitched, e.SubjectId, e.ClientId, $"tenant {e.TenantId}"),
        PasswordSetEvent e => Row(evt, AuditKinds.PasswordSet, e.SubjectId, null, null),
        _ => null,
    };

    private AuditRow Row(Event evt, string kind, string? account, string? client, string? detail) => new(
        Id: 0,
        clock.GetUtcNow(),
        kind,
        long.TryParse(account, CultureInfo.InvariantCulture, out var id) ? id : null,
        Storable(client),
        Storable(detail),
        evt.RemoteIpAddress,
        Activity.Current?.TraceId.ToString());

    /// <summary>A client's name for itself is whatever was sent; PostgreSQL refuses a NUL in a text.</summary>
    private static string? Storable(string? text) => text is null
        ? null
        : string.Concat(text.Take(DetailMaxLength).Select(letter => char.IsControl(letter) ? ' ' : letter));
}
