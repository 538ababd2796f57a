using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;

namespace Platform.Api.OpenApi;

/// <summary>Gives every operation a name, a summary, what it takes to call it, and the headers that it reads.</summary>
internal sealed class DescribeOperations(IOptions<TenancyOptions> options) : IOpenApiOperationTransformer
{
    private readonly TenancyOptions _tenancy = options.Value;

    public Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var (method, path) = (context.Description.HttpMethod!, context.Description.RelativePath!);
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var words = WordsOf(path);
        operation.OperationId = method.ToLowerInvariant()
            + string.Concat(words.Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

        var isScoped = metadata.OfType<TenantScoped>().Any();
        var remark = operation.Description ?? operation.Summary;
        operation.Summary = SummaryOf(method, path, metadata.OfType<SuccessCode>().FirstOrDefault());
        string?[] texts = [remark, ScopeOf(isScoped, metadata)];
        operation.Description = texts.Any(text => text is not null) ? string.Join(' ', texts.OfType<string>()) : null;

        if (metadata.OfType<IAuthorizeData>().Any() && !metadata.OfType<IAllowAnonymous>().Any())
        {
            var scopes = metadata.OfType<NeededScopes>().SelectMany(needed => needed.Scopes).Distinct().ToList();
            operation.Security = [new() { [new(DescribeDocument.Bearer, context.Document)] = scopes }];
        }

        operation.Parameters ??= [];
        foreach (var name in path.Split('/', '.').Where(part => part.StartsWith('{')).Select(NameOf))
        {
            if (operation.Parameters.All(parameter => parameter.Name != name)) operation.Parameters.Add(InPath(name));
        }

        if (isScoped)
        {
            operation.Parameters.Add(IdHeader());
            operation.Parameters.Add(Header(
                _tenancy.DomainHeader, "A host name of the tenant, or its slug, in place of the number.", "agenda.aurora.example"));
        }

        if (metadata.OfType<TakesIdempotencyKey>().Any())
        {
            operation.Parameters.Add(Header(
                Headers.IdempotencyKey, "1 to 200 visible ASCII characters; the same request under the same key is done once.",
                "3f6a1b2c-booking-1"));
        }

        if (operation.Responses?.ContainsKey("412") is true)
        {
            operation.Parameters.Add(Header(
                "If-Match", "The `ETag` of the row as you saw it; 412 `VERSION_MISMATCH` if it was changed since.", "\"3\""));
        }

        return Task.CompletedTask;
    }

    private OpenApiParameter IdHeader() => new()
    {
        Name = _tenancy.IdHeader,
        In = ParameterLocation.Header,
        Required = false,
        Description = $"The id of the tenant: that of the token, unless platform staff call. Required unless {_tenancy.DomainHeader} is sent.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" },
        Example = 1,
    };

    /// <summary>What the middleware reads, not the handler.</summary>
    private static OpenApiParameter InPath(string name) => new()
    {
        Name = name,
        In = ParameterLocation.Path,
        Required = true,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static OpenApiParameter Header(string name, string description, string example) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Required = false,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = JsonValue.Create(example),
    };

    private string? ScopeOf(bool isScoped, IList<object> metadata) =>
        isScoped ? $"Tenant-scoped: requires `{_tenancy.IdHeader}`."
        : metadata.OfType<IAllowAnonymous>().Any() ? null
        : $"Global: `{_tenancy.IdHeader}` is not used.";

    /// <summary>
    /// The words of a path that distinguish it from others: <c>bookings </c>, <c>byId </c>, <c>cancel </c>.
    /// </summary>
    private static IReadOnlyList<string> WordsOf(string path) =>
    [
        .. path.Split('/', '.').Where(part => part is not ("api" or "v1" or "internal" or "public" or ""))
            .SelectMany(part => part.StartsWith('{') ? ["by", NameOf(part)] : part.Trim('$').Split('-')),
    ];

    private static string NameOf(string parameter) => parameter.Trim('{', '}').Split(':')[0];

    private static string SummaryOf(string method, string path, SuccessCode? success)
    {
        if (success is not null) return success.Message.TrimEnd('.');

        var parts = path.TrimEnd('/').Split('/').Where(part => part is not ("api" or "v1" or "internal" or "public")).ToList();
        var things = string.Join(" ", parts.Where(part => !part.StartsWith('{')).Select(part => part.Replace('-', ' ')));
        var isOne = parts[^1].StartsWith('{');
        return (method, isOne) switch
        {
            ("GET", true) => $"Read one: {things}",
            ("GET", false) => $"Read: {things}",
            ("POST", _) => $"Do: {things}",
            ("PUT", _) => $"Replace: {things}",
            ("PATCH", _) => $"Change: {things}",
            ("DELETE", _) => $"Delete: {things}",
            _ => $"{method} {things}",
        };
    }
}
