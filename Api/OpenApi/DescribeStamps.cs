using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Platform.Contracts;

namespace Platform.Api.OpenApi;

/// <summary>
/// Says that stamps are always there, which their type alone does not say: they are set after it is made.
/// </summary>
internal sealed class DescribeStamps : IOpenApiSchemaTransformer
{
    private static readonly string[] Names = ["createdAt", "createdBy", "updatedAt", "updatedBy"];

    public Task TransformAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonPropertyInfo is null && context.JsonTypeInfo.Type.IsAssignableTo(typeof(StampedResponse)))
        {
            schema.Required ??= new HashSet<string>();
            schema.Required.UnionWith(Names);
        }

        return Task.CompletedTask;
    }
}
