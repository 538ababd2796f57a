using System.Net.Http.Headers;
using System.Reflection;
using Platform.Api.Http;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>All CSV responses are written by one writer and take the same parameter.</summary>
public sealed class CsvRoutesTests(PlatformFixture platform)
{
    [Fact]
    public async Task Every_route_that_answers_CSV_lets_the_caller_choose_the_separator()
    {
        var routes = platform.Endpoints()
            .Where(e => e.Metadata.GetMetadata<MethodInfo>() is { } method && AnswersCsv(method.ReturnType)).ToList();
        var tenant = await platform.NewTenantAsync();
        using var staff = platform.Staff();

        Assert.True(routes.Count >= 11, $"{routes.Count} routes answer CSV.");
        foreach (var route in routes.Where(route => !route.Path.Contains("/logins", StringComparison.Ordinal))) // of Identity
        {
            var path = route.Path.Replace("{userId:long}", $"{tenant.UserId}", StringComparison.Ordinal);
            using var request = new HttpRequestMessage(
                HttpMethod.Get, $"{path}?separator=;{(IsOfDays(route.Path) ? "&from=2026-03-01&to=2026-03-02" : "")}");
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
            using var response = await (route.Path.StartsWith("/internal", StringComparison.Ordinal) ? staff : tenant.Client).SendAsync(request);
            var bytes = await response.Content.ReadAsByteArrayAsync();

            Assert.True(response.IsSuccessStatusCode, $"{route.Path} is {response.StatusCode}");
            Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
            Assert.Contains((byte)';', bytes);
        }
    }

    private static bool IsOfDays(string path) =>
        path.Contains("/reports/", StringComparison.Ordinal) && !path.EndsWith("/seats", StringComparison.Ordinal);

    private static bool AnswersCsv(Type type) =>
        (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(CsvFile<>))
        || (type.IsGenericType && type.GetGenericArguments().Any(AnswersCsv));
}
