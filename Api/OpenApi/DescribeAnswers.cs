using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;

namespace Platform.Api.OpenApi;

/// <summary>
/// Describes what filters and middleware add to every answer: the envelope, headers, files and problems.
/// </summary>
internal sealed class DescribeAnswers : IOpenApiOperationTransformer
{
    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var meta = await NamedAsync(typeof(Meta), context, cancellationToken);
        var problem = await NamedAsync(typeof(Problem), context, cancellationToken);

        foreach (var answer in context.Description.SupportedResponseTypes.Where(r => r.StatusCode is >= 200 and < 300))
        {
            if (operation.Responses?[$"{answer.StatusCode}"].Content is { } contents
                && contents.TryGetValue("application/json", out var content))
            {
                content.Schema = answer.Type == typeof(string) // JSON that another standard describes
                    ? new OpenApiSchema { Type = JsonSchemaType.Object }
                    : Envelope(meta, DataOf(answer.Type, content));
            }
        }

        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        foreach (var file in metadata.OfType<AnswersFile>())
        {
            operation.Responses!["200"].Content![file.MediaType] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        }

        foreach (var (status, response) in operation.Responses!)
        {
            if (status[0] is '2' && response is OpenApiResponse done) AddHeaders(done, status, context);
        }

        foreach (var status in StatusesOf(operation, context))
        {
            operation.Responses![status] = Problem(status, problem);
        }
    }

    /// <summary>Written once in the document, under the name of the type.</summary>
    private static async Task<IOpenApiSchema> NamedAsync(
        Type type, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var document = context.Document!;
        if (document.Components?.Schemas?.ContainsKey(type.Name) is not true)
        {
            document.AddComponent(type.Name, await context.GetOrCreateSchemaAsync(type, null, ct));
        }

        return new OpenApiSchemaReference(type.Name, document);
    }

    private static void AddHeaders(OpenApiResponse response, string status, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var type = context.Description.SupportedResponseTypes.FirstOrDefault(r => $"{r.StatusCode}" == status)?.Type;
        response.Headers ??= new Dictionary<string, IOpenApiHeader>();
        if (type?.GetProperty("Version")?.PropertyType == typeof(long))
        {
            response.Headers["ETag"] = Header("The row's version, for `If-Match`.");
        }

        if (status == "201") response.Headers["Location"] = Header("The URL of the created row.");
        if (metadata.OfType<TakesIdempotencyKey>().Any())
        {
            response.Headers[Headers.IdempotencyReplayed] = Header(
                "`true` where this was answered before, under the same key.");
        }
    }

    /// <summary>
    /// What can go wrong wherever the middleware or a filter can say so, beside what the route declares.
    /// </summary>
    private static IEnumerable<string> StatusesOf(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var isOpen = metadata.OfType<IAllowAnonymous>().Any();
        var isFound = context.Description.RelativePath!.Contains('{') || metadata.OfType<TenantScoped>().Any();
        List<string> statuses = [.. operation.Responses!.Keys.Where(status => status[0] is '4' or '5'), "400", "429", "503", "default"];
        if (!isOpen) statuses.AddRange("401", "403");
        if (isFound) statuses.Add("404");
        if (operation.RequestBody is not null) statuses.AddRange("413", "415");
        return statuses.Distinct();
    }

    private static OpenApiResponse Problem(string status, IOpenApiSchema problem) => new()
    {
        Description = status == "default"
            ? "A problem document (RFC 9457)."
            : ReasonPhrases.GetReasonPhrase(int.Parse(status, CultureInfo.InvariantCulture)),
        Headers = status is "429" or "503"
            ? new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = Header("Seconds to wait.") }
            : null,
        Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = problem } },
    };

    private static OpenApiHeader Header(string description) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    private static OpenApiSchema Envelope(IOpenApiSchema meta, IOpenApiSchema data) => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "meta", "data" },
        Properties = new Dictionary<string, IOpenApiSchema> { ["meta"] = meta, ["data"] = data },
    };

    /// <summary>What the envelope holds; of a page its items, since the cursor is in <c>meta</c>.</summary>
    private static IOpenApiSchema DataOf(Type? type, OpenApiMediaType content) =>
        type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(Page<>)
            ? content.Schema!.Properties!["items"]
            : content.Schema!;
}
