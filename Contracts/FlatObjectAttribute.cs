using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;

namespace Platform.Contracts;

/// <summary>
/// A JSON object of texts, numbers, booleans and nulls: at most <see cref="MaxMembers"/> of them and
/// <see cref="MaxBytes"/> bytes, all of which a database can hold.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class FlatObjectAttribute : ValidationAttribute
{
    public const int MaxMembers = 50;
    public const int MaxBytes = 10 * 1024;
    private const int MaxName = 100;

    public override bool IsValid(object? value) =>
        value is null
        || (value is JsonElement { ValueKind: JsonValueKind.Object } json
            && json.GetPropertyCount() <= MaxMembers
            && Encoding.UTF8.GetByteCount(json.GetRawText()) <= MaxBytes
            && json.EnumerateObject().All(IsStorable));

    public override string FormatErrorMessage(string name) =>
        $"The value must be a flat object of at most {MaxMembers} members and {MaxBytes} bytes.";

    private static bool IsStorable(JsonProperty member)
    {
        try
        {
            return member.Name.Length is > 0 and <= MaxName && PlatformJson.IsStorable(member.Name)
                && member.Value.ValueKind switch
                {
                    JsonValueKind.String => PlatformJson.IsStorable(member.Value.GetString()!),
                    JsonValueKind.Number => member.Value.TryGetDecimal(out _),
                    JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null => true,
                    _ => false,
                };
        }
        catch (InvalidOperationException) // half a surrogate pair
        {
            return false;
        }
    }
}
