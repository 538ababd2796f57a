using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Platform.Contracts;

namespace Platform.Api.OpenApi;

/// <summary>Describes a member of a PATCH as what it holds; that it may be absent goes without saying.</summary>
internal sealed class DescribeOptionals : IOpenApiSchemaTransformer
{
    public async Task TransformAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(Optional<>)) return;

        var held = await context.GetOrCreateSchemaAsync(type.GetGenericArguments()[0], null, cancellationToken);
        (schema.Type, schema.Format, schema.Items, schema.Properties) = (held.Type, held.Format, held.Items, held.Properties);
    }
}
