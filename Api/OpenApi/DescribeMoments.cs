using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Platform.Api.Http;
using Platform.Api.Licensing;
using Platform.Api.Operations;
using Platform.Api.Webhooks;
using Platform.Contracts;

namespace Platform.Api.OpenApi;

/// <summary>Describes what a caller writes as text, and what we read ourselves, as the text that it is.</summary>
internal sealed class DescribeMoments : IOpenApiSchemaTransformer
{
    private static readonly Type[] InAddresses =
    [
        typeof(IdCursor), typeof(TimeCursor), typeof(PriceCursor), typeof(QueryInstant), typeof(ActiveFilter),
        typeof(DeliveryStatus), typeof(DeadLetterCursor),
        typeof(CsvSeparator),
    ];

    /// <summary>They are written inline: a parameter of a URL needs no named schema.</summary>
    public static bool IsInAddress(Type type) => InAddresses.Contains(type);

    public Task TransformAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type != typeof(Moment) && !IsInAddress(type)) return Task.CompletedTask;

        schema.Type = JsonSchemaType.String;
        schema.Properties = null;
        schema.Required = null;
        schema.AdditionalPropertiesAllowed = true; // says nothing
        if (type != typeof(Moment)) return Task.CompletedTask;

        schema.Description ??= "RFC 3339 with an offset, or a wall-clock time in the zone of the request.";
        schema.Examples = ["2026-11-23T09:00:00-03:00"];
        return Task.CompletedTask;
    }
}
