using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.IdentityModel.Tokens;
using Platform.Api.Access;
using Platform.Contracts;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

public sealed partial class AccessTests(PlatformFixture platform)
{
    /// <summary>Every route that answers people without a token. Adding to it is a decision.</summary>
    private static readonly string[] Open =
    [
        "/alive",
        "/health",
        "/openapi/{documentName}.json",
        "/public/api/v1/feeds/{token}.ics",
        "/public/api/v1/sign-ups",
        "/public/api/v1/tenants/lookup",
        "/public/api/v1/{slug}/bookings",
        "/public/api/v1/{slug}/fhir/r4/$bulk-publish",
        "/public/api/v1/{slug}/fhir/r4/bulk/Location.ndjson",
        "/public/api/v1/{slug}/fhir/r4/bulk/Schedule.ndjson",
        "/public/api/v1/{slug}/fhir/r4/bulk/Slot.ndjson",
        "/public/api/v1/{slug}/holds",
        "/public/api/v1/{slug}/holds/{token}",
        "/public/api/v1/{slug}/manage/{token}",
        "/public/api/v1/{slug}/manage/{token}/calendar.ics",
        "/public/api/v1/{slug}/manage/{token}/cancel",
        "/public/api/v1/{slug}/manage/{token}/reminders/resume", "/public/api/v1/{slug}/manage/{token}/reminders/stop",
        "/public/api/v1/{slug}/manage/{token}/reschedule",
        "/public/api/v1/{slug}/services",
        "/public/api/v1/{slug}/slots",
        "/public/api/v1/{slug}/slots/days",
        "/public/api/v1/{slug}/slots/next",
        "/public/api/v1/{slug}/waitlist",
        "/public/api/v1/{slug}/waitlist/{token}",
    ];

    /// <summary>FhirTests and ScimUserTests look at these.</summary>
    private static readonly string[] OtherShapes = ["/fhir/", "/scim/"];

