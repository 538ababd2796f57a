using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Tests.Support;

namespace Platform.Tests.Tenants;

/// <summary>How a request names its tenant.</summary>
public sealed class TenancyTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_domain_or_a_slug_names_the_tenant_of_the_token_as_its_id_does()
    {
        var (mine, other) = (await platform.NewCustomerAsync(), await platform.NewCustomerAsync());
        await platform.ExecutePlatformAsync($"""
            update tenants set custom_domain = 'agenda-{mine.Id}.example' where id = {mine.Id};
            update tenants set custom_domain = 'agenda-{other.Id}.example' where id = {other.Id};
            """);

        Assert.Equal(mine.Id, await TenantOfAsync(domain: $"Agenda-{mine.Id}.Example.:8443"));
        Assert.Equal(mine.Id, await TenantOfAsync(domain: mine.Slug.ToUpperInvariant()));
        Assert.Equal(mine.Id, await TenantOfAsync(domain: $"agenda-{mine.Id}.example", id: mine.Id));
        Assert.Equal((404, Codes.NotFound), await RefusalAsync($"agenda-{other.Id}.example"));
        Assert.Equal((404, Codes.NotFound), await RefusalAsync("nobody.example"));
        Assert.Equal((404, Codes.NotFound), await RefusalAsync($"agenda-{other.Id}.example", id: mine.Id));
        Assert.Equal((404, Codes.NotFound), await RefusalAsync($"agenda-{mine.Id}.example", id: other.Id));
        Assert.Equal((404, Codes.NotFound), await RefusalAsync("http://agenda.example"));
        Assert.Equal((400, Codes.TenantHeaderInvalid), await RefusalAsync(" "));

        async Task<HttpResponseMessage> SendAsync(string domain, long? id)
        {
            using var client = platform.Client(mine.Token);
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
            request.Headers.TryAddWithoutValidation(Headers.TenantDomain, domain);
            if (id is not null) request.Headers.Add(Headers.TenantId, $"{id}");
            return await client.SendAsync(request);
        }

        async Task<long> TenantOfAsync(string domain, long? id = null)
        {
            using var response = await SendAsync(domain, id);
            return (await response.DataAsync<MeResponse>()).TenantId;
        }

        async Task<(int, string?)> RefusalAsync(string domain, long? id = null)
        {
            using var response = await SendAsync(domain, id);
            return await response.ProblemAsync();
        }
    }

    [Fact]
    public async Task The_owner_names_the_headers_and_the_domain_below_which_tenants_have_hosts()
    {
        await using var api = platform.Api.WithWebHostBuilder(web => web
            .UseSetting("Tenancy:IdHeader", "x-organisation")
            .UseSetting("Tenancy:DomainHeader", "x-organisation-host")
            .UseSetting("Tenancy:BaseDomain", "book.test"));
        var tenant = await platform.NewCustomerAsync();
        using var client = api.CreateClient();

        var found = await client.GetAsync($"/public/api/v1/tenants/lookup?host={tenant.Slug}.Book.test.:443");
        using var missing = await client.GetAsync($"/public/api/v1/tenants/lookup?host=x.{tenant.Slug}.book.test");
        client.DefaultRequestHeaders.Authorization = new("Bearer", tenant.Token);
        var answers = new List<int>();
        foreach (var (header, value) in ((string, string)[])[
            ("x-organisation", $"{tenant.Id}"), ("x-organisation-host", $"{tenant.Slug}.book.test"), ("x-tenant-id", $"{tenant.Id}")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me") { Headers = { { header, value } } };
            using var response = await client.SendAsync(request);
            answers.Add((int)response.StatusCode);
        }

        Assert.Equal(tenant.Id, (await found.DataAsync<TenantLookup>()).TenantId);
        Assert.Equal((404, Codes.NotFound), await missing.ProblemAsync());
        Assert.Equal([200, 200, 400], answers);
        Assert.Contains("x-organisation-host", await client.GetStringAsync("/openapi/tenant.json"));
    }

    [Theory]
    [InlineData("host", "AGENDA-{0}.example")]
    [InlineData("host", "agenda-{0}.example.")]
    [InlineData("host", "agenda-{0}.example:8443")]
    [InlineData("slug", "T-{0}")]
    public async Task A_tenant_is_found_by_every_spelling_of_its_name(string by, string name)
    {
        var tenant = await platform.NewCustomerAsync();
        await platform.ExecutePlatformAsync($"update tenants set custom_domain = 'agenda-{tenant.Id}.example' where id = {tenant.Id}");
        using var anybody = platform.Client();

        using var response = await anybody.GetAsync(
            $"/public/api/v1/tenants/lookup?{by}={string.Format(null, name, tenant.Id)}");

        Assert.Equal(tenant.Id, (await response.DataAsync<TenantLookup>()).TenantId);
    }
}
