using System.Text.Json;

namespace Platform.Core.Storage;

internal static class SnakeCase
{
    extension(ModelBuilder model)
    {
        /// <summary>
        /// Names columns the way PostgreSQL folds names, so that SQL by hand needs no quotes. Where
        /// <paramref name="markForeignKeys"/> is set they end in <c>_fk</c>, as the tables of platformdb require.
        /// </summary>
        public void UseSnakeCase(bool markForeignKeys)
        {
            foreach (var property in model.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
            {
                var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
                property.SetColumnName(markForeignKeys && property.IsForeignKey() ? $"{name}_fk" : name);
            }
        }
    }
}
