using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Platform.Contracts;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>Sample requests for every operation of the running API, with existing ids.</summary>
internal static partial class OperationSamples
{
    private static readonly string[] Areas = ["/api/v1/", "/internal/api/v1/", "/public/api/v1/"];

    /// <summary>Identity stores these and does not run here; its own tests cover what it accepts.</summary>
    private static readonly string[] OfIdentity = ["/identity-provider", "/security", "/sign-ups", "/audit/logins", "/lock"];

    public static IReadOnlyList<ApiDescription> OperationsAnsweredHere(this PlatformFixture platform) =>
    [
        .. Areas.SelectMany(platform.Operations)
            .Where(o => !OfIdentity.Any(part => o.RelativePath!.Contains(part, StringComparison.Ordinal))),
    ];

    /// <summary>The key of the operation in the OpenAPI document.</summary>
    public static string DescribedPath(this ApiDescription operation) =>
        $"/{Constraint().Replace(operation.RelativePath!, "}").TrimEnd('/')}";

    /// <param name="victim">The tenant that staff change: their requests may close it.</param>
    /// <param name="application">The application whose prices staff change.</param>
    public static string PathFor(
        this ApiDescription operation, TestTenant tenant, TestTenant victim, long application = 1) => Placeholder().Replace(
        Constraint().Replace(operation.RelativePath!, "}").Replace("applications/{id}", $"applications/{application}")
            .Replace("tenants/{id}", $"tenants/{victim.Id}").Replace("users/{id}", $"users/{victim.UserId}")
            .Replace("services/{id}", $"services/{tenant.ServiceId}").Replace("resources/{id}", $"resources/{tenant.DoctorId}")
            .Replace("categories/{id}", $"categories/{tenant.CategoryId}").Replace("roles/{id}", $"roles/{tenant.RoleId}")
            .Replace("service-accounts/{id}", $"service-accounts/{tenant.ServiceAccountId}")
            .Replace("webhooks/{id}", $"webhooks/{tenant.WebhookId}").Replace("deliveries/{id}", $"deliveries/{tenant.WebhookId}")
            .Replace("persons/{userId}", $"persons/{tenant.UserId}")
            .Replace("{slug}", tenant.Slug).Replace("{application}", "tq").Replace("{date}", "2026-03-02")
            .Replace("{month}", "2026-01").Replace("{country}", "BR").Replace("{year}", "2026").Replace("{token}", "x")
            .Replace("{kind}", "booking.confirmed").Replace("{locale}", "en"),
        "1");

    /// <summary>The required query parameters of the operation.</summary>
    public static string NeededQuery(this ApiDescription operation, TestTenant tenant, string? except = null) => string.Join('&',
        operation.ParameterDescriptions
            .Where(p => p.Source == BindingSource.Query && p.IsRequired && p.Name != except)
            .Select(p => p.Name switch
            {
                "serviceId" => $"serviceId={tenant.ServiceId}",
                "tenantId" => $"tenantId={tenant.Id}",
                "from" => "from=2026-03-02",
                "to" => "to=2026-03-03",
                "slug" => "slug=x",
                _ => throw new NotSupportedException($"Teach this test a value for {p.Name} of {operation.RelativePath}."),
            }));

    [GeneratedRegex(@":\w+\}")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Placeholder();
}

/// <summary>The client that may call each operation.</summary>
internal sealed class Callers(PlatformFixture platform, TestTenant tenant) : IDisposable
{
    private readonly HttpClient _staff = platform.ClientWith(1, staff: true, Scopes.Platform);
    private readonly HttpClient _anybody = platform.Client();

    public HttpClient Of(ApiDescription operation) => operation.RelativePath!.Split('/')[0] switch
    {
        "internal" => _staff,
        "public" => _anybody,
        _ => tenant.Client,
    };

    public void Dispose()
    {
        _staff.Dispose();
        _anybody.Dispose();
    }
}
