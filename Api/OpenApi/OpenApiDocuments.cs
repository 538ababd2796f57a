using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;

namespace Platform.Api.OpenApi;

/// <summary>One document an area, in every environment, and a page to browse them in Development.</summary>
internal static class OpenApiDocuments
{
    /// <summary>
    /// The hash is of the one inline style sheet of Swagger UI. A test notices when another version has another.
    /// </summary>
    private const string PagePolicy = "default-src 'none'; script-src 'self'; "
        + "style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; "
        + "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

    private static readonly string[] Documents = [Areas.Global, Areas.Tenant, Areas.Public];

    extension(WebApplicationBuilder builder)
    {
        public void AddOpenApi()
        {
            foreach (var document in Documents)
            {
                builder.Services.AddOpenApi(document, options =>
                {
                    options.CreateSchemaReferenceId = type =>
                        DescribeOptionals.IsOptional(type.Type) || DescribeMoments.IsInAddress(type.Type)
                        || type.Type == typeof(JsonElement) || type.Type == typeof(JsonElement?) // anything, null as well
                        ? null
                        : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
                    options
                        .AddDocumentTransformer<DescribeDocument>()
                        .AddOperationTransformer<DescribeAnswers>()
                        .AddOperationTransformer<DescribeOperations>()
                        .AddOperationTransformer<DescribeFiles>()
                        .AddSchemaTransformer<DescribeMoments>()
                        .AddSchemaTransformer<DescribeTexts>()
                        .AddSchemaTransformer<DescribeOptionals>()
                        .AddSchemaTransformer<DescribeStamps>()
                        .AddSchemaTransformer<DescribeProblems>()
                        .AddSchemaTransformer<DescribeExamples>();
                });
            }
        }
    }

    extension(WebApplication app)
    {
        public void MapOpenApiDocuments()
        {
            app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();

            if (app.Environment.IsDevelopment())
            {
                app.Use(AllowPage);
                app.UseSwaggerUI(page =>
                {
                    foreach (var document in Documents) page.SwaggerEndpoint($"/openapi/{document}.json", document);
                });
            }
        }
    }

    /// <summary>The one page of this process may load what it is made of.</summary>
    private static Task AllowPage(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/swagger", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.ContentSecurityPolicy = PagePolicy;
        }

        return next(context);
    }
}
