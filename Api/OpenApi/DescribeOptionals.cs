using System.Reflection;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Platform.Api.Http;
using Platform.Contracts;

namespace Platform.Api.OpenApi;

/// <summary>
/// Describes a member of a PATCH as what it holds: it may always be left out, and may be null only where that clears
/// it.
/// </summary>
internal sealed class DescribeOptionals : IOpenApiSchemaTransformer
{
    /// <summary>
    /// How the description of <see cref="Optional{T}"/> itself begins, which says nothing of a member.
    /// </summary>
    private const string OfOptional = "A member of a PATCH";

    public async Task TransformAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var member in context.JsonTypeInfo.Properties.Where(p => p.PropertyType.IsAssignableTo(typeof(IOptional))))
        {
            schema.Required?.Remove(member.Name);
        }

        if (!IsOptional(context.JsonTypeInfo.Type)) return;

        var type = context.JsonTypeInfo.Type.GetGenericArguments()[0];
        var held = await context.GetOrCreateSchemaAsync(type, null, cancellationToken);
        DescribeTexts.Describe(held, type);
        schema.Type = held.Type & ~JsonSchemaType.Null;
        schema.Format = held.Format;
        schema.Items = held.Items;
        schema.Properties = held.Properties;
        schema.Required = held.Required;
        if (schema.Description is null || schema.Description.StartsWith(OfOptional, StringComparison.Ordinal))
        {
            schema.Description = held.Description;
        }

        schema.AdditionalPropertiesAllowed = held.AdditionalPropertiesAllowed;
        if (schema.Type is JsonSchemaType.Array)
        {
            // The limits of a text are written before the schema is known to be a list.
            (schema.MinItems, schema.MaxItems) = (schema.MinLength, schema.MaxLength);
            (schema.MinLength, schema.MaxLength) = (null, null);
        }

        if (schema.Type is not null && MayBeNull(context)) schema.Type |= JsonSchemaType.Null;
    }

    /// <summary>They are written inline: members of the same type have different limits.</summary>
    public static bool IsOptional(Type type) => type.IsAssignableTo(typeof(IOptional)) && type.IsGenericType;

    private static bool MayBeNull(OpenApiSchemaTransformerContext context) =>
        context.JsonPropertyInfo?.AttributeProvider is PropertyInfo property && RequestValidation.MayBeNull(property);
}
