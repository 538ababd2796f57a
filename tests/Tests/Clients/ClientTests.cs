using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Clients;
using Platform.Tests.Support;

namespace Platform.Tests.Clients;

public sealed class ClientTests(PlatformFixture platform)
{
    private const string Clients = ClientCalls.Clients;

    [Fact]
    public async Task A_client_is_stored_with_a_phone_in_one_form_and_found_again()
    {
        var tenant = await platform.NewTenantAsync();

        using var response = await tenant.SendAsync(HttpMethod.Post, Clients, """
            { "name": "Ana Ítala 😀 عربي", "email": "Ana@Example.com", "phone": "+55 (11) 91234-5678", "locale": "pt-BR",
              "timeZone": "America/Sao_Paulo", "metadata": { "plan": "gold", "visits": 3, "vip": true, "since": null } }
            """);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var client = await response.DataAsync<ClientResponse>();
        Assert.Equal(("Ana Ítala 😀 عربي", "ana@example.com", "+5511912345678"), (client.Name, client.Email, client.Phone));
        Assert.Equal($"{Clients}/{client.Id}", response.Headers.Location?.OriginalString);
        Assert.Equal("\"1\"", response.Headers.ETag?.Tag);
        Assert.Equal(3, client.Metadata.GetProperty("visits").GetInt32());
        var again = await tenant.ClientAsync(client.Id);
        Assert.Equal(JsonSerializer.Serialize(client, PlatformJson.Options), JsonSerializer.Serialize(again, PlatformJson.Options));
    }

    [Theory]
    [InlineData("""{ "name": "A", "phone": "0111234567" }""", 422, Codes.InvalidPhone)]
    [InlineData("""{ "name": "A", "phone": "+1234567" }""", 422, Codes.InvalidPhone)]
    [InlineData("""{ "name": "A", "phone": "+1234567890123456" }""", 422, Codes.InvalidPhone)]
    [InlineData("""{ "name": "A", "phone": "+٤٤1234567890" }""", 422, Codes.InvalidPhone)]
    [InlineData("""{ "name": "A", "timeZone": "Mars/Olympus" }""", 422, Codes.UnknownTimeZone)]
    [InlineData("""{ "name": "A", "locale": "de" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": " " }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": null }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "A", "email": "a b@c" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "A", "email": "a@b@c" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "A", "metadata": [] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "A", "metadata": { "a": {} } }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "A", "metadata": { "a": "\u0000" } }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "A", "metadata": { "a": "\uD800" } }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "A", "metadata": { "\u0000": 1 } }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "A", "metadata": { "a": 1e999 } }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "name": "A", "metadata": { "a": 1, "a": 2 } }""", 400, Codes.ValidationFailed)]
    public async Task An_invalid_client_is_refused(string body, int status, string code)
    {
        var tenant = await platform.UntouchedTenantAsync();

        using var created = await tenant.SendAsync(HttpMethod.Post, Clients, body);
        var known = await tenant.KnownAsync(new("Known"));
        using var changed = await tenant.SendAsync(HttpMethod.Patch, $"{Clients}/{known.Id}", body);

        Assert.Equal((status, code), await created.ProblemAsync());
        Assert.Equal((status, code), await changed.ProblemAsync());
        Assert.Equal(1, (await tenant.ClientAsync(known.Id)).Version);
    }

    [Fact]
    public async Task Values_over_the_limit_are_refused_and_values_at_the_limit_are_kept()
    {
        var tenant = await platform.NewTenantAsync();
        var members = (int count) => JsonSerializer.Serialize(Enumerable.Range(0, count).ToDictionary(i => $"k{i}", i => i));
        var text = (int bytes) => $$"""{ "a": "{{new string('x', bytes - 11)}}" }""";

        string[] refused = [
            $$"""{ "name": "{{new string('é', 10_000)}}" }""",
            $$"""{ "name": "A", "metadata": {{members(51)}} }""",
            $$"""{ "name": "A", "metadata": {{text((10 * 1024) + 1)}} }"""];
        string[] kept = [
            $$"""{ "name": "{{new string('é', 200)}}" }""",
            $$"""{ "name": "A", "metadata": {{members(50)}} }""",
            $$"""{ "name": "A", "metadata": {{text(10 * 1024)}} }"""];

        foreach (var body in refused)
        {
            using var response = await tenant.SendAsync(HttpMethod.Post, Clients, body);
            Assert.Equal((400, Codes.ValidationFailed), await response.ProblemAsync());
        }

        foreach (var body in kept)
        {
            using var response = await tenant.SendAsync(HttpMethod.Post, Clients, body);
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        }
    }

