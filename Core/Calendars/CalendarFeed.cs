using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Platform.Core.Catalogue;
using Platform.Core.Storage;

namespace Platform.Core.Calendars;

/// <summary>A secret address at which the calendar of a resource can be read. One a resource.</summary>
public sealed class CalendarFeed
{
    public long Id { get; private init; }
    public required long ResourceId { get; init; }

    /// <summary>SHA-256 of the token, which nobody but its owner has.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>Whether it names the clients.</summary>
    public bool Details { get; init; }
}

/// <summary>A secret address at which a member of the tenant reads their own bookings. One a person.</summary>
public sealed class PersonFeed
{
    public long Id { get; private init; }
    public required long UserId { get; init; }

    /// <summary>As <see cref="CalendarFeed.TokenHash"/>.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>Whether it names the clients.</summary>
    public bool Details { get; init; }
}

/// <summary>
/// The secret of a feed's address: <c>{tenantId}.{random} </c>. The number finds the tenant's schema, 32 random bytes
/// are what cannot be guessed.
/// </summary>
public readonly record struct FeedToken(long TenantId, string Text)
{
    private const int RandomBytes = 32;

    public byte[] Hash => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    public static FeedToken New(long tenantId) =>
        new(tenantId, $"{tenantId}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes))}");

    /// <returns>Null if it is not a token of a feed.</returns>
    public static FeedToken? Read(string text) =>
        text.Length <= 100
        && text.Split('.') is [var tenant, var random]
        && long.TryParse(tenant, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && Base64Url.IsValid(random, out var bytes) && bytes == RandomBytes
            ? new(id, text)
            : null;
}

internal sealed class CalendarFeedConfiguration : IEntityTypeConfiguration<CalendarFeed>, ITenantTable
{
    public void Configure(EntityTypeBuilder<CalendarFeed> builder)
    {
        builder.ToTable("calendar_feeds");
        builder.HasOne<Resource>().WithMany().HasForeignKey(f => f.ResourceId);
        builder.HasActorStamps();
    }
}

internal sealed class PersonFeedConfiguration : IEntityTypeConfiguration<PersonFeed>, ITenantTable
{
    public void Configure(EntityTypeBuilder<PersonFeed> builder)
    {
        builder.ToTable("person_feeds");
        builder.HasActorStamps();
    }
}

public static class CalendarFeedTable
{
    extension(TenantDb db)
    {
        public DbSet<PersonFeed> PersonFeeds => db.Set<PersonFeed>();
        public DbSet<CalendarFeed> CalendarFeeds => db.Set<CalendarFeed>();
    }
}
