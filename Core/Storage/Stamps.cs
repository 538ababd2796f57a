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

        /// <summary>Raised by the database with every change of the row; the value of its <c>ETag</c>.</summary>
        public void HasVersion() => table.Property<long>("Version").ValueGeneratedOnAddOrUpdate().IsConcurrencyToken();
    }
}
