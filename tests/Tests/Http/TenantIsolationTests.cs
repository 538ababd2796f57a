using System.Collections;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>
/// Calls every operation of <c>/api/v1</c> as a member of another tenant, or with another tenant's ids.
/// The operations and their parameters come from the running API, so that new ones are covered.
/// </summary>
public sealed partial class TenantIsolationTests(PlatformFixture platform)
{
    /// <summary>Part of every name of the other tenant; no response may contain it.</summary>
    private const string Secret = "secretofanother";

    [Fact]
    public async Task Every_operation_treats_another_tenant_like_one_that_does_not_exist()
    {
        var (mine, other) = (await platform.NewTenantAsync(), await platform.NewTenantAsync());
        var operations = platform.Operations("/api/v1/");
        Assert.True(operations.Count >= 10);

        foreach (var operation in operations)
        {
            var foreign = await AnswerAsync(operation, mine.Token, $"{other.Id}");
            var missing = await AnswerAsync(operation, mine.Token, "999999999");

            Assert.Equal((HttpStatusCode.NotFound, Codes.NotFound), foreign.Outcome);
            Assert.Equal(missing, foreign);
        }
    }

    [Theory]
    [InlineData(Codes.TenantHeaderMissing)]
    [InlineData(Codes.TenantHeaderInvalid, "")]
    [InlineData(Codes.TenantHeaderInvalid, "clinica-aurora")]
    [InlineData(Codes.TenantHeaderInvalid, "-1")]
    [InlineData(Codes.TenantHeaderInvalid, "0{mine}")]
    [InlineData(Codes.TenantHeaderInvalid, "+{mine}")]
    [InlineData(Codes.TenantHeaderInvalid, "1.0")]
    [InlineData(Codes.TenantHeaderInvalid, "99999999999999999999")]
    [InlineData(Codes.TenantHeaderInvalid, "{mine},{other}")]
    [InlineData(Codes.TenantHeaderInvalid, "{mine}", "{mine}")]
    [InlineData(Codes.TenantHeaderInvalid, "{mine}", "{other}")]
    public async Task Every_operation_requires_exactly_one_tenant_id(string code, params string[] header)
    {
        var (mine, other) = (await platform.UntouchedTenantAsync(), await platform.UntouchedTenantAsync(1));
        var values = header.Select(v => v.Replace("{mine}", $"{mine.Id}").Replace("{other}", $"{other.Id}")).ToArray();

        foreach (var operation in platform.Operations("/api/v1/"))
        {
            var answer = await AnswerAsync(operation, mine.Token, values);

            Assert.Equal((HttpStatusCode.BadRequest, code), answer.Outcome);
        }
    }

    [Fact]
    public async Task Every_operation_treats_ids_of_another_tenant_as_unknown_and_never_returns_its_rows()
    {
        var (mine, other) = (await platform.NewTenantAsync(), await platform.NewTenantAsync());
        await other.ExecuteAsync($"""
            update services set name = '{Secret}', description = '{Secret}'; update resources set name = '{Secret}';
            update categories set name = '{Secret}';
            """);
        foreach (var (tenant, id, text) in ((TestTenant, int, string)[])[(mine, 1, "mine"), (other, 2, Secret)])
        {
            await tenant.ExecuteAsync($"""
                insert into blackouts (id, during, reason) values ({id}, '[2026-12-24,2026-12-25)', '{text}');
                insert into custom_fields (id, applies_to, key, label, type) values ({id}, 'client', 'k', '{text}', 'text');
                """);
        }

        await mine.BookedAsync(mine.AtNoon());
        await other.ExecuteAsync("""
            alter sequence series_id_seq restart with 987654; alter sequence waitlist_entries_id_seq restart with 987654;
            """);
        foreach (var tenant in (TestTenant[])[mine, other])
        {
            var hold = new CreateHoldRequest(tenant.ServiceId, PlatformFixture.Monday9am.AddHours(5));
            using var held = await tenant.Client.PostAsJsonAsync("/api/v1/holds", hold, PlatformJson.Options);
            Assert.Equal(HttpStatusCode.Created, held.StatusCode);
            var weekly = new CreateSeriesRequest(tenant.ServiceId, PlatformFixture.Monday9am.AddHours(6), "FREQ=WEEKLY;COUNT=2");
            using var repeated = await tenant.Client.PostAsJsonAsync("/api/v1/series", weekly, PlatformJson.Options);
            Assert.Equal(HttpStatusCode.Created, repeated.StatusCode);
            var wait = new JoinWaitlistRequest(
                tenant.ServiceId, PlatformFixture.Monday9am.AddDays(1), PlatformFixture.Monday9am.AddDays(2), Client: new("Wanda"));
            using var joined = await tenant.Client.PostAsJsonAsync("/api/v1/waitlist", wait, PlatformJson.Options);
            Assert.Equal(HttpStatusCode.Created, joined.StatusCode);
        }

        await other.BookedAsync(other.AtNoon($"{Secret}@example.com"));
        await other.BookedAsync(other.AtNoon() with { Start = PlatformFixture.Monday9am });
        await other.ExecuteAsync("""
            update clients set name = 'secretofanother';
            insert into bookings (id, uid, service_id, start_at, end_at, time_zone, status, before_buffer_minutes,
                after_buffer_minutes, note, version, created_at, updated_at)
            select 987654, 'u', service_id, start_at + interval '9 days', end_at + interval '9 days', time_zone, status,
                0, 0, 'secretofanother', 1, created_at, updated_at
            from bookings limit 1;
            insert into clients (id, name, locale) values (987654, 'secretofanother', 'en');
            """);
        var before = await RowsAsync(mine);
        var (tried, shown) = (0, 0);

        foreach (var operation in platform.Operations("/api/v1/").Where(IsAnsweredHere))
        {
            foreach (var place in IdPlaces(operation))
            {
                using var response = await SendAsync(operation, mine, other, place);
                var body = await response.Content.ReadAsStringAsync();

                Assert.True(response.StatusCode == HttpStatusCode.NotFound, $"{Name(operation)} with a foreign {place}: {body}");
                Assert.DoesNotContain(Secret, body);
                tried++;
            }

            if (operation.HttpMethod != "GET") continue;

            using var own = await SendAsync(operation, mine, other, foreign: null);
            Assert.DoesNotContain(Secret, await own.Content.ReadAsStringAsync());
            Assert.True(own.IsSuccessStatusCode, $"{Name(operation)} with its own ids: {await own.Content.ReadAsStringAsync()}");
            shown++;
        }

        Assert.True(tried >= 10 && shown >= 7, $"Only {tried} ids and {shown} answers were tried.");
        Assert.Equal(before, await RowsAsync(mine));
    }

