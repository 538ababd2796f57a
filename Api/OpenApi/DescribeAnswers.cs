using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;

namespace Platform.Api.OpenApi;

/// <summary>Describes what filters and middleware add to every endpoint: the envelope, the tenant's header, problems.</summary>
internal sealed class DescribeAnswers : IOpenApiOperationTransformer
{
    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var meta = await context.GetOrCreateSchemaAsync(typeof(Meta), null, cancellationToken);
        var problem = await context.GetOrCreateSchemaAsync(typeof(Problem), null, cancellationToken);

        foreach (var answer in context.Description.SupportedResponseTypes.Where(r => r.StatusCode is >= 200 and < 300))
        {
            if (operation.Responses?[$"{answer.StatusCode}"].Content is { } contents
                && contents.TryGetValue("application/json", out var content))
            {
                content.Schema = Envelope(meta, await DataAsync(answer.Type, content, context, cancellationToken));
            }
        }

        operation.Responses!["default"] = new OpenApiResponse
        {
            Description = "A problem document (RFC 9457).",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new() { Schema = problem },
            },
        };

        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<TenantScoped>().Any())
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = Headers.TenantId,
                In = ParameterLocation.Header,
                Required = true,
                Description = "The numeric id of the tenant; must equal the token's, unless staff ask.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" },
            });
        }
    }

    private static OpenApiSchema Envelope(IOpenApiSchema meta, IOpenApiSchema data) => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "meta", "data" },
        Properties = new Dictionary<string, IOpenApiSchema> { ["meta"] = meta, ["data"] = data },
    };

    /// <summary>What the envelope holds; of a page its items, since the cursor is in <c>meta</c>.</summary>
    private static async Task<IOpenApiSchema> DataAsync(
        Type? type, OpenApiMediaType content, OpenApiOperationTransformerContext context, CancellationToken ct) =>
        type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(Page<>)
            ? await context.GetOrCreateSchemaAsync(type.GetGenericArguments()[0].MakeArrayType(), null, ct)
            : content.Schema!;
}
