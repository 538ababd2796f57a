using System.Collections;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Platform.Contracts;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>
/// Reads every list that is returned in pages. The lists and their parameters come from the running API, so that new
/// ones are covered.
/// </summary>
public sealed partial class ListTests(PlatformFixture platform)
{
    private static readonly string[] Areas = ["/api/v1/", "/internal/api/v1/", "/public/api/v1/"];

    /// <summary>
    /// Counting the rows of a trail, or those before a page of it, is too expensive; the bookings that need attention
    /// are known only after each has been checked.
    /// </summary>
    private static readonly string[] ByCursorOnly =
    [
        "api/v1/audit", "api/v1/audit/access", "api/v1/bookings/attention", "internal/api/v1/audit/access",
        "internal/api/v1/audit/changes", "internal/api/v1/audit/logins", "internal/api/v1/events/dead-letters",
    ];

    /// <summary>Short by nature or by their parameters: a range, a month, one entity, the newest.</summary>
    private static readonly string[] Short =
    [
        "api/v1/busy-times", "api/v1/entitlements", "api/v1/me/apps", "api/v1/me/invitations", "api/v1/me/tenants", "api/v1/message-templates", "api/v1/openings", "api/v1/reports/bookings", "api/v1/reports/lead-times",
        "api/v1/reports/no-shows", "api/v1/reports/revenue", "api/v1/reports/seats", "api/v1/reports/utilisation", "api/v1/settings/holidays", "api/v1/slots",
        "api/v1/slots/days", "internal/api/v1/entitlements", "internal/api/v1/events/groups", "internal/api/v1/events/recent",
        "internal/api/v1/billing/months", "internal/api/v1/reports/seats",
        "public/api/v1/{slug}/slots", "public/api/v1/{slug}/slots/days",
    ];

    private static readonly (string Query, string Field)[] Refused =
    [
        ("cursor=!", "cursor"), ("cursor=forged", "cursor"), ($"cursor={new string('A', 400)}", "cursor"),
        ("limit=0", "limit"), ("limit=-1", "limit"), ("limit=501", "limit"), ("limit=many", "limit"),
    ];

    private static readonly (string Query, string Field)[] RefusedByNumber =
    [
        ("limit=201", "limit"), ("size=0", "size"), ("size=201", "size"), ("page=0", "page"), ("page=-3&size=10", "page"),
        ("page=x", "page"), ("page=51&size=200", "page"), ("page=10001&limit=1", "page"),
        ("page=2147483647&size=200", "page"),
    ];

    [Fact]
    public async Task Every_list_refuses_invalid_page_parameters()
    {
        var tenant = await platform.UntouchedTenantAsync();
        Assert.True(Lists.Count >= 25);

        foreach (var list in Lists)
        {
            foreach (var (query, field) in IsByNumber(list) ? [.. Refused, .. RefusedByNumber] : Refused)
            {
                Assert.Equal((list, query, 400, Codes.ValidationFailed, field), await RefusalAsync(query));
            }

            if (!IsByNumber(list)) continue;

            // The cursor of a list by number, of one by time and number, and of prices: one is valid, and then the
            // error names the page.
            var kinds = ((string[])["MQ", "MS4x", "MS4xLjEuMQ"]).Select(cursor => RefusalAsync($"page=1&cursor={cursor}"));
            Assert.Equal(
                ["cursor", "cursor", "page"], (await Task.WhenAll(kinds)).Select(refused => refused.Field).Order());

            async Task<(ApiDescription, string, int, string?, string? Field)> RefusalAsync(string query)
            {
                using var client = ClientOf(list, tenant);
                using var response = await client.GetAsync($"{PathOf(list, tenant)}{query}");
                var (status, code) = await response.ProblemAsync();
                var errors = (await response.DocumentAsync()).GetProperty("errors");
                return (list, query, status, code, errors[0].GetProperty("field").GetString());
            }
        }
    }

