namespace Platform.Core.Storage;

internal static class Stamps
{
    extension<T>(EntityTypeBuilder<T> table) where T : class
    {
        /// <summary>When a row was made and last changed: filled in and kept up by the database.</summary>
        public void HasStamps()
        {
            table.Property<DateTimeOffset>("CreatedAt").HasDefaultValueSql("now()");
            table.Property<DateTimeOffset>("UpdatedAt").HasDefaultValueSql("now()");
        }

        /// <summary>Also who did it: <c>user:17</c>, <c>client:m2m</c> or <c>system</c>.</summary>
        public void HasActorStamps()
        {
            table.HasStamps();
            table.Property<string?>("CreatedBy");
            table.Property<string?>("UpdatedBy");
        }

        /// <summary>Also known after a change without reading the row again.</summary>
        public void HasKnownStamps()
        {
            table.HasActorStamps();
            table.Property<DateTimeOffset>("UpdatedAt").ValueGeneratedOnAddOrUpdate();
        }

        /// <summary>Raised by the database with every change of the row; the value of its <c>ETag</c>.</summary>
        public void HasVersion() => table.Property<long>("Version").ValueGeneratedOnAddOrUpdate().IsConcurrencyToken();
    }
}

/// <summary>Who created and last changed a row, and when, for rows whose answers include it.</summary>
public abstract class ActorStamped
{
    public DateTimeOffset CreatedAt { get; private init; }
    public string? CreatedBy { get; private init; }
    public DateTimeOffset UpdatedAt { get; private init; }
    public string? UpdatedBy { get; private init; }
}

public static class ActorStamps
{
    extension(DbContext db)
    {
        /// <summary>Adds a row, with who made it.</summary>
        public void Create<T>(T row, string actor) where T : class
        {
            var entry = db.Add(row);
            entry.Property("CreatedBy").CurrentValue = actor;
            entry.Property("UpdatedBy").CurrentValue = actor;
        }

        /// <summary>
        /// Marks a row as changed, with who did it. Its version is raised even if all that changed are rows that belong
        /// to it.
        /// </summary>
        public void Change<T>(T row, string actor) where T : class
        {
            var updatedBy = db.Entry(row).Property("UpdatedBy");
            updatedBy.CurrentValue = actor;
            updatedBy.IsModified = true;
        }
    }
}
