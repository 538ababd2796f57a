namespace Platform.Core.Scim;

/// <summary>An attribute as RFC 7643, section 7 describes it.</summary>
/// <param name="Type"><c>string</c>, <c>boolean</c>, <c>reference</c>, <c>dateTime</c> or <c>complex</c>.</param>
public sealed record ScimDefinition(
    string Name, string Type = "string", bool Multi = false, bool Required = false, bool ReadOnly = false,
    bool Unique = false, params IReadOnlyList<ScimDefinition> Sub);

/// <param name="Id">A URN.</param>
public sealed record ScimSchema(string Id, string Name, IReadOnlyList<ScimDefinition> Attributes)
{
    public ScimDefinition? Find(string name) => ScimSchemas.Find(Attributes, name);
}

/// <summary>What directories may write. Attributes that are not here are ignored.</summary>
public static class ScimSchemas
{
    public static readonly ScimSchema User = new("urn:ietf:params:scim:schemas:core:2.0:User", "User",
    [
        new("userName", Required: true, Unique: true),
        new("externalId"),
        new("name", "complex", Sub:
        [
            new("formatted"), new("familyName"), new("givenName"), new("middleName"), new("honorificPrefix"),
            new("honorificSuffix"),
        ]),
        new("displayName"), new("nickName"), new("profileUrl", "reference"), new("title"), new("userType"),
        new("preferredLanguage"), new("locale"), new("timezone"), new("active", "boolean"),
        new("emails", "complex", Multi: true, Sub: Values),
        new("phoneNumbers", "complex", Multi: true, Sub: Values),
        new("addresses", "complex", Multi: true, Sub:
        [
            new("formatted"), new("streetAddress"), new("locality"), new("region"), new("postalCode"), new("country"),
            new("type"), new("primary", "boolean"),
        ]),
        new("groups", "complex", Multi: true, ReadOnly: true, Sub:
        [
            new("value", ReadOnly: true), new("$ref", "reference", ReadOnly: true), new("display", ReadOnly: true),
            new("type", ReadOnly: true),
        ]),
    ]);

    public static readonly ScimSchema Enterprise = new(
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "EnterpriseUser",
    [
        new("employeeNumber"), new("costCenter"), new("organization"), new("division"), new("department"),
        new("manager", "complex", Sub: [new("value"), new("$ref", "reference"), new("displayName")]),
    ]);

    public static readonly ScimSchema Group = new("urn:ietf:params:scim:schemas:core:2.0:Group", "Group",
    [
        new("displayName", Required: true),
        new("externalId"),
        new("members", "complex", Multi: true, Sub:
        [
            new("value"), new("$ref", "reference"), new("display"), new("type"),
        ]),
    ]);

    /// <summary>Those that a resource answers itself.</summary>
    private static readonly string[] OfServer = ["id", "meta", "schemas"];

    private static IReadOnlyList<ScimDefinition> Values =>
        [new("value"), new("display"), new("type"), new("primary", "boolean")];

    public static bool IsKnown(string urn) =>
        new[] { User, Enterprise, Group }.Any(schema => schema.Id.Equals(urn, StringComparison.OrdinalIgnoreCase));

    public static bool IsOfServer(string name) => OfServer.Contains(name, StringComparer.OrdinalIgnoreCase);

    public static ScimDefinition? Find(IEnumerable<ScimDefinition> attributes, string name) =>
        attributes.FirstOrDefault(attribute => attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
