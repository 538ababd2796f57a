using Platform.Core.Storage;

namespace Platform.Core.Clients;

/// <summary>The person who comes. No account is needed; the e-mail address tells one from another.</summary>
public sealed class Client
{
    public const string EmailConstraint = "ux_clients_email";

    public long Id { get; init; }
    public required string Name { get; set; }
    public string? Email { get; set; }

    /// <summary>E.164.</summary>
    public string? Phone { get; set; }
    public required string Locale { get; set; }
}

internal sealed class ClientConfiguration : IEntityTypeConfiguration<Client>, ITenantTable
{
    public void Configure(EntityTypeBuilder<Client> builder)
    {
        builder.ToTable("clients");
        builder.HasActorStamps();
    }
}

public static class ClientTables
{
    extension(TenantDb db)
    {
        public DbSet<Client> Clients => db.Set<Client>();
    }
}
