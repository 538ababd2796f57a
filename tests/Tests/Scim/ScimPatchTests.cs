using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Core.Scim;

namespace Platform.Tests.Scim;

/// <summary>Operations applied to a resource, without a server.</summary>
public sealed class ScimPatchTests
{
    private const string Before = """
        { "userName": "a", "title": "T", "name": { "givenName": "G", "familyName": "F" },
          "emails": [{ "value": "w@x", "type": "work", "primary": true }, { "value": "h@x", "type": "home" }] }
        """;

    [Theory]
    [InlineData("""{ "op": "ADD", "path": "TITLE", "value": "N" }""", "title", "\"N\"")]
    [InlineData("""{ "op": "replace", "path": "title", "value": null }""", "title", null)]
    [InlineData("""{ "op": "remove", "path": "title" }""", "title", null)]
    [InlineData("""{ "op": "replace", "path": "name", "value": { "givenName": "N" } }""", "name", """{"givenName":"N","familyName":"F"}""")]
    [InlineData("""{ "op": "remove", "path": "name.givenName" }""", "name", """{"familyName":"F"}""")]
    [InlineData("""{ "op": "remove", "path": "name" }""", "name", null)]
    [InlineData("""{ "op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:title", "value": "N" }""", "title", "\"N\"")]
    [InlineData("""{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "n@x" }""", "emails",
        """[{"value":"n@x","type":"work","primary":true},{"value":"h@x","type":"home"}]""")]
    [InlineData("""{ "op": "replace", "path": "emails[primary eq \"True\"].value", "value": "n@x" }""", "emails",
        """[{"value":"n@x","type":"work","primary":true},{"value":"h@x","type":"home"}]""")]
    [InlineData("""{ "op": "add", "path": "emails[type eq \"other\" and primary eq false].value", "value": "o@x" }""", "emails",
        """[{"value":"w@x","type":"work","primary":true},{"value":"h@x","type":"home"},{"type":"other","primary":false,"value":"o@x"}]""")]
    [InlineData("""{ "op": "remove", "path": "emails[type eq \"work\" or value sw \"z\"]" }""", "emails", """[{"value":"h@x","type":"home"}]""")]
    [InlineData("""{ "op": "remove", "path": "emails[not (type eq \"work\")]" }""", "emails",
        """[{"value":"w@x","type":"work","primary":true}]""")]
    [InlineData("""{ "op": "remove", "path": "emails[type eq \"work\"].value" }""", "emails", """[{"value":"h@x","type":"home"}]""")]
    [InlineData("""{ "op": "remove", "path": "emails" }""", "emails", null)]
    [InlineData("""{ "op": "remove", "path": "emails", "value": [{ "value": "W@X" }] }""", "emails", """[{"value":"h@x","type":"home"}]""")]
    [InlineData("""{ "op": "add", "path": "emails", "value": [{ "value": "n@x", "primary": "True" }] }""", "emails",
        """[{"value":"w@x","type":"work","primary":false},{"value":"h@x","type":"home"},{"value":"n@x","primary":true}]""")]
    [InlineData("""{ "op": "replace", "path": "emails", "value": { "value": "n@x" } }""", "emails", """[{"value":"n@x"}]""")]
    [InlineData("""{ "op": "replace", "path": "emails[type eq \"home\"]", "value": { "value": "n@x" } }""", "emails",
        """[{"value":"w@x","type":"work","primary":true},{"value":"n@x","type":"home"}]""")]
    public void An_operation_changes_the_member_at_its_path(string operation, string member, string? expected)
    {
        var document = JsonNode.Parse(Before)!.AsObject();

        Apply(document, operation);

        Assert.Equal(expected, document[member]?.ToJsonString());
    }

    [Fact]
    public void An_extension_is_written_as_a_whole_or_by_its_parts_and_goes_when_it_is_empty()
    {
        var document = JsonNode.Parse(Before)!.AsObject();
        var urn = ScimSchemas.Enterprise.Id;

        Apply(document, $$"""{ "op": "add", "value": { "{{urn}}": { "department": "D", "manager": "7" } } }""");
        var whole = document[urn]!.ToJsonString();
        Apply(document, $$"""{ "op": "remove", "path": "{{urn}}:department" }""", $$"""{ "op": "remove", "path": "{{urn}}:manager" }""");

        Assert.Equal("""{"department":"D","manager":{"value":"7"}}""", whole);
        Assert.False(document.ContainsKey(urn));
    }

    [Theory]
    [InlineData("a eq \"x\" and b eq true or c pr", true)]
    [InlineData("a eq \"x\" and (b eq true or c pr)", true)]
    [InlineData("a eq \"y\" and b eq true or n gt 2", true)]
    [InlineData("a eq \"y\" and (b eq true or n gt 2)", false)]
    [InlineData("not (a co \"X\") or d ne \"z\"", true)]
    [InlineData("NOT(a eq \"x\")", false)]
    [InlineData("a EQ \"\\u0058\"", true)]
    [InlineData("d eq null", true)]
    [InlineData("c pr", false)]
    public void A_filter_has_the_operator_precedence_of_the_grammar(string filter, bool matches)
    {
        var value = JsonNode.Parse("""{ "a": "x", "b": true, "n": 3 }""")!.AsObject();

        Assert.Equal(matches, ScimParser.Filter(filter).Matches(value));
    }

    private static void Apply(JsonObject document, params string[] operations)
    {
        var body = JsonDocument.Parse($$"""{ "Operations": [{{string.Join(',', operations)}}] }""").RootElement;
        new ScimPatch(ScimSchemas.User, ScimSchemas.Enterprise, document).Apply(ScimPatch.Read(body));
    }
}