    [Fact]
    public async Task An_email_belongs_to_one_client_whatever_its_case()
    {
        var tenant = await platform.NewTenantAsync();
        var first = await tenant.KnownAsync(new("Ada", "ada@example.com"));
        var second = await tenant.KnownAsync(new("Bob", "bob@example.com"));

        using var created = await tenant.SendAsync(HttpMethod.Post, Clients, """{ "name": "A", "email": "ADA@example.com" }""");
        using var changed = await tenant.SendAsync(
            HttpMethod.Patch, $"{Clients}/{second.Id}", """{ "email": "ADA@example.com" }""");

        Assert.Equal((409, Codes.AlreadyExists), await created.ProblemAsync());
        Assert.Equal((409, Codes.AlreadyExists), await changed.ProblemAsync());
        var problem = JsonDocument.Parse(await changed.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(first.Id, problem.GetProperty("existingId").GetInt64());
    }

    [Fact]
    public async Task Ten_concurrent_requests_with_one_email_create_one_client()
    {
        var tenant = await platform.NewTenantAsync();

        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => tenant.SendAsync(
            HttpMethod.Post, Clients, $$"""{ "name": "A{{i}}", "email": "ada@example.com" }""")));

        Assert.Single(responses, r => r.StatusCode == HttpStatusCode.Created);
        Assert.Equal(9, responses.Count(r => r.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task A_patch_keeps_absent_members_and_clears_null_members()
    {
        var tenant = await platform.NewTenantAsync();
        var client = await tenant.KnownAsync(new(
            "Ada", "ada@example.com", "+442071234567", "pt-BR", "Europe/London", JsonSerializer.SerializeToElement(new { a = 1 })));

        using var response = await tenant.SendAsync(
            HttpMethod.Patch, $"{Clients}/{client.Id}", """{ "phone": null, "locale": null, "metadata": { "b": 2 } }""", "\"1\"");

        var changed = await response.DataAsync<ClientResponse>();
        Assert.Equal("\"2\"", response.Headers.ETag?.Tag);
        Assert.Equal(("Ada", "ada@example.com", null, "en", "Europe/London", 2),
            (changed.Name, changed.Email, changed.Phone, changed.Locale, changed.TimeZone, changed.Version));
        Assert.Equal("""{"b":2}""", changed.Metadata.GetRawText());
        using var nothing = await tenant.SendAsync(HttpMethod.Patch, $"{Clients}/{client.Id}", "{}");
        Assert.Equal(2, (await nothing.DataAsync<ClientResponse>()).Version);
        using var stale = await tenant.SendAsync(HttpMethod.Patch, $"{Clients}/{client.Id}", """{ "name": "B" }""", "\"1\"");
        Assert.Equal((412, Codes.VersionMismatch), await stale.ProblemAsync());
        using var typed = await tenant.Client.PatchAsJsonAsync(
            $"{Clients}/{client.Id}", new UpdateClientRequest { Name = "Bea" }, PlatformJson.Options);
        Assert.Equal(("Bea", "ada@example.com"),
            ((await typed.DataAsync<ClientResponse>()).Name, (await tenant.ClientAsync(client.Id)).Email));
    }

    [Theory]
    [InlineData("q=ana", 2)]
    [InlineData("q=ANA%40", 1)]
    [InlineData("q=%2B55 11", 1)]
    [InlineData("q=%25", 0)]
    [InlineData("q=_", 0)]
    [InlineData("q=", 3)]
    [InlineData("q=%5C", 0)]
    public async Task A_search_matches_the_beginning_of_name_email_or_phone(string query, int count)
    {
        var tenant = await platform.NewTenantAsync();
        await tenant.KnownAsync(new("Ana", "maria@example.com"));
        await tenant.KnownAsync(new("Zoe", "ana@example.com", "+5511912345678"));
        await tenant.KnownAsync(new("Mariana"));

        using var response = await tenant.Client.GetAsync($"{Clients}?{query.Replace(" 11", "11")}");

        Assert.Equal(count, (await response.DataAsync<List<ClientResponse>>()).Count);
    }

    [Fact]
    public async Task Pages_hold_every_client_once()
    {
        var tenant = await platform.NewTenantAsync();
        for (var i = 0; i < 5; i++) await tenant.KnownAsync(new($"C{i}"));

        List<string> names = [];
        string? next = null;
        do
        {
            var page = await tenant.Client.GetFromJsonAsync<Envelope<List<ClientResponse>>>(
                $"{Clients}?limit=2{(next is null ? "" : $"&cursor={next}")}", PlatformJson.Options);
            names.AddRange(page!.Data.Select(c => c.Name));
            next = page.Meta.Page!.Next;
        }
        while (next is not null);

        Assert.Equal(["C0", "C1", "C2", "C3", "C4"], names);
        using var forged = await tenant.Client.GetAsync($"{Clients}?cursor=forged");
        Assert.Equal((400, Codes.ValidationFailed), await forged.ProblemAsync());
    }

    [Fact]
    public async Task The_bookings_of_a_client_are_listed_in_pages()
    {
        var tenant = await platform.NewTenantAsync();
        var first = await tenant.BookedAsync(tenant.AtNoon());
        var second = await tenant.BookedAsync(tenant.AtNoon() with { Start = first.Start.AddHours(1) });
        await tenant.BookedAsync(tenant.AtNoon("bob@example.com") with { Start = first.Start.AddHours(2) });

        var path = $"{Clients}/{first.Client!.Id}/bookings?limit=1";
        var page = await tenant.Client.GetFromJsonAsync<Envelope<List<BookingResponse>>>(path, PlatformJson.Options);
        var last = await tenant.Client.GetFromJsonAsync<Envelope<List<BookingResponse>>>(
            $"{path}&cursor={page!.Meta.Page!.Next}", PlatformJson.Options);

        Assert.Equal([first.Id, second.Id], page.Data.Concat(last!.Data).Select(b => b.Id));
        Assert.Null(last.Meta.Page!.Next);
    }

    [Fact]
    public async Task Clients_of_another_tenant_return_404()
    {
        var (mine, other) = (await platform.NewTenantAsync(), await platform.NewTenantAsync());
        await other.ExecuteAsync("insert into clients (id, name, locale) values (77123, 'Theirs', 'en')");
        var own = await mine.KnownAsync(new("Mine"));

        foreach (var (method, path, body) in ((HttpMethod, string, string?)[])[
            (HttpMethod.Get, $"{Clients}/77123", null),
            (HttpMethod.Patch, $"{Clients}/77123", """{ "name": "x" }"""),
            (HttpMethod.Get, $"{Clients}/77123/bookings", null),
            (HttpMethod.Get, $"{Clients}/77123/export", null),
            (HttpMethod.Post, $"{Clients}/77123/erase", null),
            (HttpMethod.Post, $"{Clients}/77123/merge", $$"""{ "otherId": {{own.Id}} }"""),
            (HttpMethod.Post, $"{Clients}/{own.Id}/merge", """{ "otherId": 77123 }""")])
        {
            using var response = await mine.SendAsync(method, path, body);
            Assert.Equal((404, Codes.NotFound), await response.ProblemAsync());
        }

        Assert.Equal("Theirs", (await other.ClientAsync(77123)).Name);
    }
}
