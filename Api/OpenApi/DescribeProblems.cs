using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Platform.Contracts;

namespace Platform.Api.OpenApi;

/// <summary>
/// Describes what problem documents hold beside what our own clients read, and that a page may be absent.
/// </summary>
internal sealed class DescribeProblems : IOpenApiSchemaTransformer
{
    public Task TransformAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(Meta) && schema.Properties?["page"] is OpenApiSchema page)
        {
            page.Type |= JsonSchemaType.Null; // which the framework forgets where it writes no reference
        }

        if (context.JsonTypeInfo.Type != typeof(Problem)) return Task.CompletedTask;

        schema.Properties ??= new Dictionary<string, IOpenApiSchema>();
        schema.Properties["type"] = new OpenApiSchema { Type = JsonSchemaType.String };
        schema.Properties["instance"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The path." };
        schema.Required = new HashSet<string> { "status", "code", "title", "traceId" };
        schema.AdditionalPropertiesAllowed = true;
        schema.AdditionalProperties = null;
        return Task.CompletedTask;
    }
}
