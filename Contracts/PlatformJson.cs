using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Platform.Contracts;

/// <summary>
/// How everything that crosses a process border is written: camelCase, UTC instants with <c>Z</c>. It is strict in what
/// it reads, since a client that misspells a member should learn of it: no unknown, repeated, missing or null members
/// where one is needed, no numbers as text, no instants without an offset, no text that a database cannot hold. Texts
/// are read in Unicode form NFC, so that one name is one name however it was typed.
/// </summary>
public static class PlatformJson
{
    /// <summary>Objects and lists in each other.</summary>
    public const int MaxDepth = 32;

    public static JsonSerializerOptions Options { get; } = Configure(new(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.AllowDuplicateProperties = false;
        options.MaxDepth = MaxDepth;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.PropertyNameCaseInsensitive = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.Converters.Add(new InstantConverter());
        options.Converters.Add(new TextConverter());
        options.Converters.Add(new AmountConverter());
        options.Converters.Add(new FreeJsonConverter());
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver())
            .WithAddedModifier(OptionalConverter.LeaveOutAbsent)
            .WithAddedModifier(EmailAttribute.ReadCanonical);
        return options;
    }

    /// <summary>
    /// Only where an offset is written: without one the server's own zone would decide what is meant.
    /// </summary>
    public static bool TryReadInstant(string text, out DateTimeOffset instant)
    {
        const DateTimeStyles styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

        var time = text.IndexOf('T', StringComparison.Ordinal);
        var hasOffset = time > 0 && (text.EndsWith('Z') || text.AsSpan(time).IndexOfAny('+', '-') > 0);
        instant = default;
        return hasOffset && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, styles, out instant);
    }

    public static string WriteInstant(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Text that can be stored: without U+0000 and without half a surrogate pair.</summary>
    public static bool IsStorable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0') return false;
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])) return false;
        }

        return true;
    }

    /// <summary>
    /// JSON that can be stored: storable text, no member twice, no number that is too long for a database or too large
    /// for a reader.
    /// </summary>
    public static bool IsStorable(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => TryGetText(json, out var text) && IsStorable(text),
        JsonValueKind.Number => json.GetRawText().Length <= MaxNumberLength && IsMeasured(json),
        JsonValueKind.Array => json.EnumerateArray().All(IsStorable),
        JsonValueKind.Object => HasStorableMembers(json),
        _ => true,
    };

    /// <summary>Digits of a free number, sign, point and exponent included.</summary>
    private const int MaxNumberLength = 40;

    private static bool IsMeasured(JsonElement number) =>
        number.GetRawText().AsSpan().IndexOfAny('e', 'E') < 0
        || (number.TryGetDouble(out var value) && double.IsFinite(value) && value != 0);

    private static bool HasStorableMembers(JsonElement json)
    {
        var names = new HashSet<string>();
        try
        {
            return json.EnumerateObject().All(m => IsStorable(m.Name) && names.Add(m.Name) && IsStorable(m.Value));
        }
        catch (InvalidOperationException) // a name with half a surrogate pair
        {
            return false;
        }
    }

    private static bool TryGetText(JsonElement json, out string text)
    {
        try
        {
            text = json.GetString()!;
            return true;
        }
        catch (InvalidOperationException) // half a surrogate pair
        {
            text = "";
            return false;
        }
    }

    private sealed class FreeJsonConverter : JsonConverter<JsonElement>
    {
        public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var json = JsonElement.ParseValue(ref reader);
            return IsStorable(json) ? json : throw new JsonException(
                "JSON must not contain U+0000, repeated members or huge numbers.");
        }

        public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) =>
            value.WriteTo(writer);
    }

    private sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType is not JsonTokenType.String) throw new JsonException("An instant must be a string.");

            return !reader.ValueIsEscaped && TryReadInstant(reader.GetString()!, out var instant)
                ? instant
                : throw new JsonException("An instant must be RFC 3339 with an offset: 2026-03-29T09:00:00Z.");
        }

        /// <summary>
        /// As <see cref="WriteInstant"/> does; whole seconds, of which lists are full, without a string between.
        /// </summary>
        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            Span<byte> text = stackalloc byte[20];
            if (value.Ticks % TimeSpan.TicksPerSecond == 0
                && value.UtcDateTime.TryFormat(text, out var written, "s", CultureInfo.InvariantCulture))
            {
                text[written] = (byte)'Z';
                writer.WriteStringValue(text[..(written + 1)]);
            }
            else
            {
                writer.WriteStringValue(WriteInstant(value));
            }
        }
    }

    private sealed class AmountConverter : JsonConverter<decimal>
    {
        /// <summary>Digits that a <see cref="decimal"/> holds without rounding, whatever they are.</summary>
        private const int MaxDigits = 28;

        public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType is JsonTokenType.Number && IsHeld(ref reader) && reader.TryGetDecimal(out var amount)
                ? amount
                : throw new JsonException(
                    $"An amount must be a number of at most {MaxDigits} digits, without an exponent.");

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value);

        /// <summary>The reader would round what is longer, and nobody would learn of it.</summary>
        private static bool IsHeld(ref Utf8JsonReader reader)
        {
            if (reader.HasValueSequence ? reader.ValueSequence.Length > MaxDigits + 2 : reader.ValueSpan.Length > MaxDigits + 2)
            {
                return false;
            }

            ReadOnlySpan<byte> text = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
            return text.IndexOfAny((byte)'e', (byte)'E') < 0;
        }
    }

    private sealed class TextConverter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType is not JsonTokenType.String) throw new JsonException("A text must be a string.");

            try
            {
                var text = reader.GetString()!;
                return IsStorable(text) ? text.Normalize() : throw new JsonException("A text must not contain U+0000.");
            }
            catch (InvalidOperationException e) // what the reader throws at half a surrogate pair or at broken UTF-8
            {
                throw new JsonException("A text must be valid Unicode.", e);
            }
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value);
    }
}
