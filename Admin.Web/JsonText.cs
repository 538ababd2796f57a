using System.Text.Json;

namespace Platform.Admin.Web;

internal static class JsonText
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // Razor encodes it
    };

    /// <summary>JSON for people to read; other text as it is.</summary>
    public static string Indented(string text)
    {
        try
        {
            return JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(text), Options);
        }
        catch (JsonException)
        {
            return text;
        }
    }

    public static string Indented(JsonElement json) => JsonSerializer.Serialize(json, Options);
}
