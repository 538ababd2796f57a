using System.Text.Json;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Platform.Identity.Accounts;

/// <summary>
/// Accounts, the login audit, the key ring, and what the engine keeps: clients, tokens, sessions, signing keys.
/// </summary>
public sealed class IdentityDb(DbContextOptions<IdentityDb> options)
    : IdentityDbContext<Account, IdentityRole<long>, long>(options), IDataProtectionKeyContext
{
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);

        builder.Entity<IdentityRole<long>>().ToTable("roles");
        builder.Entity<IdentityRoleClaim<long>>().ToTable("role_claims");
        builder.Entity<IdentityUserClaim<long>>().ToTable("account_claims");
        builder.Entity<IdentityUserLogin<long>>().ToTable("account_logins");
        builder.Entity<IdentityUserRole<long>>().ToTable("account_roles");
        builder.Entity<IdentityUserToken<long>>().ToTable("account_tokens");
        builder.AddEngine();
        builder.ApplyConfigurationsFromAssembly(typeof(IdentityDb).Assembly);

        // What lies in a JSON document has no columns.
        var tables = builder.Model.GetEntityTypes().Where(entity => !entity.IsMappedToJson());
        foreach (var property in tables.SelectMany(entity => entity.GetProperties()))
        {
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        }
    }
}
