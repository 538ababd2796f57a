using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Platform.Contracts;

namespace Platform.Core.Storage;

internal static class JsonColumns
{
    extension<T>(PropertyBuilder<T> property) where T : class
    {
        /// <summary>A record kept as <c>jsonb</c>, compared by what it is written as.</summary>
        public PropertyBuilder<T> HasJson() => property.HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, PlatformJson.Options),
            text => JsonSerializer.Deserialize<T>(text, PlatformJson.Options)!,
            new ValueComparer<T>(
                (a, b) => JsonSerializer.Serialize(a, PlatformJson.Options) == JsonSerializer.Serialize(b, PlatformJson.Options),
                value => JsonSerializer.Serialize(value, PlatformJson.Options).GetHashCode(StringComparison.Ordinal),
                value => value));
    }
}
