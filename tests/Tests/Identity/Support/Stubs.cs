using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Contracts.Tenants;

namespace Platform.Tests.Identity.Support;

/// <summary>
/// Stands in for the Api: every person is a member of both demo tenants unless a test sets other tenants.
/// </summary>
public sealed class ApiStub : IAsyncDisposable
{
    private readonly ConcurrentDictionary<long, IReadOnlyList<PersonTenant>> _tenants = new();
    private WebApplication? _app;

    public static readonly PersonTenant Clinic = Tenant(
        DemoTenants.Clinic, "admin", ["tenant_admin"], ["billing", "tq"]);
    public static readonly PersonTenant Coworking = Tenant(
        DemoTenants.Coworking, "operations", ["reception", "user"], ["tq"]);

    public string Url => _app!.Urls.Single();

    public bool IsDown { get; set; }

    public ConcurrentBag<string> Authorizations { get; } = [];

    /// <summary>The real Api, for tests of sign-ups and invitations.</summary>
    public HttpClient? Real { get; set; }

    /// <summary>How the pages of a tenant look, by slug.</summary>
    public ConcurrentDictionary<string, TenantLookup> Brands { get; } = new();

    /// <summary>The latest profile that Identity reported of each person.</summary>
    public ConcurrentDictionary<long, ProfileRequest> Profiles { get; } = new();

    public static async Task<ApiStub> StartAsync()
    {
        var stub = new ApiStub();
        stub._app = await StubHost.StartAsync(app =>
        {
            app.MapGet("/internal/api/v1/people/{id:long}/context", stub.Answer);
            app.MapPost("/internal/api/v1/people/{id:long}/memberships", stub.Join);
            app.MapPost("/internal/api/v1/sign-ups/{id:guid}/confirm", stub.ForwardAsync);
            app.MapPost("/internal/api/v1/invitations/{id:long}/accept", stub.ForwardAsync);
            app.MapGet("/internal/api/v1/brands/{tenant}", (string tenant) => stub.Brands.TryGetValue(tenant, out var brand)
                ? Results.Json(new Envelope<TenantLookup>(new(Codes.Ok, "Done."), brand))
                : Results.NotFound());
            app.MapPut("/internal/api/v1/people/{id:long}/profile", (long id, ProfileRequest profile) =>
            {
                if (stub.IsDown) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);

                stub.Profiles[id] = profile;
                return Results.NoContent();
            });
        });
        return stub;
    }

    /// <summary>The people who became members of a tenant by signing in at its provider, in order.</summary>
    public ConcurrentQueue<(long Person, JoinTenantRequest Request)> Joined { get; } = new();

    public void SetTenants(long person, params PersonTenant[] tenants) => _tenants[person] = tenants;

    public async ValueTask DisposeAsync() => await _app!.DisposeAsync();

    private async Task<IResult> ForwardAsync(HttpRequest request)
    {
        if (IsDown) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);

        using var content = new StreamContent(request.Body);
        content.Headers.ContentType = new("application/json");
        using var answer = await Real!.PostAsync($"{request.Path}", content);
        return Results.Text(
            await answer.Content.ReadAsStringAsync(), $"{answer.Content.Headers.ContentType}", null, (int)answer.StatusCode);
    }

    private IResult Join(long id, JoinTenantRequest request)
    {
        if (IsDown) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);

        Joined.Enqueue((id, request));
        SetTenants(id, new PersonTenant(
            request.TenantId, $"t-{request.TenantId}", $"Tenant {request.TenantId}", "Etc/UTC", request.UserType, request.Roles ?? [], []));
        return Results.NoContent();
    }

    private IResult Answer(long id, HttpRequest request)
    {
        if (IsDown) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);

        Authorizations.Add(request.Headers.Authorization.ToString());
        var person = new PersonContext(id, _tenants.GetValueOrDefault(id, [Clinic, Coworking]));
        return Results.Json(new Envelope<PersonContext>(new(Codes.Ok, "Done."), person));
    }

    private static PersonTenant Tenant(DemoTenant tenant, string type, string[] roles, string[] apps) =>
        new(tenant.Id, tenant.Slug, tenant.Name, tenant.TimeZone, type, roles, apps);
}

/// <summary>The back-channel logout endpoint of the Hub, which records logout tokens.</summary>
public sealed class HubStub : IAsyncDisposable
{
    private WebApplication? _app;

    public string Url => _app!.Urls.Single();

    public ConcurrentQueue<string> LogoutTokens { get; } = new();

    public bool IsDown { get; set; }

    public static async Task<HubStub> StartAsync()
    {
        var stub = new HubStub();
        stub._app = await StubHost.StartAsync(app => app.MapPost("/signout-backchannel", async (HttpRequest request) =>
        {
            if (stub.IsDown) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);

            var form = await request.ReadFormAsync();
            stub.LogoutTokens.Enqueue(form["logout_token"].ToString());
            return Results.Ok();
        }));
        return stub;
    }

    public async ValueTask DisposeAsync() => await _app!.DisposeAsync();
}

internal static class StubHost
{
    public static async Task<WebApplication> StartAsync(Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        map(app);
        await app.StartAsync();
        return app;
    }
}
