using Platform.Core.Storage;

namespace Platform.Core.Messages;

/// <summary>The organisation's own words for a kind of mail in one language.</summary>
public sealed class MessageTemplate : ActorStamped
{
    public long Id { get; init; }

    /// <summary>One of <see cref="Contracts.Messages.MessageKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>One of <see cref="Contracts.Messages.MessageLocales"/>.</summary>
    public required string Locale { get; init; }

    /// <summary>Liquid.</summary>
    public required string Subject { get; set; }

    /// <summary>Liquid.</summary>
    public required string Text { get; set; }
    public long Version { get; private init; }
}

internal sealed class MessageTemplateConfiguration : IEntityTypeConfiguration<MessageTemplate>, ITenantTable
{
    public void Configure(EntityTypeBuilder<MessageTemplate> builder)
    {
        builder.ToTable("message_templates");
        builder.HasKnownStamps();
        builder.HasVersion();
    }
}

public static class MessageTables
{
    extension(TenantDb db)
    {
        public DbSet<MessageTemplate> MessageTemplates => db.Set<MessageTemplate>();
    }
}
