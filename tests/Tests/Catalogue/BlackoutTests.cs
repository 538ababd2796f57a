using System.Net;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Tests.Support;

namespace Platform.Tests.Catalogue;

public sealed class BlackoutTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_blackout_is_of_a_resource_of_a_category_or_of_everything()
    {
        var tenant = await platform.NewTenantAsync();
        const string Christmas = "\"start\": \"2026-12-24T00:00:00-03:00\", \"end\": \"2026-12-26T00:00:00-03:00\"";

        using var created = await tenant.SendAsync("POST", "/blackouts", $$"""{ {{Christmas}}, "reason": "🎄" }""");
        var all = await created.DataAsync<BlackoutResponse>();
        var category = await tenant.SentAsync<BlackoutResponse>(
            "POST", "/blackouts", $$"""{ {{Christmas}}, "categoryId": {{tenant.CategoryId}} }""");
        var resource = await tenant.SentAsync<BlackoutResponse>(
            "POST", "/blackouts", $$"""{ {{Christmas}}, "resourceId": {{tenant.DoctorId}} }""");

        Assert.Equal((HttpStatusCode.Created, Codes.BlackoutCreated), (created.StatusCode, await created.SuccessAsync()));
        Assert.Equal($"/api/v1/blackouts/{all.Id}", created.Headers.Location?.OriginalString);
        Assert.Equal(("🎄", DateTimeOffset.Parse("2026-12-24T03:00Z", null)), (all.Reason, all.Start));
        Assert.Equal((null, (long?)tenant.CategoryId), (category.ResourceId, category.CategoryId));
        Assert.Equal(tenant.DoctorId, resource.ResourceId);
        Assert.Equivalent(all, await tenant.SentAsync<BlackoutResponse>("GET", $"/blackouts/{all.Id}"), strict: true);
    }

    [Fact]
    public async Task The_list_contains_blackouts_that_overlap_a_range_and_close_a_resource()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync($"""
            insert into resources (id, category_id, name) values (7, {tenant.CategoryId}, 'Room');
            insert into blackouts (id, resource_id, during) values
                (1, {tenant.DoctorId}, '[2026-03-02 00:00Z,2026-03-03 00:00Z)'), (2, 7, '[2026-03-02 00:00Z,2026-03-03 00:00Z)'),
                (3, null, '[2026-03-03 00:00Z,2026-03-04 00:00Z)'), (4, null, '[2026-04-01 00:00Z,2026-04-02 00:00Z)');
            insert into blackouts (id, category_id, during) values (5, {tenant.CategoryId}, '[2026-03-01 00:00Z,2026-05-01 00:00Z)');
            """);

        Assert.Equal([1, 2, 3, 4, 5], await IdsAsync(""));
        Assert.Equal([1, 2, 5], await IdsAsync("?from=2026-03-02&to=2026-03-03"));
        Assert.Equal([4, 5], await IdsAsync("?from=2026-03-20T00:00:00Z"));
        Assert.Equal([5], await IdsAsync("?to=2026-03-02"));
        Assert.Equal([1, 3, 4, 5], await IdsAsync($"?resourceId={tenant.DoctorId}"));

        async Task<IEnumerable<long>> IdsAsync(string question) =>
            (await tenant.SentAsync<List<BlackoutResponse>>("GET", $"/blackouts{question}")).Select(b => b.Id);
    }

    [Fact]
    public async Task A_blackout_is_taken_back_once()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("insert into blackouts (id, during) values (1, '[2026-03-02,2026-03-03)')");

        using var deleted = await tenant.SendAsync("DELETE", "/blackouts/1");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal((404, Codes.NotFound, null), await tenant.RefusedAsync("DELETE", "/blackouts/1"));
        Assert.Equal((404, Codes.NotFound, null), await tenant.RefusedAsync("GET", "/blackouts/1"));
    }

    [Theory]
    [InlineData("""{ "start": "2026-12-24T00:00:00Z", "end": "2026-12-24T00:00:00Z" }""", 422, Codes.InvalidRange, "end")]
    [InlineData("""{ "start": "2026-12-24T00:00:00Z", "end": "2026-12-23T00:00:00Z" }""", 422, Codes.InvalidRange, "end")]
    [InlineData("""{ "start": "2026-01-01T00:00:00Z", "end": "2036-02-01T00:00:00Z" }""", 422, Codes.RangeTooLong, "end")]
    [InlineData("""{ "start": "0001-01-01T00:00:00Z", "end": "0001-01-02T00:00:00Z" }""", 422, Codes.InvalidDate, "start")]
    [InlineData("""{ "start": "2026-01-01T00:00:00Z", "end": "9999-12-31T23:59:59Z" }""", 422, Codes.InvalidDate, "end")]
    [InlineData("""{ "start": "2026-12-24T00:00:00", "end": "2026-12-25T00:00:00" }""", 400, Codes.ValidationFailed, "start")]
    [InlineData("""{ "start": "2026-12-24T00:00:00Z" }""", 400, Codes.ValidationFailed, "end")]
    [InlineData("""{ "start": "2026-12-24T00:00:00Z", "end": "2026-12-25T00:00:00Z", "resourceId": 1, "categoryId": 1 }""", 400, Codes.ValidationFailed, "categoryId")]
    [InlineData("""{ "start": "2026-12-24T00:00:00Z", "end": "2026-12-25T00:00:00Z", "resourceId": 99 }""", 404, Codes.NotFound, "resourceId")]
    [InlineData("""{ "start": "2026-12-24T00:00:00Z", "end": "2026-12-25T00:00:00Z", "categoryId": 99 }""", 404, Codes.NotFound, "categoryId")]
    public async Task An_invalid_blackout_is_refused(string body, int status, string code, string field)
    {
        var tenant = await platform.UntouchedTenantAsync();

        Assert.Equal((status, code, field), await tenant.RefusedAsync("POST", "/blackouts", body));
    }

    [Theory]
    [InlineData("?from=0001-01-01", 422, Codes.InvalidDate, "from")]
    [InlineData("?to=9999-12-31T00:00:00Z", 422, Codes.InvalidDate, "to")]
    [InlineData("?from=-0500-01-01", 422, Codes.InvalidDate, "from")]
    [InlineData("?from=2026-03-02&to=2026-03-02", 422, Codes.InvalidRange, "to")]
    [InlineData("?from=soon", 400, Codes.ValidationFailed, "from")]
    [InlineData("?resourceId=99", 404, Codes.NotFound, "resourceId")]
    public async Task An_invalid_blackout_query_is_refused(string question, int status, string code, string field)
    {
        var tenant = await platform.NewTenantAsync("Asia/Tokyo");

        Assert.Equal((status, code, field), await tenant.RefusedAsync("GET", $"/blackouts{question}"));
    }
}
