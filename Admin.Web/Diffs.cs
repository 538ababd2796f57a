using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Localization;
using Platform.Contracts;

namespace Platform.Admin.Web;

/// <summary>A member that a change has altered, in words.</summary>
/// <param name="Before">Null where there was no value.</param>
/// <param name="After">Null where the value was removed.</param>
public sealed record DiffLine(string Name, string? Before, string? After);

/// <summary>Before and after of a row of the trail, as sentences and not as JSON.</summary>
internal static partial class Diffs
{
    private const int MaxText = 200;

    /// <summary>Members that name the row itself or change with every change.</summary>
    private static readonly string[] Left = ["version", "createdAt", "updatedAt", "createdBy", "updatedBy"];

    public static IReadOnlyList<DiffLine> Of(JsonElement? before, JsonElement? after, IStringLocalizer text)
    {
        var (old, now) = (Members(before), Members(after));
        return
        [
            .. from name in old.Keys.Concat(now.Keys).Distinct()
               where !Left.Contains(name)
               let was = Written(old.GetValueOrDefault(name), text)
               let has = Written(now.GetValueOrDefault(name), text)
               where was != has
               select new DiffLine(NameOf(name, text), was, has),
        ];
    }

    /// <summary>The word for a member; its own name, with spaces, if it has no word.</summary>
    private static string NameOf(string member, IStringLocalizer text)
    {
        var known = text[$"Member.{member}"];
        return known.ResourceNotFound ? Hump().Replace(member, " $1").ToLowerInvariant() : known.Value;
    }

    /// <summary>The members of an object; none of anything else.</summary>
    public static Dictionary<string, JsonElement> Members(JsonElement? json) =>
        json is { ValueKind: JsonValueKind.Object } value
            ? value.EnumerateObject().ToDictionary(member => member.Name, member => member.Value)
            : [];

    private static string? Written(JsonElement value, IStringLocalizer text) => value switch
    {
        { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.True } => text["Answer.Yes"],
        { ValueKind: JsonValueKind.False } => text["Answer.No"],
        { ValueKind: JsonValueKind.String } t => Text(t.GetString()!, text),
        { ValueKind: JsonValueKind.Array } list =>
            Short(string.Join(", ", list.EnumerateArray().Select(item => Written(item, text)))),
        { ValueKind: JsonValueKind.Object } inner => Short(string.Join(", ", inner.EnumerateObject().Select(member =>
            $"{NameOf(member.Name, text)}: {Written(member.Value, text) ?? Words.None}"))),
        var number => number.GetRawText(),
    };

    private static string Text(string value, IStringLocalizer text)
    {
        if (PlatformJson.TryReadInstant(value, out var instant))
        {
            return instant.UtcDateTime.ToString("g", CultureInfo.CurrentCulture) + " UTC";
        }

        var known = text[$"Value.{value}"];
        return Short(known.ResourceNotFound ? value : known.Value);
    }

    private static string Short(string value) => value.Length > MaxText ? value[..MaxText] + "…" : value;

    [GeneratedRegex("(?<=[a-z0-9])([A-Z])")]
    private static partial Regex Hump();
}
