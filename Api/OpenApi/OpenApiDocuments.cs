using Microsoft.AspNetCore.OpenApi;

namespace Platform.Api.OpenApi;

/// <summary>One document an area, in every environment, and a page to browse them in Development.</summary>
internal static class OpenApiDocuments
{
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
                        ? null
                        : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
                    options
                        .AddOperationTransformer<DescribeAnswers>()
                        .AddOperationTransformer<DescribeFiles>()
                        .AddSchemaTransformer<DescribeMoments>()
                        .AddSchemaTransformer<DescribeTexts>()
                        .AddSchemaTransformer<DescribeOptionals>()
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
                app.UseSwaggerUI(page =>
                {
                    foreach (var document in Documents) page.SwaggerEndpoint($"/openapi/{document}.json", document);
                });
            }
        }
    }
}
