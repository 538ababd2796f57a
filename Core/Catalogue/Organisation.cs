using Platform.Core.Storage;

namespace Platform.Core.Catalogue;

/// <summary>How the organisation schedules where a service does not say otherwise. One row.</summary>
public sealed class OrganisationSettings
{
    public short Id { get; private init; }

    /// <summary>ISO 8601: 1 is Monday, 7 is Sunday. Weekly limits count from it.</summary>
    public short WeekStart { get; set; } = 1;
    public int? SlotIntervalMinutes { get; set; }
    public int? MinimumNoticeMinutes { get; set; }
    public int? BookingWindowDays { get; set; }

    /// <summary>How long a hold lasts.</summary>
    public int HoldMinutes { get; set; } = 5;

    /// <summary>How many holds one caller may have at a time.</summary>
    public int HoldsPerClient { get; set; } = 3;
    public long Version { get; private init; }
}

/// <summary>A member that the organisation adds to its clients, bookings, resources or users.</summary>
public sealed class CustomField
{
    public long Id { get; init; }

    /// <summary><c>client</c>, <c>booking</c>, <c>resource</c> or <c>user</c>.</summary>
    public required string AppliesTo { get; init; }

    /// <summary>The member of <c>metadata</c>, <c>answers</c> or <c>attributes</c>.</summary>
    public required string Key { get; init; }
    public required string Label { get; set; }

    /// <summary><c>text</c>, <c>number</c>, <c>boolean</c>, <c>date</c> or <c>choice</c>.</summary>
    public required string Type { get; set; }
    public bool Required { get; set; }
    public List<string> Choices { get; set; } = [];
    public int Position { get; set; }
    public long Version { get; private init; }
}

/// <summary>
/// One row, whose number every change of settings, resources, schedules, blackouts and services raises in its own
/// transaction. Caches of such facts keep the version they were read under.
/// </summary>
public sealed class CatalogueVersion
{
    public short Id { get; private init; }
    public long Version { get; private init; }
}

internal sealed class OrganisationSettingsConfiguration : IEntityTypeConfiguration<OrganisationSettings>, ITenantTable
{
    public void Configure(EntityTypeBuilder<OrganisationSettings> builder)
    {
        builder.ToTable("organisation_settings");
        builder.HasActorStamps();
        builder.HasVersion();
    }
}

internal sealed class CustomFieldConfiguration : IEntityTypeConfiguration<CustomField>, ITenantTable
{
    public void Configure(EntityTypeBuilder<CustomField> builder)
    {
        builder.ToTable("custom_fields");
        builder.HasActorStamps();
        builder.HasVersion();
    }
}

internal sealed class CatalogueVersionConfiguration : IEntityTypeConfiguration<CatalogueVersion>, ITenantTable
{
    public void Configure(EntityTypeBuilder<CatalogueVersion> builder) => builder.ToTable("catalogue_version");
}

public static class OrganisationTables
{
    extension(TenantDb db)
    {
        public DbSet<OrganisationSettings> OrganisationSettings => db.Set<OrganisationSettings>();
        public DbSet<CustomField> CustomFields => db.Set<CustomField>();

        /// <summary>What the organisation's own fields of clients, bookings or resources may hold.</summary>
        /// <param name="owner">One of <see cref="CustomFieldOwners"/>.</param>
        public async Task<IReadOnlyList<FieldRule>> FieldsAsync(string owner, CancellationToken ct) =>
        [
            .. (await db.CustomFields.AsNoTracking().Where(f => f.AppliesTo == owner)
                .OrderBy(f => f.Position).ThenBy(f => f.Id).ToListAsync(ct)).Select(FieldRule.Of),
        ];

        /// <summary>
        /// Changes of the catalogue follow one another: each is checked against what the one before it left. Bookings
        /// do not wait for this.
        /// </summary>
        public Task LockCatalogueAsync(CancellationToken ct) =>
            db.Database.ExecuteSqlAsync($"select from catalogue_version for update", ct);
    }
}
