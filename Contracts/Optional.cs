using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Platform.Contracts;

/// <summary>
/// A member of a PATCH, where leaving it out and sending null differ: absent is unchanged, null clears. Null is refused
/// where <typeparamref name="T"/> does not admit it.
/// </summary>
[JsonConverter(typeof(OptionalConverter))]
public readonly record struct Optional<T> : IOptional
{
    private readonly T _value;

    public Optional(T value)
    {
        _value = value;
        HasValue = true;
    }

    public bool HasValue { get; }

    object? IOptional.Value => _value;

    /// <summary>The new value, given the current one.</summary>
    public T Or(T current) => HasValue ? _value : current;

    public static implicit operator Optional<T>(T value) => new(value);
}

/// <summary>An <see cref="Optional{T}"/> of any type.</summary>
public interface IOptional
{
    bool HasValue { get; }

    /// <summary>Also null when it is absent.</summary>
    object? Value { get; }
}

/// <summary>
/// Reads and writes <see cref="Optional{T}"/>; that absent ones are not written is up to the options.
/// </summary>
public sealed class OptionalConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Optional<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(
            typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()[0]))!;

    /// <summary>A modifier of contracts: an absent member is not written.</summary>
    internal static void LeaveOutAbsent(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(p => p.PropertyType.IsAssignableTo(typeof(IOptional))))
        {
            property.ShouldSerialize = static (_, value) => value is IOptional { HasValue: true };
        }
    }

    private sealed class Converter<T> : JsonConverter<Optional<T>>
    {
        public override bool HandleNull => true;

        public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType is JsonTokenType.Null)
            {
                // Whether a text or a list may be null, only its member knows; validation asks it.
                return default(T) is null
                    ? new(default!)
                    : throw new JsonException("The member may be absent, but must not be null.");
            }

            // The converter itself, not the serializer: then a fault is reported with its path in the whole request.
            return new(((JsonConverter<T>)options.GetConverter(typeof(T))).Read(ref reader, typeof(T), options)!);
        }

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options)
        {
            if (value.HasValue) JsonSerializer.Serialize(writer, value.Or(default!), options);
            else writer.WriteNullValue(); // only as the default value in a description
        }
    }
}
