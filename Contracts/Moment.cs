using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Contracts;

/// <summary>
/// A time as a caller writes it: RFC 3339 with an offset (<c>2026-03-29T09:00:00Z</c>), or a wall-clock time
/// (<c>2026-03-29T09:00</c>) that means something only in the zone that comes with it. Exactly one is there.
/// </summary>
[JsonConverter(typeof(MomentConverter))]
public readonly record struct Moment(DateTimeOffset? Instant, DateTime? Local)
{
    public static implicit operator Moment(DateTimeOffset instant) => new(instant, null);

    public static bool TryParse(string text, out Moment moment)
    {
        string[] local = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF"];

        if (PlatformJson.TryReadInstant(text, out var instant))
        {
            moment = instant;
            return true;
        }

        var isLocal = DateTime.TryParseExact(
            text, local, CultureInfo.InvariantCulture, DateTimeStyles.None, out var wallClock);
        moment = new(null, wallClock);
        return isLocal;
    }

    public override string ToString() => Instant is { } instant
        ? PlatformJson.WriteInstant(instant)
        : Local!.Value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);

    private sealed class MomentConverter : JsonConverter<Moment>
    {
        public override Moment Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType is JsonTokenType.String && !reader.ValueIsEscaped && TryParse(reader.GetString()!, out var moment)
                ? moment
                : throw new JsonException(
                    "A time must be like 2026-03-29T09:00:00Z, or like 2026-03-29T09:00 together with a time zone.");

        public override void Write(Utf8JsonWriter writer, Moment value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
