using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Platform.Api.OpenApi;

/// <summary>
/// Describes texts, instants and amounts as what they are: since we read them ourselves, nobody else knows.
/// </summary>
internal sealed class DescribeTexts : IOpenApiSchemaTransformer
{
    public Task TransformAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var isOptional = context.JsonPropertyInfo is { } member && DescribeOptionals.IsOptional(member.PropertyType);
        Describe(schema, context.JsonTypeInfo.Type);
        if (schema.Type is JsonSchemaType.String && context.JsonPropertyInfo is { IsGetNullable: true } && !isOptional)
        {
            schema.Type |= JsonSchemaType.Null;
        }

        return Task.CompletedTask;
    }

    public static void Describe(OpenApiSchema schema, Type type)
    {
        var held = Nullable.GetUnderlyingType(type) ?? type;
        if (schema.Type is not null || (held != typeof(string) && held != typeof(DateTimeOffset) && held != typeof(decimal)))
        {
            return;
        }

        schema.Type = held == typeof(decimal) ? JsonSchemaType.Number : JsonSchemaType.String;
        if (held == typeof(DateTimeOffset)) schema.Format = "date-time";
        if (held != type) schema.Type |= JsonSchemaType.Null;
    }
}
