using System.Text.Json;
using Platform.Contracts;
using Platform.Core.Catalogue;

namespace Platform.Tests.Catalogue;

public sealed class AttributeRulesTests
{
    private static readonly JsonElement Schema = Json("""
        {
            "type": "object",
            "properties": {
                "floor": { "type": "integer", "minimum": 0, "maximum": 9, "required": true },
                "size": { "type": "number", "minimum": 0.5 },
                "sink": { "type": "boolean" },
                "view": { "type": "string", "enum": ["sea", "court"] },
                "note": { "type": "string", "maxLength": 5 }
            },
            "required": ["sink"]
        }
        """);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "type": "object" }""")]
    [InlineData("""{ "properties": {} , "required": [] }""")]
    [InlineData("""{ "properties": { "a": { "type": "string", "title": "A", "enum": ["x"], "maxLength": 9 } } }""")]
    [InlineData("""{ "properties": { "a": { "type": "integer", "minimum": 1, "maximum": 1 } }, "additionalProperties": false }""")]
    public void A_schema_of_the_small_part_is_understood(string schema) =>
        Assert.Null(AttributeRules.CheckSchema(Json(schema)));

    [Theory]
    [InlineData("[]", "attributeSchema")]
    [InlineData("""{ "type": "array" }""", "attributeSchema.type")]
    [InlineData("""{ "oneOf": [] }""", "attributeSchema.oneOf")]
    [InlineData("""{ "additionalProperties": true }""", "attributeSchema.additionalProperties")]
    [InlineData("""{ "properties": [] }""", "attributeSchema.properties")]
    [InlineData("""{ "properties": { "a": {} } }""", "attributeSchema.properties.a.type")]
    [InlineData("""{ "properties": { "a": 1 } }""", "attributeSchema.properties.a")]
    [InlineData("""{ "properties": { "9": { "type": "string" } } }""", "attributeSchema.properties.9")]
    [InlineData("""{ "properties": { "a": { "type": "object" } } }""", "attributeSchema.properties.a.type")]
    [InlineData("""{ "properties": { "a": { "type": "string", "minimum": 1 } } }""", "attributeSchema.properties.a.minimum")]
    [InlineData("""{ "properties": { "a": { "type": "number", "maxLength": 1 } } }""", "attributeSchema.properties.a.maxLength")]
    [InlineData("""{ "properties": { "a": { "type": "number", "minimum": 2, "maximum": 1 } } }""", "attributeSchema.properties.a.maximum")]
    [InlineData("""{ "properties": { "a": { "type": "number", "minimum": "1" } } }""", "attributeSchema.properties.a.minimum")]
    [InlineData("""{ "properties": { "a": { "type": "string", "enum": [] } } }""", "attributeSchema.properties.a.enum")]
    [InlineData("""{ "properties": { "a": { "type": "string", "enum": [1] } } }""", "attributeSchema.properties.a.enum")]
    [InlineData("""{ "properties": { "a": { "type": "string", "pattern": "x" } } }""", "attributeSchema.properties.a.pattern")]
    [InlineData("""{ "required": ["b"] }""", "attributeSchema.required")]
    [InlineData("""{ "required": "b" }""", "attributeSchema.required")]
    public void An_unsupported_schema_is_refused(string schema, string field)
    {
        var rejection = AttributeRules.CheckSchema(Json(schema));

        Assert.Equal((Codes.InvalidSchema, field), (rejection?.Code, rejection?.Field));
    }

    [Theory]
    [InlineData("""{ "floor": 0, "sink": true }""")]
    [InlineData("""{ "floor": 9, "sink": false, "size": 0.5, "view": "sea", "note": "12345" }""")]
    public void Attributes_that_fit_are_fine(string attributes) =>
        Assert.Null(AttributeRules.Check(Schema, Json(attributes)));

    [Theory]
    [InlineData("[]", "attributes")]
    [InlineData("{}", "attributes.floor")]
    [InlineData("""{ "floor": 1 }""", "attributes.sink")]
    [InlineData("""{ "floor": "1", "sink": true }""", "attributes.floor")]
    [InlineData("""{ "floor": 1.5, "sink": true }""", "attributes.floor")]
    [InlineData("""{ "floor": 10, "sink": true }""", "attributes.floor")]
    [InlineData("""{ "floor": -1, "sink": true }""", "attributes.floor")]
    [InlineData("""{ "floor": null, "sink": true }""", "attributes.floor")]
    [InlineData("""{ "floor": 1, "sink": 1 }""", "attributes.sink")]
    [InlineData("""{ "floor": 1, "sink": true, "size": 0.4 }""", "attributes.size")]
    [InlineData("""{ "floor": 1, "sink": true, "view": "wall" }""", "attributes.view")]
    [InlineData("""{ "floor": 1, "sink": true, "note": "123456" }""", "attributes.note")]
    [InlineData("""{ "floor": 1, "sink": true, "colour": "red" }""", "attributes.colour")]
    public void Attributes_that_do_not_fit_are_named(string attributes, string field)
    {
        var rejection = AttributeRules.Check(Schema, Json(attributes));

        Assert.Equal((Codes.InvalidAttributes, field), (rejection?.Code, rejection?.Field));
    }

    [Fact]
    public void A_category_without_properties_takes_any_attributes() =>
        Assert.Null(AttributeRules.Check(Json("{}"), Json("""{ "anything": { "goes": [1] } }""")));

    [Fact]
    public void Custom_fields_of_resources_are_attributes_in_addition_to_the_schema()
    {
        var field = new FieldRule("badge", "Badge", "number", true, []);

        Assert.Null(AttributeRules.Check(Schema, Json("""{ "floor": 1, "sink": true, "badge": 7 }"""), field));
        Assert.Equal("attributes.badge", AttributeRules.Check(Schema, Json("""{ "floor": 1, "sink": true }"""), field)?.Field);
        Assert.Equal(
            Codes.InvalidAttributes,
            AttributeRules.Check(Schema, Json("""{ "floor": 1, "sink": true, "badge": "7" }"""), field)?.Code);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
