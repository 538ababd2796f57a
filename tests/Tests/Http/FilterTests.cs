using System.Text.Json;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Identity.Accounts;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>
/// A filter with a fixed set or format of values refuses all others; otherwise it would silently find nothing.
/// </summary>
public sealed class FilterTests(PlatformFixture platform)
{
    /// <summary>Free text, and names that the handler looks up.</summary>
    private static readonly string[] Free =
    [
        "q", "uid", "externalId", "clientEmail", "host", "slug", "timeZone", "occurrence", "month", "action", "from", "to",
        "holdToken",
    ];

    [Fact]
    public async Task Every_filter_refuses_unknown_values()
    {
        var tenant = await platform.UntouchedTenantAsync();
        using var callers = new Callers(platform, tenant);
        List<string> tried = [], wrong = [];

        foreach (var operation in ((string[])["/api/v1/", "/internal/api/v1/", "/public/api/v1/"]).SelectMany(platform.Operations))
        {
            foreach (var parameter in operation.ParameterDescriptions.Where(IsFilter).Select(p => p.Name))
            {
                var needed = operation.NeededQuery(tenant, except: parameter);
                var path = $"/{operation.PathFor(tenant, tenant)}?{needed}&{parameter}=no%20such".Replace("?&", "?", StringComparison.Ordinal);
                using var request = new HttpRequestMessage(new(operation.HttpMethod!), path);
                using var answer = await callers.Of(operation).SendAsync(request);
                tried.Add(parameter);
                if (await FaultAsync(answer, parameter) is { } fault) wrong.Add($"{operation.HttpMethod} {path}: {fault}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        string[] some = ["actor", "application", "groupBy", "kind", "outcome", "reason", "scope", "status", "targetType"];
        Assert.Empty(some.Except(tried));
    }

    [Theory]
    [InlineData("audit/changes?actor=user:01")]
    [InlineData("audit/changes?actor=somebody")]
    [InlineData("audit/changes?targetType=grants")]
    [InlineData("audit/logins?kind=sign-in")]
    public async Task A_filter_value_that_only_resembles_a_known_one_returns_400(string question)
    {
        using var staff = platform.Staff();
        using var answer = await staff.GetAsync($"/internal/api/v1/{question}");

        Assert.Equal((400, Codes.ValidationFailed), await answer.ProblemAsync());
    }

    [Fact]
    public void Login_kinds_are_those_that_Identity_writes() => Assert.Equal(
        typeof(AuditKinds).GetFields().Select(field => (string)field.GetRawConstantValue()!).Order(), LoginKinds.All.Order());

    private static bool IsFilter(ApiParameterDescription parameter) =>
        parameter.Source == BindingSource.Query && parameter.Type == typeof(string) && !Free.Contains(parameter.Name);

    /// <returns>Null if the parameter is refused with what it may be.</returns>
    private static async Task<string?> FaultAsync(HttpResponseMessage answer, string parameter)
    {
        var text = await answer.Content.ReadAsStringAsync();
        if ((int)answer.StatusCode != 400) return $"{(int)answer.StatusCode} {text}";

        var errors = JsonDocument.Parse(text).RootElement.GetProperty("errors").EnumerateArray();
        return errors.Any(e => e.GetProperty("field").GetString() == parameter
            && (e.GetProperty("message").GetString()!.Contains("^(", StringComparison.Ordinal)
                || e.GetProperty("message").GetString()!.Contains("^[", StringComparison.Ordinal)
                || e.GetProperty("message").GetString()!.Contains("one of", StringComparison.Ordinal)))
            ? null
            : text;
    }
}
