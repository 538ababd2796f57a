using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Identity.Accounts;
using Platform.ServiceDefaults.KeyRing;

namespace Platform.Identity.Storage;

/// <summary>The data protection keys, which guard cookies, forms, grants and signing keys.</summary>
internal sealed class DataProtectionKeyConfiguration : IEntityTypeConfiguration<DataProtectionKey>
{
    public void Configure(EntityTypeBuilder<DataProtectionKey> key)
    {
        key.ToTable("data_protection_keys");
        key.Property(k => k.FriendlyName).IsRequired();
        key.Property(k => k.Xml).IsRequired();
        key.Property<DateTimeOffset>("CreatedAt").HasDefaultValueSql("now()");
    }
}

internal static class KeyRingStorage
{
    /// <summary>Fixed: with the default, the folder of the program, a move would make all secrets unreadable.</summary>
    private const string ApplicationName = "Platform.Identity";

    /// <summary>Keeps the ring in the database, so that each instance of Identity reads what another wrote.</summary>
    public static void AddKeyRingInDatabase(this WebApplicationBuilder builder) => builder.AddKeyRing()
        .SetApplicationName(ApplicationName)
        .PersistKeysToDbContext<IdentityDb>();
}
