using Npgsql;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Core.People;

/// <summary>Takes over what a person changed about themselves at Identity.</summary>
public sealed class ChangeProfile(PlatformSql sql, TimeProvider clock)
{
    private static readonly Rejection EmailTaken =
        new(RejectionKind.Conflict, Codes.AlreadyExists, "Another person has this e-mail address.", "email");

    /// <returns>Null if the person has this profile now, or is not known here; else why not.</returns>
    public async Task<Rejection?> ExecuteAsync(long userId, ProfileRequest profile, AuditSource source, CancellationToken ct)
    {
        var update = TenantSql.Statement(
            """
            update users set name = $2, locale = $3, email = $4, updated_at = now(), updated_by = $5
            where id = $1 and (name, locale, email) is distinct from ($2, $3, $4)
            """,
            userId, profile.Name, profile.Locale, profile.Email, source.Actor);
        var audit = new AuditChange(null, "user.profile_changed", "user", userId, null, new { profile.Locale })
            .ToStatement(
                source, clock.GetUtcNow(), "exists (select from users where id = $7 and updated_at = now())");
        try
        {
            await sql.ExecuteAsync(Scope.AllTenants, [update, audit], ct);
            return null;
        }
        catch (PostgresException e) when (e.ConstraintName == "ux_users_email")
        {
            return EmailTaken;
        }
    }
}
