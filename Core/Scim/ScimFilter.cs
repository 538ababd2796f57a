using System.Text.Json.Nodes;

namespace Platform.Core.Scim;

/// <summary>The path of an attribute: <c>name.givenName</c>, <c>emails[type eq "work"].value</c>.</summary>
/// <param name="Schema">The URN before it, if there is one.</param>
/// <param name="Name">Empty where the path is the URN of an extension.</param>
/// <param name="Filter">Which values of an attribute that has many.</param>
public sealed record ScimPath(string? Schema, string Name, ScimFilter? Filter = null, string? Sub = null);

/// <summary>A condition (RFC 7644, section 3.4.2.2).</summary>
public abstract record ScimFilter
{
    /// <param name="Operator">Lower case: <c>eq</c>, <c>co</c>.</param>
    /// <param name="Value">A string, a boolean, a decimal or null.</param>
    public sealed record Compare(ScimPath Path, string Operator, object? Value) : ScimFilter;

    public sealed record Present(ScimPath Path) : ScimFilter;

    public sealed record And(ScimFilter Left, ScimFilter Right) : ScimFilter;

    public sealed record Or(ScimFilter Left, ScimFilter Right) : ScimFilter;

    public sealed record Not(ScimFilter Inner) : ScimFilter;

    /// <summary>Whether one value of a multi-valued attribute meets it.</summary>
    public bool Matches(JsonObject value) => this switch
    {
        And both => both.Left.Matches(value) && both.Right.Matches(value),
        Or either => either.Left.Matches(value) || either.Right.Matches(value),
        Not not => !not.Inner.Matches(value),
        Present present => Text(value, present.Path) is { Length: > 0 },
        Compare compare => Matches(Text(value, compare.Path), compare),
        _ => false,
    };

    /// <summary>What a value has to hold to meet it; null unless it consists of equations alone.</summary>
    public IReadOnlyList<(string Name, string Value)>? Equations => this switch
    {
        Compare { Operator: "eq", Path: { Filter: null, Sub: null } path, Value: { } value } =>
            [(path.Name, TextOf(value))],
        And { Left.Equations: { } left, Right.Equations: { } right } => [.. left, .. right],
        _ => null,
    };

    private static bool Matches(string? found, Compare compare)
    {
        var wanted = compare.Value is null ? null : TextOf(compare.Value);
        if (found is null || wanted is null)
        {
            return compare.Operator == "ne" ? found != wanted : compare.Operator == "eq" && found == wanted;
        }

        const StringComparison IgnoreCase = StringComparison.OrdinalIgnoreCase;
        return compare.Operator switch
        {
            "eq" => found.Equals(wanted, IgnoreCase),
            "ne" => !found.Equals(wanted, IgnoreCase),
            "co" => found.Contains(wanted, IgnoreCase),
            "sw" => found.StartsWith(wanted, IgnoreCase),
            "ew" => found.EndsWith(wanted, IgnoreCase),
            var order => Matches(order, string.Compare(found, wanted, IgnoreCase)),
        };
    }

    private static bool Matches(string order, int sign) => order switch
    {
        "gt" => sign > 0,
        "ge" => sign >= 0,
        "lt" => sign < 0,
        _ => sign <= 0,
    };

    private static string? Text(JsonObject value, ScimPath path) =>
        value.FirstOrDefault(m => m.Key.Equals(path.Name, StringComparison.OrdinalIgnoreCase)).Value?.ToString();

    /// <summary>As JSON writes it: <c>true</c>.</summary>
    private static string TextOf(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => (string)value,
    };
}
