using System.Text.Json;
using Platform.Core.Storage;

namespace Platform.Core.Clients;

/// <summary>The person a booking is for. No account is needed; the e-mail address identifies them.</summary>
public sealed class Client
{
    public const string EmailConstraint = "ux_clients_email";

    public static readonly JsonElement NoMetadata = JsonSerializer.SerializeToElement(new { });

    public long Id { get; init; }
    public required string Name { get; set; }
    public string? Email { get; set; }

    /// <summary>E.164.</summary>
    public string? Phone { get; set; }
    public required string Locale { get; set; }

    /// <summary>IANA name; the zone of the booking, or the tenant's, where absent.</summary>
    public string? TimeZone { get; set; }

    /// <summary>The organisation's own fields, by key.</summary>
    public JsonElement Metadata { get; set; } = NoMetadata;

    /// <summary>When the person went; their bookings stay as history without a name.</summary>
    public DateTimeOffset? ErasedAt { get; set; }

    /// <summary>The record that took over this one's bookings.</summary>
    public long? MergedIntoId { get; set; }
    public long Version { get; private init; }
}

internal sealed class ClientConfiguration : IEntityTypeConfiguration<Client>, ITenantTable
{
    public void Configure(EntityTypeBuilder<Client> builder)
    {
        builder.ToTable("clients");
        builder.Property(c => c.Metadata).HasColumnType("jsonb");
        builder.HasOne<Client>().WithMany().HasForeignKey(c => c.MergedIntoId);
        builder.HasActorStamps();
        builder.HasVersion();
    }
}

public static class ClientTables
{
    extension(TenantDb db)
    {
        public DbSet<Client> Clients => db.Set<Client>();
    }
}
