using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Platform.Contracts.People;

namespace Platform.Contracts;

/// <summary>A member that holds an e-mail address. In JSON it is read in its canonical form.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EmailAttribute() : RegularExpressionAttribute(Shape)
{
    /// <summary>One <c>@</c> with something on both sides, no white space and no control characters.</summary>
    private const string Shape = @"^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$";

    public override bool IsValid(object? value) => value switch
    {
        null => true,
        IOptional optional => IsValid(optional.Value),
        string text when string.IsNullOrWhiteSpace(text) => true, // blank: another rule says so
        string text => base.IsValid(text) && EmailAddresses.IsValid(EmailAddresses.Canonical(text)),
        _ => false,
    };

    public override string FormatErrorMessage(string name) => $"The field {name} must be one e-mail address.";

    /// <summary>A modifier of contracts.</summary>
    internal static void ReadCanonical(JsonTypeInfo type)
    {
        var addresses = type.Properties.Where(
            p => p.AttributeProvider?.IsDefined(typeof(EmailAttribute), false) is true);
        foreach (var property in addresses)
        {
            property.CustomConverter = property.PropertyType == typeof(string)
                ? new Converter((JsonConverter<string>)type.Options.GetConverter(typeof(string)))
                : new OptionalConverter((JsonConverter<Optional<string?>>)type.Options.GetConverter(property.PropertyType));
        }
    }

    private sealed class Converter(JsonConverter<string> inner) : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            inner.Read(ref reader, typeToConvert, options) is { } text ? EmailAddresses.Canonical(text) : null;

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            inner.Write(writer, value, options);
    }

    private sealed class OptionalConverter(JsonConverter<Optional<string?>> inner) : JsonConverter<Optional<string?>>
    {
        public override bool HandleNull => true;

        public override Optional<string?> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var read = inner.Read(ref reader, typeToConvert, options);
            return read.Or(null) is { } text ? new(EmailAddresses.Canonical(text)) : read;
        }

        public override void Write(Utf8JsonWriter writer, Optional<string?> value, JsonSerializerOptions options) =>
            inner.Write(writer, value, options);
    }
}