    private async Task<((HttpStatusCode Status, string? Code) Outcome, string Body)> AnswerAsync(
        ApiDescription operation, string token, params string[] header)
    {
        using var client = platform.Client(token);
        using var request = new HttpRequestMessage(
            new(operation.HttpMethod!), $"/{Placeholder().Replace(operation.RelativePath!, "1")}");
        request.Headers.TryAddWithoutValidation(Headers.TenantId, header);
        using var response = await client.SendAsync(request);

        var (status, code) = await response.ProblemAsync();
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        body.Remove("traceId");
        return (((HttpStatusCode)status, code), body.ToJsonString());
    }

    /// <summary>
    /// Identity stores the provider of a tenant and does not run here; <c>IdentityProviderTests</c> covers it. A
    /// stream has no end; <c>ChangeStreamTests</c> reads the beginning of one.
    /// </summary>
    private static bool IsAnsweredHere(ApiDescription operation) =>
        !operation.RelativePath!.Contains("/identity-provider", StringComparison.Ordinal)
        && !operation.RelativePath.EndsWith("/events/stream", StringComparison.Ordinal);

    /// <summary>The operation with valid values and my own ids, but for one id that is the other tenant's.</summary>
    private static async Task<HttpResponseMessage> SendAsync(
        ApiDescription operation, TestTenant mine, TestTenant other, string? foreign)
    {
        var path = operation.RelativePath!;
        List<string> query = [];
        HttpContent? content = null;

        foreach (var parameter in operation.ParameterDescriptions)
        {
            var owner = parameter.Name == foreign ? other : mine;
            if (parameter.Source == BindingSource.Path)
            {
                var value = IsId(parameter.Name)
                    ? $"{await owner.HighestIdAsync(Table(path, parameter.Name))}"
                    : await ValueAsync(parameter.Name, owner);
                path = Regex.Replace(path, $@"\{{{parameter.Name}[^}}]*\}}", value);
            }
            else if (parameter.Source == BindingSource.Query && (parameter.IsRequired || parameter.Name == foreign))
            {
                query.Add($"{parameter.Name}={await ValueAsync(parameter.Name, owner)}");
            }
            else if (parameter.Source == BindingSource.Body)
            {
                content = parameter.Type == typeof(string)
                    ? new StringContent("start\n2026-03-02T12:00:00Z", Encoding.UTF8, "text/csv") // an import
                    : JsonContent.Create(await SampleAsync(parameter.Type, mine, other, foreign));
            }
        }

        return await mine.Client.SendAsync(
            new(new(operation.HttpMethod!), $"/{path}?{string.Join('&', query)}") { Content = content });
    }