    [Fact]
    public async Task Every_list_has_the_same_rows_by_number_as_by_cursor_and_counts_its_tenants_alone()
    {
        var (tenant, other) = (await platform.NewFilledTenantAsync(), await platform.NewFilledTenantAsync());
        Assert.NotEqual(tenant.Id, other.Id);
        var application = await NewApplicationAsync();
        var walked = 0;

        foreach (var list in Lists.Where(IsByNumber))
        {
            // Other tests change the lists of all tenants concurrently; StaffTests covers those.
            var route = RouteOf(list);
            var isShared = !route.Contains("{id}", StringComparison.Ordinal);
            if (isShared && route.StartsWith("internal", StringComparison.Ordinal)) continue;

            var path = PathOf(list, tenant, application);
            using var client = ClientOf(list, tenant);
            List<string> byCursor = [], byNumber = [];
            for (string? next = ""; next is not null;)
            {
                var (rows, info) = await PageAsync(client, $"{path}limit=1{(next == "" ? "" : $"&cursor={next}")}");
                byCursor.AddRange(rows);
                next = info.GetProperty("next").GetString();
                Assert.True(Total(info) is null, path);
            }

            for (var more = true; more;)
            {
                var (rows, info) = await PageAsync(client, $"{path}page={byNumber.Count + 1}&size=1");
                byNumber.AddRange(rows);
                more = info.GetProperty("next").GetString() is not null;
                Assert.Equal((path, byCursor.Count), (path, Total(info)));
            }

            Assert.True(byCursor.Count >= 3, $"{path} has only {byCursor.Count} rows.");
            Assert.Equal(byCursor, byNumber);
            var (behind, last) = await PageAsync(client, $"{path}page={byCursor.Count + 1}&size=1");
            Assert.Empty(behind);
            Assert.Equal(byCursor.Count, Total(last));
            walked++;
        }

        Assert.True(walked >= 23, $"Only {walked} lists were leafed through.");
    }

