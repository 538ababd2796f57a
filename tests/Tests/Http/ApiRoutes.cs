using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>The routes of the running API, so that a new one is covered by every test that walks them.</summary>
internal static class ApiRoutes
{
    extension(PlatformFixture platform)
    {
        public IReadOnlyList<RouteEndpoint> Endpoints() =>
            [.. platform.Api.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
                .DistinctBy(endpoint => endpoint)];

        /// <summary>The operations of an area, with their parameters.</summary>
        public IReadOnlyList<ApiDescription> Operations(string prefix)
        {
            var groups = platform.Api.Services.GetRequiredService<IApiDescriptionGroupCollectionProvider>();
            return
            [
                .. groups.ApiDescriptionGroups.Items.SelectMany(group => group.Items)
                    .Where(o => $"/{o.RelativePath}".StartsWith(prefix, StringComparison.Ordinal)),
            ];
        }
    }

    extension(RouteEndpoint endpoint)
    {
        public string Path => $"/{endpoint.RoutePattern.RawText!.Trim('/')}";

        public IReadOnlyList<string> Methods => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];

        public bool DemandsAccess =>
            endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null
            && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null;
    }
}