    /// <summary>
    /// Trails may be searched for deleted entities, so unknown ids return an empty list; <c>AuditTests</c> covers
    /// that.
    /// </summary>
    private static IEnumerable<string> IdPlaces(ApiDescription operation) => operation.RelativePath!.Contains("/audit", StringComparison.Ordinal)
        ? []
        : operation.ParameterDescriptions.SelectMany(parameter =>
            parameter.Source == BindingSource.Body && parameter.Type != typeof(string)
                ? parameter.Type.GetConstructors()[0].GetParameters().Select(p => p.Name!)
                    .Union(parameter.Type.GetProperties().Select(p => p.Name)).Where(IsId)
            : IsId(parameter.Name) ? [parameter.Name]
            : []);

    /// <summary>id, resourceId, ResourceIds; not slotGrid, nor externalId, which is another system's name.</summary>
    private static bool IsId(string name) => name is "id" or "ids" || (name is not "externalId"
        && (name.EndsWith("Id", StringComparison.Ordinal) || name.EndsWith("Ids", StringComparison.Ordinal)));

    /// <summary>A request's record with what it needs, and the one foreign id.</summary>
    private static async Task<JsonObject> SampleAsync(Type type, TestTenant mine, TestTenant other, string? foreign)
    {
        var sample = new JsonObject();
        foreach (var parameter in type.GetConstructors()[0].GetParameters())
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!);
            var isForeign = parameter.Name == foreign;
            if (parameter.HasDefaultValue && !isForeign) continue;

            JsonNode? value = IsId(name) ? JsonValue.Create(await (isForeign ? other : mine).HighestIdAsync(Plural(name)))
                : parameter.ParameterType == typeof(DateTimeOffset) || parameter.ParameterType == typeof(Moment)
                    ? name is "end" or "to" ? "2026-03-02T13:00:00Z" : "2026-03-02T12:00:00Z"
                : parameter.ParameterType == typeof(string) ? name == "rrule" ? "FREQ=DAILY;COUNT=1" : "x"
                : parameter.ParameterType == typeof(IReadOnlyList<int>) ? new JsonArray(60)
                : name == "scopes" ? new JsonArray(Scopes.Licensing)
                : parameter.ParameterType.IsAssignableTo(typeof(IEnumerable)) ? new JsonArray()
                : throw new NotSupportedException($"Teach this test a value for {type.Name}.{name}.");
            sample[name] = name.EndsWith("Ids", StringComparison.Ordinal) ? new JsonArray(value) : value;
        }

        if (foreign is not null && !sample.ContainsKey(JsonNamingPolicy.CamelCase.ConvertName(foreign))
            && type.GetProperty(foreign) is not null)
        {
            sample[JsonNamingPolicy.CamelCase.ConvertName(foreign)] = await other.HighestIdAsync(
                Plural(JsonNamingPolicy.CamelCase.ConvertName(foreign)));
        }

        return sample;
    }

    private static async Task<string> ValueAsync(string name, TestTenant owner) => name switch
    {
        _ when IsId(name) => $"{await owner.HighestIdAsync(Plural(name))}",
        "from" => "2026-03-02T00:00:00Z",
        "to" => "2026-03-03T00:00:00Z",
        "date" => "2026-03-02",
        "country" => "BR",
        "application" => "tq",
        "year" => "2026",
        "kind" => "booking.confirmed",
        "locale" => "en",
        _ => throw new NotSupportedException($"Teach this test a value for {name}."),
    };

    /// <summary>serviceId → services, <c>bookings/{id}</c> → bookings.</summary>
    private static string Table(string path, string name) =>
        name != "id" ? Plural(name)
        : path.Split('/').TakeWhile(part => !part.StartsWith('{')).Last() switch
        {
            "holds" => "bookings where hold_token is not null",
            "waitlist" => "waitlist_entries",
            var table => table.Replace('-', '_'),
        };

    private static string Plural(string name)
    {
        if (name is "otherId") return "clients"; // of a merge
        var one = Regex.Replace(name, "Ids?$", "");
        if (one == "parent") return "resources";
        return one.EndsWith('y') && one != "key" ? $"{one[..^1]}ies" : $"{one}s";
    }

    private static async Task<string> RowsAsync(TestTenant tenant)
    {
        string[] tables =
        [
            "bookings", "allocations", "booking_events", "clients", "idempotency_keys", "categories", "resources",
            "schedules", "schedule_rules", "schedule_overrides", "blackouts", "services", "service_requirements",
            "service_resources", "custom_fields", "organisation_settings", "waitlist_entries",
        ];
        var counts = new List<string>();
        foreach (var table in tables)
        {
            counts.Add($"{table} {await tenant.ValueAsync($"select string_agg(t::text, '|' order by t::text) from {table} t")}");
        }

        return string.Join('\n', counts);
    }

    private static string Name(ApiDescription operation) => $"{operation.HttpMethod} /{operation.RelativePath}";

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Placeholder();
}
