using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Platform.Contracts;

namespace Platform.Api.OpenApi;

/// <summary>Describes a time that a caller writes as the text that it is.</summary>
internal sealed class DescribeMoments : IOpenApiSchemaTransformer
{
    public Task TransformAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type != typeof(Moment)) return Task.CompletedTask;

        schema.Type = JsonSchemaType.String;
        schema.Properties = null;
        schema.Description ??= "RFC 3339 with an offset, or a wall-clock time in the zone of the request.";
        schema.Examples = ["2026-11-23T09:00:00-03:00"];
        return Task.CompletedTask;
    }
}
