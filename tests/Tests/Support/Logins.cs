using Npgsql;
using Platform.Core.Storage;
using Platform.ServiceDefaults.Databases;

namespace Platform.Tests.Support;

/// <summary>
/// The database logins of the tests' processes. The names differ from those of a stack that a developer may run on the
/// same server.
/// </summary>
internal static class Logins
{
    private const string Password = "a password of the tests";

    public static readonly DatabaseLogin PlatformOwner = new("tests_platform_owner", Password);
    public static readonly DatabaseLogin TenantOwner = new("tests_tenant_owner", Password);
    public static readonly DatabaseLogin Api = new("tests_api", Password);
    public static readonly DatabaseLogin Worker = new("tests_worker", Password);
    public static readonly DatabaseLogin IdentityOwner = new("tests_identity_owner", Password);
    public static readonly DatabaseLogin Identity = new("tests_identity", Password);

    /// <summary>Of platformdb.</summary>
    public static readonly DatabaseRoles OfPlatform = new(Databases.AppRole, PlatformOwner, [Api, Worker]);

    /// <summary>Of tenantdb.</summary>
    public static readonly DatabaseRoles OfTenants = new(Databases.AppRole, TenantOwner, [Api, Worker]);

    /// <summary>Of Identity's database.</summary>
    public static readonly DatabaseRoles OfIdentity = new("identity_app", IdentityOwner, [Identity]);

    extension(string connectionString)
    {
        /// <summary>The same database with another login.</summary>
        public string As(DatabaseLogin login) => new NpgsqlConnectionStringBuilder(connectionString)
        {
            Username = login.Name,
            Password = login.Password,
        }.ConnectionString;
    }
}
