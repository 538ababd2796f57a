using Platform.Contracts.People;
using Platform.Core.Storage;
using Platform.Core.Tenants;

namespace Platform.Core.People;

/// <summary>
/// A tenant invites an e-mail address; its owner becomes a member by accepting. Until then it holds only what the
/// tenant wrote, and nothing about the owner of the address.
/// </summary>
public sealed class Invitation
{
    /// <summary>As long as the link in the mail works.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);

    public long Id { get; init; }
    public required long TenantId { get; init; }
    public required string Email { get; init; }
    public required string Name { get; set; }
    public required string Locale { get; set; }
    public required long UserTypeId { get; set; }

    /// <summary>Slugs, sorted.</summary>
    public required List<string> Roles { get; set; }

    /// <summary>Exclusive.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }

    /// <summary><c>accepted</c>, <c>declined</c> or <c>withdrawn</c>; null while it is open.</summary>
    public string? Outcome { get; set; }
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>Who accepted it.</summary>
    public long? UserId { get; set; }
    public long Version { get; init; }

    public string StatusAt(DateTimeOffset now) =>
        Outcome ?? (ExpiresAt > now ? InvitationStatuses.Pending : InvitationStatuses.Expired);

    /// <summary>Nobody can do anything with it afterwards.</summary>
    public void Close(string outcome, DateTimeOffset now) => (Outcome, ClosedAt) = (outcome, now);
}

internal sealed class InvitationConfiguration : IEntityTypeConfiguration<Invitation>, IPlatformTable
{
    public void Configure(EntityTypeBuilder<Invitation> builder)
    {
        builder.ToTable("invitations");
        builder.HasOne<Tenant>().WithMany().HasForeignKey(i => i.TenantId);
        builder.HasOne<UserType>().WithMany().HasForeignKey(i => i.UserTypeId);
        builder.HasOne<User>().WithMany().HasForeignKey(i => i.UserId);
        builder.Property<string>("SearchEmail").IsRequired().ValueGeneratedOnAddOrUpdate();
        builder.HasVersion();
        builder.HasActorStamps();
    }
}

public static class InvitationTables
{
    extension(PlatformDb db)
    {
        public DbSet<Invitation> Invitations => db.Set<Invitation>();

        /// <summary>Of this address, whatever the case of its letters.</summary>
        public IQueryable<Invitation> InvitationsOf(string email)
        {
            var key = email.ToLowerInvariant();
            return db.Invitations.Where(i => EF.Property<string>(i, "SearchEmail") == key);
        }
    }
}
