using Duende.IdentityServer.EntityFramework.Entities;
using Duende.IdentityServer.EntityFramework.Options;
using Microsoft.EntityFrameworkCore;

namespace Duende.IdentityServer.EntityFramework.DbContexts;

/// <summary>
/// The operational tables, with the names, types, lengths and indexes that the real package gives them.
/// </summary>
public class PersistedGrantDbContext(
    DbContextOptions<PersistedGrantDbContext> options, OperationalStoreOptions storeOptions)
    : DbContext(options)
{
    public DbSet<PersistedGrant> PersistedGrants { get; set; } = null!;
    public DbSet<DeviceFlowCodes> DeviceFlowCodes { get; set; } = null!;
    public DbSet<Key> Keys { get; set; } = null!;
    public DbSet<ServerSideSession> ServerSideSessions { get; set; } = null!;
    public DbSet<PushedAuthorizationRequest> PushedAuthorizationRequests { get; set; } = null!;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        if (!string.IsNullOrWhiteSpace(storeOptions.DefaultSchema))
        {
            modelBuilder.HasDefaultSchema(storeOptions.DefaultSchema);
        }

        modelBuilder.Entity<PersistedGrant>(grant =>
        {
            grant.ToTable("PersistedGrants");
            grant.HasKey(row => row.Id);
            grant.Property(row => row.Key).HasMaxLength(200).IsRequired(false);
            grant.Property(row => row.Type).HasMaxLength(50).IsRequired();
            grant.Property(row => row.SubjectId).HasMaxLength(200).IsRequired(false);
            grant.Property(row => row.SessionId).HasMaxLength(100);
            grant.Property(row => row.ClientId).HasMaxLength(200).IsRequired();
            grant.Property(row => row.Description).HasMaxLength(200);
            grant.Property(row => row.Data).HasMaxLength(50000).IsRequired();
            grant.HasIndex(row => row.Key).IsUnique();
            grant.HasIndex(row => new { row.SubjectId, row.ClientId, row.Type });
            grant.HasIndex(row => new { row.SubjectId, row.SessionId, row.Type });
            grant.HasIndex(row => row.Expiration);
            grant.HasIndex(row => row.ConsumedTime);
        });

        modelBuilder.Entity<DeviceFlowCodes>(code =>
        {
            code.ToTable("DeviceCodes");
            code.HasKey(row => row.UserCode);
            code.Property(row => row.UserCode).HasMaxLength(200);
            code.Property(row => row.DeviceCode).HasMaxLength(200).IsRequired();
            code.Property(row => row.SubjectId).HasMaxLength(200);
            code.Property(row => row.SessionId).HasMaxLength(100);
            code.Property(row => row.ClientId).HasMaxLength(200).IsRequired();
            code.Property(row => row.Description).HasMaxLength(200);
            code.Property(row => row.Expiration).IsRequired();
            code.Property(row => row.Data).HasMaxLength(50000).IsRequired();
            code.HasIndex(row => row.DeviceCode).IsUnique();
            code.HasIndex(row => row.Expiration);
        });

        modelBuilder.Entity<Key>(key =>
        {
            key.ToTable("Keys");
            key.HasKey(row => row.Id);
            key.Property(row => row.Algorithm).HasMaxLength(100).IsRequired();
            key.Property(row => row.Data).IsRequired();
            key.HasIndex(row => row.Use);
        });

        modelBuilder.Entity<ServerSideSession>(session =>
        {
            session.ToTable("ServerSideSessions");
            session.HasKey(row => row.Id);
            session.Property(row => row.Key).HasMaxLength(100).IsRequired();
            session.Property(row => row.Scheme).HasMaxLength(100).IsRequired();
            session.Property(row => row.SubjectId).HasMaxLength(100).IsRequired();
            session.Property(row => row.SessionId).HasMaxLength(100);
            session.Property(row => row.DisplayName).HasMaxLength(100);
            session.Property(row => row.Data).IsRequired();
            session.HasIndex(row => row.Key).IsUnique();
            session.HasIndex(row => row.Expires);
            session.HasIndex(row => row.SubjectId);
            session.HasIndex(row => row.SessionId);
            session.HasIndex(row => row.DisplayName);
        });

        modelBuilder.Entity<PushedAuthorizationRequest>(request =>
        {
            request.ToTable("PushedAuthorizationRequests");
            request.HasKey(row => row.Id);
            request.Property(row => row.ReferenceValueHash).HasMaxLength(64).IsRequired();
            request.Property(row => row.Parameters).IsRequired();
            request.HasIndex(row => row.ReferenceValueHash).IsUnique();
            request.HasIndex(row => row.ExpiresAtUtc);
        });
    }
}
