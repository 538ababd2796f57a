using System.Net;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Tests.Support;

namespace Platform.Tests.Catalogue;

public sealed class CategoryTests(PlatformFixture platform)
{
    private const string Rooms =
        """{ "name": "Rooms", "attributeSchema": { "properties": { "sink": { "type": "boolean", "required": true } } } }""";

    [Fact]
    public async Task A_category_is_made_read_changed_and_deleted()
    {
        var tenant = await platform.NewTenantAsync();

        using var created = await tenant.SendAsync("POST", "/categories", Rooms);
        var category = await created.DataAsync<CategoryResponse>();
        var changed = await tenant.SentAsync<CategoryResponse>("PATCH", $"/categories/{category.Id}", """{ "name": "Halls" }""");
        var listed = await tenant.SentAsync<List<CategoryResponse>>("GET", "/categories");
        using var deleted = await tenant.SendAsync("DELETE", $"/categories/{category.Id}", version: changed.Version);

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(Codes.CategoryCreated, await created.SuccessAsync());
        Assert.Equal($"/api/v1/categories/{category.Id}", created.Headers.Location?.OriginalString);
        Assert.Equal("\"1\"", created.Headers.ETag?.Tag);
        Assert.Equal(("Halls", 2), (changed.Name, changed.Version));
        Assert.True(JsonElement.DeepEquals(category.AttributeSchema, changed.AttributeSchema));
        Assert.Equal(["Doctors", "Halls"], listed.Select(c => c.Name).Order());
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal((404, Codes.NotFound, null), await tenant.RefusedAsync("GET", $"/categories/{category.Id}"));
    }

    [Fact]
    public async Task A_category_in_use_is_not_deleted()
    {
        var tenant = await platform.NewTenantAsync();

        var refused = await tenant.RefusedAsync("DELETE", $"/categories/{tenant.CategoryId}");

        Assert.Equal((409, Codes.InUse, null), refused);
        Assert.Equal("Doctors", (await tenant.SentAsync<CategoryResponse>("GET", $"/categories/{tenant.CategoryId}")).Name);
    }

    [Fact]
    public async Task Change_and_delete_with_stale_version_return_412()
    {
        var tenant = await platform.NewTenantAsync();
        var path = $"/categories/{tenant.CategoryId}";
        await tenant.SentAsync<CategoryResponse>("PATCH", path, "{}");

        Assert.Equal((412, Codes.VersionMismatch, null), await tenant.RefusedAsync("PATCH", path, """{ "name": "X" }""", 1));
        Assert.Equal((412, Codes.VersionMismatch, null), await tenant.RefusedAsync("DELETE", path, version: 1));
    }

    [Theory]
    [InlineData("""{ "name": null }""", 400, Codes.ValidationFailed, "name")]
    [InlineData("""{ "name": "" }""", 400, Codes.ValidationFailed, "name")]
    [InlineData("""{ "name": "  " }""", 400, Codes.ValidationFailed, "name")]
    [InlineData("""{ "name": 5 }""", 400, Codes.ValidationFailed, "name")]
    [InlineData("""{ "title": "X" }""", 400, Codes.ValidationFailed, "title")]
    [InlineData("""{ "attributeSchema": { "properties": { "a\u0000b": { "type": "string" } } } }""", 400, Codes.ValidationFailed, "attributeSchema")]
    [InlineData("""{ "attributeSchema": [] }""", 422, Codes.InvalidSchema, "attributeSchema")]
    [InlineData("""{ "attributeSchema": null }""", 400, Codes.ValidationFailed, "attributeSchema")]
    public async Task A_malformed_change_is_refused_and_the_error_names_the_member(
        string body, int status, string code, string field)
    {
        var tenant = await platform.UntouchedTenantAsync();

        Assert.Equal((status, code, field), await tenant.RefusedAsync("PATCH", $"/categories/{tenant.CategoryId}", body));
    }

    [Fact]
    public async Task A_name_without_end_is_refused_and_an_odd_one_is_kept()
    {
        var tenant = await platform.NewTenantAsync();
        var odd = "אבג 🦄 ‮evil'; drop table categories;--";

        var refused = await tenant.RefusedAsync("POST", "/categories", $$"""{ "name": "{{new string('x', 10_000)}}" }""");
        var kept = await tenant.SentAsync<CategoryResponse>("POST", "/categories", JsonSerializer.Serialize(new { name = odd }));

        Assert.Equal((400, Codes.ValidationFailed, "name"), refused);
        Assert.Equal(odd, kept.Name);
    }

    [Fact]
    public async Task A_list_comes_in_pages()
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.ExecuteAsync("insert into categories (name) select 'C' || n from generate_series(1, 4) as n");

        var names = new List<string>();
        string? next = "";
        while (next is not null)
        {
            using var response = await tenant.SendAsync("GET", $"/categories?limit=2{(next == "" ? "" : $"&cursor={next}")}");
            var page = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            names.AddRange(page.GetProperty("data").EnumerateArray().Select(c => c.GetProperty("name").GetString()!));
            next = page.GetProperty("meta").GetProperty("page").GetProperty("next").GetString();
        }

        Assert.Equal(["C1", "C2", "C3", "C4", "Doctors"], names.Order());
        Assert.Equal((400, Codes.ValidationFailed, "cursor"), await tenant.RefusedAsync("GET", "/categories?cursor=forged"));
        Assert.Equal((400, Codes.ValidationFailed, "limit"), await tenant.RefusedAsync("GET", "/categories?limit=201"));
    }
}
