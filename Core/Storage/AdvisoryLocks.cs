namespace Platform.Core.Storage;

/// <summary>
/// The keys of all advisory locks, as expressions of SQL. Keys of two kinds never meet: they have different seeds, or
/// texts that begin differently.
/// </summary>
internal static class AdvisoryLocks
{
    /// <summary>Migrations of one installation run one after the other.</summary>
    public const string Migrations = "4707221937";

    /// <summary>One process seals and prunes the audit trails at a time.</summary>
    public const string AuditKeeping = "4707221938";

    /// <summary>A client of the tenant of the search path.</summary>
    /// <param name="id">An expression.</param>
    public static string Client(string id) => $"hashtextextended(current_schema() || '/client/' || {id}, 3)";

    /// <summary>The prices of an application.</summary>
    /// <param name="applicationId">An expression.</param>
    public static string Prices(string applicationId) => $"hashtextextended('prices/' || {applicationId}, 0)";

    /// <summary>The idempotency key of a request.</summary>
    /// <param name="key">An expression.</param>
    public static string Request(string key) => $"hashtextextended({key}, 0)";

    /// <summary>The holds of one owner in one tenant.</summary>
    /// <param name="owner">An expression.</param>
    public static string HoldOwner(string owner) => $"hashtextextended({owner}, 1)";

    /// <summary>The schema of a tenant while it is built or deleted.</summary>
    public static string TenantSchema(string schema) => $"hashtextextended('{schema}', 0)";
}
