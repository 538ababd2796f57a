using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Platform.Contracts.Catalogue;

/// <summary>A kind of thing that can be booked.</summary>
/// <param name="AttributeSchema">
/// What its resources' attributes may be; see <see cref="CreateCategoryRequest"/>. Empty: anything.
/// </param>
/// <param name="Version">Raised with every change; the value of the <c>ETag</c>.</param>
public sealed record CategoryResponse(long Id, string Name, JsonElement AttributeSchema, long Version) : StampedResponse;

/// <summary><c>POST /api/v1/categories</c></summary>
/// <param name="AttributeSchema">
/// A small part of JSON Schema: <c>{ "type": "object", "properties": { "sink": { "type": "boolean" } }, "required":
/// ["sink"] }</c>. A property has a <c>type </c> (<c>string</c>, <c>number </c>, <c>integer </c> or <c>boolean </c>)
/// and may have <c>title </c>, <c>enum </c>, <c>required </c>, <c>maxLength </c>, <c>minimum </c> and <c>maximum </c>.
/// Attributes that it does not name are refused; with no properties any are allowed.
/// </param>
public sealed record CreateCategoryRequest(
    [property: Required, StringLength(100)] string Name,
    JsonElement? AttributeSchema = null);

/// <summary><c>PATCH /api/v1/categories/{id}</c>: what is absent stays.</summary>
public sealed record ChangeCategoryRequest
{
    [Required, StringLength(100)]
    public Optional<string> Name { get; init; }

    /// <summary>Resources are checked against it when their attributes next change.</summary>
    public Optional<JsonElement> AttributeSchema { get; init; }
}