    [Fact]
    public async Task A_page_by_number_costs_one_more_statement_and_no_statement_contains_a_literal_id()
    {
        var tenant = await platform.NewFilledTenantAsync();

        foreach (var list in Lists.Where(list => IsByNumber(list) && RouteOf(list).StartsWith("api", StringComparison.Ordinal)))
        {
            var path = PathOf(list, tenant);
            var (_, info) = await PageAsync(tenant.Client, $"{path}limit=1");

            var byCursor = await StatementsAsync($"{path}limit=1&cursor={info.GetProperty("next").GetString()}");
            var byNumber = await StatementsAsync($"{path}page=2&size=1");

            Assert.True(byNumber.Count - byCursor.Count is 0 or 1, $"{path}: {string.Join('\n', byNumber)}");
            Assert.DoesNotContain(byCursor, sql => LiteralId().IsMatch(sql));
        }

        // The caller is read, if at all, with handwritten SQL; lists are read by EF Core except grants.
        async Task<List<string>> StatementsAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            var trace = platform.Api.Statements.Watch(request);
            using var response = await tenant.Client.SendAsync(request);
            Assert.True(response.IsSuccessStatusCode, path);
            return [.. platform.Api.Statements.RoundTripsOf(trace).SelectMany(trip => trip)
                .Where(sql => sql.StartsWith("SELECT", StringComparison.Ordinal))];
        }
    }

    [Fact]
    public void A_list_comes_in_pages_or_is_known_to_be_short()
    {
        var arrays = Areas.SelectMany(platform.Operations)
            .Where(o => o.HttpMethod == "GET" && AnswersOf(o).Any(
                type => type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable))))
            .Select(RouteOf);

        Assert.Equal(Short.Order(), arrays.Order());
        Assert.Equal(ByCursorOnly.Order(), Lists.Where(list => !IsByNumber(list)).Select(RouteOf).Order());
    }

    [Theory, MemberData(nameof(OpenApiTests.Documents), MemberType = typeof(OpenApiTests))]
    public async Task The_documents_describe_how_lists_are_paged(string name)
    {
        using var anybody = platform.Client();
        var document = JsonDocument.Parse(await anybody.GetStringAsync($"/openapi/{name}.json")).RootElement;
        var lists = Lists.Where(list => list.GroupName == name).ToList();
        Assert.NotEmpty(lists);

        foreach (var list in lists)
        {
            var path = document.GetProperty("paths").GetProperty($"/{RouteOf(list)}");
            var parameters = path.GetProperty("get").GetProperty("parameters").EnumerateArray()
                .ToDictionary(p => p.GetProperty("name").GetString()!, p => p.GetProperty("schema"));
            string[] numbers = IsByNumber(list) ? ["limit", "page", "size"] : ["limit"];

            Assert.Equal("string", parameters["cursor"].GetProperty("type").GetString());
            Assert.All(numbers, number => Assert.Equal(1, parameters[number].GetProperty("minimum").GetInt32()));
            Assert.All(numbers, number => Assert.True(parameters[number].GetProperty("maximum").GetInt32() >= 200));
        }
    }

    private List<ApiDescription> Lists =>
    [
        .. Areas.SelectMany(platform.Operations).Where(o => o.HttpMethod == "GET" && AnswersOf(o).Any(type => type.Name == "Page`1")),
    ];

    private static IEnumerable<Type> AnswersOf(ApiDescription operation) =>
        operation.SupportedResponseTypes.Where(r => r.StatusCode == 200).Select(r => r.Type).OfType<Type>();

    private static bool IsByNumber(ApiDescription list) =>
        list.ParameterDescriptions.Any(p => p.Name == "page") && list.ParameterDescriptions.Any(p => p.Name == "size");

    private HttpClient ClientOf(ApiDescription list, TestTenant tenant)
    {
        if (list.RelativePath!.StartsWith("internal", StringComparison.Ordinal)) return platform.Staff();

        var client = platform.Client(list.RelativePath.StartsWith("public", StringComparison.Ordinal) ? null : tenant.Token);
        client.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");
        return client;
    }

    /// <summary>Such as <c>api/v1/clients/{id}/bookings</c>.</summary>
    private static string RouteOf(ApiDescription list) => Constraint().Replace(list.RelativePath!, "}").TrimEnd('/');

    /// <summary>Up to the first parameter of a page.</summary>
    /// <param name="application">The application whose prices to read.</param>
    private static string PathOf(ApiDescription list, TestTenant tenant, long application = 1)
    {
        var path = RouteOf(list).Replace("tenants/{id}", $"tenants/{tenant.Id}").Replace("users/{id}", $"users/{tenant.UserId}")
            .Replace("applications/{id}", $"applications/{application}").Replace("service-accounts/{id}", $"service-accounts/{tenant.ServiceAccountId}").Replace("webhooks/{id}", $"webhooks/{tenant.WebhookId}").Replace("{id}", "1")
            .Replace("{slug}", tenant.Slug).Replace("{application}", "tq");
        var isAboutTenant = list.ParameterDescriptions.Any(p => p is { Name: "tenantId", IsRequired: true });
        return $"/{path}?{(isAboutTenant ? $"tenantId={tenant.Id}&" : "")}";
    }

    private static async Task<(List<string> Rows, JsonElement Info)> PageAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {await response.Content.ReadAsStringAsync()}");
        var document = await response.DocumentAsync();
        var rows = document.GetProperty("data").EnumerateArray().Select(row => row.GetRawText()).ToList();
        Assert.True(rows.Count <= 1, path);
        return (rows, document.GetProperty("meta").GetProperty("page"));
    }

    private static int? Total(JsonElement info) =>
        info.TryGetProperty("total", out var total) && total.ValueKind is JsonValueKind.Number ? total.GetInt32() : null;

    /// <summary>With two prices of one user type, in two currencies, and one each of two others.</summary>
    private async Task<long> NewApplicationAsync()
    {
        var application = await platform.NewApplicationAsync();
        await platform.ExecutePlatformAsync($"""
            insert into application_pricing (application_id_fk, user_type_id_fk, price, currency, valid_from)
            select {application.Id}, type, 1, currency, '2026-01-01'
            from (values (3, 'BRL'), (2, 'EUR'), (2, 'BRL'), (1, 'USD')) as prices (type, currency);
            """);
        return application.Id;
    }

    /// <summary>The constraint of a route on an id, as in <c>{id:long}</c>.</summary>
    [GeneratedRegex(@":\w+\}")]
    private static partial Regex Constraint();

    /// <summary>A comparison of an id with a literal number.</summary>
    [GeneratedRegex(@"id > \d", RegexOptions.IgnoreCase)]
    private static partial Regex LiteralId();
}
