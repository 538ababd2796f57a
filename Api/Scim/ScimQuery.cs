using System.ComponentModel;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Platform.Core.Scim;

namespace Platform.Api.Scim;

/// <summary>Which resources of a list, and which attributes of them (RFC 7644, 3.4.2 and 3.9).</summary>
internal sealed record ScimQuery
{
    /// <summary>Resources in one answer; also as many as where nothing is said.</summary>
    public const int MaxCount = 200;

    private const string ListSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    [FromQuery(Name = "filter")]
    public string? Filter { get; init; }

    [FromQuery(Name = "startIndex"), Description("From 1.")]
    public string? StartIndex { get; init; }

    [FromQuery(Name = "count")]
    public string? Count { get; init; }

    [FromQuery(Name = "attributes")]
    public string? Attributes { get; init; }

    [FromQuery(Name = "excludedAttributes")]
    public string? ExcludedAttributes { get; init; }

    public int First => Math.Max(Number(StartIndex, "startIndex") ?? 1, 1);

    public int Limit => Math.Clamp(Number(Count, "count") ?? MaxCount, 0, MaxCount);

    /// <summary>
    /// The required values, by the lower-case name of the attribute. Anything else is a filter that is not supported.
    /// </summary>
    /// <param name="supported">Lower case: <c>username</c>, <c>emails.value</c>.</param>
    public IReadOnlyDictionary<string, string> Equations(ScimSchema schema, params IReadOnlyList<string> supported)
    {
        if (string.IsNullOrWhiteSpace(Filter)) return new Dictionary<string, string>();

        Dictionary<string, string> found = [];
        Read(ScimParser.Filter(Filter));
        return found;

        void Read(ScimFilter filter)
        {
            switch (filter)
            {
                case ScimFilter.And both:
                    Read(both.Left);
                    Read(both.Right);
                    break;
                case ScimFilter.Compare { Operator: "eq", Value: { } value } compare:
                    var text = Convert.ToString(value, CultureInfo.InvariantCulture)!;
                    Add(NameOf(compare.Path), value is bool ? text.ToLowerInvariant() : text);
                    break;
                case ScimFilter.Present { Path.Filter: ScimFilter.Compare { Operator: "eq", Value: string value } inner } all:
                    Add(NameOf(all.Path with { Filter = null, Sub = inner.Path.Name }), value);
                    break;
                default:
                    throw Unsupported(schema, supported);
            }
        }

        void Add(string name, string value)
        {
            // Of people we know by their addresses, whatever kind of address it is; of members by their numbers.
            if (name is "emails" or "members") name += ".value";
            if (!supported.Contains(name) || !found.TryAdd(name, value)) throw Unsupported(schema, supported);
        }

        string NameOf(ScimPath path) =>
            path.Schema is not null && !path.Schema.Equals(schema.Id, StringComparison.OrdinalIgnoreCase) ? ""
                : (path.Sub is null ? path.Name : $"{path.Name}.{path.Sub}").ToLowerInvariant();
    }

    public ScimAnswer Answer(long total, IReadOnlyList<JsonObject> resources) => new(new()
    {
        ["schemas"] = new JsonArray(ListSchema),
        ["totalResults"] = total,
        ["startIndex"] = First,
        ["itemsPerPage"] = resources.Count,
        ["Resources"] = new JsonArray([.. resources.Select(Shown)]),
    });

    /// <summary>Only what is asked for, and always what says which resource it is.</summary>
    public JsonObject Shown(JsonObject resource)
    {
        if (Names(Attributes) is { } wanted)
        {
            foreach (var name in resource.Select(member => member.Key).ToList())
            {
                if (name is "id" or "schemas" || Reaches(wanted, name)) continue;

                var parts = wanted.Where(w => w.StartsWith($"{name}.", StringComparison.OrdinalIgnoreCase))
                    .Select(w => w[(name.Length + 1)..]).ToList();
                if (parts.Count == 0 || resource[name] is not JsonObject complex) resource.Remove(name);
                else Remove(complex, part => !Reaches(parts, part));
            }
        }

        if (Names(ExcludedAttributes) is { } unwanted)
        {
            foreach (var (name, node) in resource.ToList())
            {
                if (node is JsonObject complex) Remove(complex, part => Reaches(unwanted, $"{name}.{part}"));
            }

            Remove(resource, name => name is not ("id" or "schemas") && Reaches(unwanted, name));
        }

        return resource;
    }

    private static bool Reaches(IReadOnlyCollection<string> names, string name) =>
        names.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static void Remove(JsonObject from, Func<string, bool> which)
    {
        foreach (var name in from.Select(member => member.Key).Where(which).ToList()) from.Remove(name);
    }

    /// <summary>Of the core schemas without their URN.</summary>
    private static List<string>? Names(string? list)
    {
        if (string.IsNullOrWhiteSpace(list)) return null;

        const StringSplitOptions Trimmed = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        return [.. list.Split(',', Trimmed).Select(NameOf)];

        static string NameOf(string name) => Behind(ScimSchemas.User.Id, name) ?? Behind(ScimSchemas.Group.Id, name)
            ?? (Behind(ScimSchemas.Enterprise.Id, name) is { } own ? $"{ScimSchemas.Enterprise.Id}.{own}" : name);

        static string? Behind(string urn, string name) =>
            name.StartsWith($"{urn}:", StringComparison.OrdinalIgnoreCase) ? name[(urn.Length + 1)..] : null;
    }

    /// <summary>A number that is too large is the largest.</summary>
    private static int? Number(string? text, string name)
    {
        if (string.IsNullOrEmpty(text)) return null;

        const NumberStyles Whole = NumberStyles.AllowLeadingSign;
        return text.Length <= 100 && BigInteger.TryParse(text, Whole, CultureInfo.InvariantCulture, out var number)
            ? (int)BigInteger.Clamp(number, int.MinValue, int.MaxValue)
            : throw new ScimException(ScimErrorTypes.InvalidValue, $"{name} must be a whole number.");
    }

    private static ScimException Unsupported(ScimSchema schema, IReadOnlyList<string> supported) => new(
        ScimErrorTypes.InvalidFilter,
        $"{schema.Name} can be filtered by eq, joined with and, of: {string.Join(", ", supported)}.");
}
