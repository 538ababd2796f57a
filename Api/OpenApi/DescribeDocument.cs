using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Platform.Api.Access;

namespace Platform.Api.OpenApi;

/// <summary>Describes what all operations of an area have in common: how to call them, with two examples.</summary>
internal sealed class DescribeDocument(IOptions<TenancyOptions> options) : IOpenApiDocumentTransformer
{
    public const string Bearer = "bearer";

    public Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new()
        {
            Title = $"Platform API: {context.DocumentName}",
            Version = "v1",
            Description = Text(options.Value.IdHeader),
        };
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "An access token of Identity, or the key of a service account. "
                    + "Each operation names the scopes of which one is enough.",
            },
        };
        return Task.CompletedTask;
    }

    private static string Text(string idHeader) =>
        $$"""
        `HEAD` is answered wherever `GET` is. Failures are problem documents (RFC 9457) with a `code`.

        A **global** operation sees every tenant, for platform staff, or none at all. It takes no `{{idHeader}}`:

            GET /internal/api/v1/tenants
            Authorization: Bearer <token with platform_role>

            GET /public/api/v1/tenants/lookup?slug=clinica-aurora

        A **tenant-scoped** operation is about one tenant, which `{{idHeader}}` names; it must be the tenant of the token:

            GET /api/v1/users
            Authorization: Bearer <token of a member>
            {{idHeader}}: 1

            GET /internal/api/v1/tq/dashboard
            Authorization: Bearer <token of a member>
            {{idHeader}}: 1
        """;
}
