using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Identity.Accounts;

/// <summary>An e-mail address that is to replace another one, when both have confirmed it.</summary>
internal sealed class EmailChange
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public required Guid Id { get; init; }
    public required long AccountId { get; init; }
    public required string OldEmail { get; init; }
    public required string NewEmail { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? OldConfirmedAt { get; init; }
    public DateTimeOffset? NewConfirmedAt { get; init; }

    /// <summary>When it was carried out, or replaced by another change.</summary>
    public DateTimeOffset? DoneAt { get; init; }
}

internal sealed class EmailChangeConfiguration : IEntityTypeConfiguration<EmailChange>
{
    public void Configure(EntityTypeBuilder<EmailChange> change)
    {
        change.ToTable("email_changes");
        change.Property(c => c.OldEmail).HasMaxLength(Account.EmailMaxLength);
        change.Property(c => c.NewEmail).HasMaxLength(Account.EmailMaxLength);
    }
}
