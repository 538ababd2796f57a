using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Contracts;

/// <summary>
/// A member of a PATCH: absent means "leave it", null means "clear it". Declared with <c>= default</c>, which is absent.
/// </summary>
[JsonConverter(typeof(OptionalConverter))]
public readonly record struct Optional<T>(T? Value) : IOptional
{
    /// <summary>Whether the request has the member at all.</summary>
    public bool IsSet { get; } = true;

    object? IOptional.Value => Value;

    public static implicit operator Optional<T>(T? value) => new(value);

    /// <summary>What is wanted where it is set, else what was there.</summary>
    public T? Or(T? unchanged) => IsSet ? Value : unchanged;
}

/// <summary>An <see cref="Optional{T}"/> of any type, for those who check members.</summary>
public interface IOptional
{
    bool IsSet { get; }
    object? Value { get; }
}

/// <summary>Called for members that are there, also with null. One that is absent is never written by attribute.</summary>
public sealed class OptionalConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableTo(typeof(IOptional));

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(
            typeof(Of<>).MakeGenericType(typeToConvert.GetGenericArguments()[0]))!;

    private sealed class Of<T> : JsonConverter<Optional<T>>
    {
        public override bool HandleNull => true;

        public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType is JsonTokenType.Null
                ? new(default)
                : new(JsonSerializer.Deserialize<T>(ref reader, options));

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, options);
    }
}
