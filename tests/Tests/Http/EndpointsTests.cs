using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

public sealed class EndpointsTests(PlatformFixture platform)
{
    [Fact]
    public void Endpoints_are_built_once_for_repeated_reads()
    {
        var all = Assert.IsType<CompositeEndpointDataSource>(
            platform.Api.Services.GetRequiredService<EndpointDataSource>());

        Assert.NotEmpty(all.Endpoints);
        Assert.All(all.DataSources, source => Assert.Same(source.Endpoints, source.Endpoints));
    }
}