    [Fact]
    public void Every_endpoint_requires_access_or_is_listed_as_public() =>
        Assert.Equal(Open, platform.Endpoints().Where(e => !e.DemandsAccess).Select(e => e.Path).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_tenant_route_requires_tenant_access()
    {
        var routes = platform.Endpoints().Where(e => e.Path.StartsWith("/api/v1/", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(routes);
        Assert.All(routes, route => Assert.NotNull(route.Metadata.GetMetadata<TenantScoped>()));
    }

    [Fact]
    public async Task Every_protected_route_refuses_anonymous_callers_and_callers_without_its_scope()
    {
        var tenant = await platform.NewTenantAsync();
        using var anybody = platform.Client();
        using var unscoped = platform.Client(TestTokens.For(tenant.UserId, tenant.Id, staff: true));
        unscoped.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");
        var routes = platform.Endpoints()
            .Where(e => e.DemandsAccess && !OtherShapes.Any(area => e.Path.StartsWith(area, StringComparison.Ordinal)))
            .ToList();
        Assert.True(routes.Count > 15);

        foreach (var (path, method) in routes.SelectMany(r => r.Methods, (r, method) => (Numbered(r.Path), method)))
        {
            using var first = await anybody.SendAsync(new(new(method), path));
            using var second = await unscoped.SendAsync(new(new(method), path));
            using var third = await anybody.SendAsync(new(new(method), path) { Content = new StringContent("x") }); // text/plain

            Assert.Equal((401, Codes.Unauthenticated), await first.ProblemAsync());
            Assert.Equal((403, Codes.Forbidden), await second.ProblemAsync());
            Assert.Equal((401, Codes.Unauthenticated), await third.ProblemAsync());
        }
    }

    [Fact]
    public async Task Staff_routes_refuse_tenant_admins_and_every_other_scope()
    {
        using var admin = platform.ClientWith(11, staff: false, Scopes.Platform, Scopes.Scheduling);
        using var staff = platform.ClientWith(1, staff: true, Scopes.Scheduling, Scopes.Licensing);
        var routes = platform.Endpoints()
            .Where(e => e.Path.StartsWith("/internal/", StringComparison.Ordinal))
            .Where(e => e.Metadata.GetMetadata<TenantScoped>() is null) // products: for members of tenants
            .ToList();
        Assert.NotEmpty(routes);

        foreach (var (path, method) in routes.SelectMany(r => r.Methods, (r, method) => (Numbered(r.Path), method)))
        {
            using var first = await admin.SendAsync(new(new(method), path));
            using var second = await staff.SendAsync(new(new(method), path));

            Assert.Equal((403, Codes.Forbidden), await first.ProblemAsync());
            Assert.Equal((403, Codes.Forbidden), await second.ProblemAsync());
        }
    }

    [Theory]
    [InlineData("an id token")]
    [InlineData("another audience")]
    [InlineData("another issuer")]
    [InlineData("expired")]
    [InlineData("another key")]
    [InlineData("another algorithm")]
    [InlineData("no signature")]
    [InlineData("nonsense")]
    public async Task A_token_that_is_not_our_access_token_for_this_API_is_refused(string flaw)
    {
        var tenant = await platform.UntouchedTenantAsync();
        var claims = new Dictionary<string, object>
        {
            ["sub"] = $"{tenant.UserId}",
            ["scope"] = Scopes.Scheduling,
            [ClaimNames.TenantId] = $"{tenant.Id}",
        };
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var symmetric = new SymmetricSecurityKey(new byte[64]) { KeyId = "test" };
        var token = flaw switch
        {
            "an id token" => TestTokens.Sign(claims, type: "JWT"),
            "another audience" => TestTokens.Sign(claims, audience: Audiences.Identity),
            "another issuer" => TestTokens.Sign(claims, issuer: "https://elsewhere.test"),
            "expired" => TestTokens.Sign(claims, expires: TimeProvider.System.GetUtcNow().AddSeconds(-35)),
            "another key" => TestTokens.Sign(claims, credentials: new(
                new ECDsaSecurityKey(stranger) { KeyId = "test" }, SecurityAlgorithms.EcdsaSha256)),
            "another algorithm" => TestTokens.Sign(claims, credentials: new(symmetric, SecurityAlgorithms.HmacSha256)),
            "no signature" => TestTokens.Sign(claims)[..(TestTokens.Sign(claims).LastIndexOf('.') + 1)],
            _ => "nonsense",
        };
        using var client = platform.Client(token);
        client.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");

        using var response = await client.GetAsync("/api/v1/services");

        Assert.Equal((401, Codes.Unauthenticated), await response.ProblemAsync());
    }

    [Theory]
    [InlineData("scheduling licensing")]
    [InlineData("scheduling")]
    public async Task Scopes_may_come_in_one_claim(string scope)
    {
        var tenant = await platform.NewTenantAsync();
        using var client = platform.Client(TestTokens.Sign(new Dictionary<string, object>
        {
            ["sub"] = $"{tenant.UserId}",
            ["scope"] = scope,
            [ClaimNames.TenantId] = $"{tenant.Id}",
        }));
        client.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");

        using var response = await client.GetAsync("/api/v1/services");

        Assert.True(response.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("update users set active = false where id = {0}", Codes.UserInactive)]
    [InlineData("update memberships set active = false where user_id_fk = {0}", Codes.UserInactive)]
    [InlineData("update tenants set status = 'inactive' where id = {1}", Codes.TenantInactive)]
    public async Task A_token_is_refused_once_its_tenant_or_membership_has_ended(string change, string code)
    {
        var tenant = await platform.NewTenantAsync();
        await platform.ExecutePlatformAsync(string.Format(null, change, tenant.UserId, tenant.Id));

        using var response = await tenant.Client.GetAsync("/api/v1/services");

        Assert.Equal((403, code), await response.ProblemAsync());
    }

    /// <summary>The path with a value for each parameter that its route accepts.</summary>
    private static string Numbered(string path) => Placeholder().Replace(
        path, parameter => parameter.Value.EndsWith(":guid}", StringComparison.Ordinal) ? $"{Guid.Empty}" : "1");

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Placeholder();
}
