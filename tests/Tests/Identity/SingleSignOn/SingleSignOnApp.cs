using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Identity.SingleSignOn;
using Platform.Tests.Identity.Support;
using Platform.Tests.SignIn;

namespace Platform.Tests.Identity.SingleSignOn;

/// <summary>Identity whose tenants' providers may be on this machine, and whose DNS is a dictionary.</summary>
public sealed class SingleSignOnApp(IdentityFixture fixture) : IAsyncLifetime
{
    private static long _lastTenant = 70_000;
    private readonly FakeDns _dns = new();

    public IdentityApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await fixture.StartAsync(
        new Dictionary<string, string> { ["SingleSignOn:PrivateNetworks:0"] = "127.0.0.0/8" },
        configure: services => services.AddSingleton<DomainVerifier>(_dns));

    public async ValueTask DisposeAsync() => await App.DisposeAsync();

    public static long NewTenant() => Interlocked.Increment(ref _lastTenant);

    /// <summary>Each tenant has an e-mail domain of its own.</summary>
    public static string DomainOf(long tenant) => $"t{tenant}.example";

    public static IdentityProviderRequest RequestOf(long tenant, string issuer) => new(
        "Aurora ID", issuer, "platform", [DomainOf(tenant)], "operations", ["user"], "a secret of the customer");

    public async Task<IdentityProviderResponse> SetUpAsync(long tenant, IdentityProviderRequest request, bool verify = true)
    {
        using var set = await SendAsync(HttpMethod.Put, tenant, "", request);
        Assert.True(set.IsSuccessStatusCode, await set.Content.ReadAsStringAsync());
        var provider = (await set.Content.ReadFromJsonAsync<IdentityProviderResponse>())!;
        return verify ? await VerifyAsync(tenant, provider) : provider;
    }

    /// <summary>Publishes the records, and has them looked up.</summary>
    public async Task<IdentityProviderResponse> VerifyAsync(long tenant, IdentityProviderResponse provider)
    {
        foreach (var domain in provider.Domains) _dns.Records[(domain.RecordName, domain.RecordValue)] = true;

        using var response = await SendAsync(HttpMethod.Post, tenant, "/verify", null);
        return (await response.Content.ReadFromJsonAsync<IdentityProviderResponse>())!;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, long tenant, string path, IdentityProviderRequest? body)
    {
        var token = await App.Client("api").TokenAsync(("grant_type", "client_credentials"), ("scope", "accounts"));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, $"{App.Issuer}/api/tenants/{tenant}/identity-provider{path}");
        if (body is not null) request.Content = JsonContent.Create(body);
        request.Headers.Authorization = new("Bearer", token.AccessToken);
        return await http.SendAsync(request);
    }

    public async Task<string> StoredSecretAsync(long tenant)
    {
        await using var scope = App.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();
        return (await db.Set<IdentityProvider>().FindAsync(tenant))!.ProtectedSecret;
    }

    private sealed class FakeDns : DomainVerifier
    {
        public ConcurrentDictionary<(string Name, string Value), bool> Records { get; } = [];

        public override Task<bool> IsProvenAsync(string domain, string token, CancellationToken ct) =>
            Task.FromResult(Records.ContainsKey((RecordName(domain), token)));
    }
}

/// <summary>A person at the sign-in page whose browser also follows redirects to other sites.</summary>
internal sealed partial class Visitor(IdentityApp app) : IDisposable
{
    private readonly RelyingParty _hub = app.Client();

    public Browser Browser { get; } = new();

    public void Dispose() => Browser.Dispose();

    public Task<HttpResponseMessage> OpenAsync(params (string Name, string? Value)[] changes) => Browser.FollowAsync(
        QueryHelpers.AddQueryString($"{app.Issuer}/connect/authorize", _hub.Request(changes)), stopAt: app.Hub.Url);

    /// <summary>Fills in the sign-in form with an address and optional other fields.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(
        string email, string? password = null, string action = "signin", string? stopAt = null,
        params (string Name, string? Value)[] changes)
    {
        using var page = await OpenAsync(changes);
        var html = await page.Content.ReadAsStringAsync();
        var answer = await Browser.PostAsync(page.RequestMessage!.RequestUri!.AbsoluteUri, new Dictionary<string, string>
        {
            ["Input.Email"] = email,
            ["Input.Password"] = password ?? "",
            ["action"] = action,
            ["__RequestVerificationToken"] = Token.Match(html).Groups[1].Value,
        });
        return Browser.Location(answer) is not { } next || next.StartsWith(stopAt ?? app.Hub.Url, StringComparison.Ordinal)
            ? answer
            : await Browser.FollowAsync(next, stopAt ?? app.Hub.Url);
    }

    /// <summary>Signs in at the provider of the address, and gets tokens for the Hub.</summary>
    public async Task<Answer> TokensAsync(string email)
    {
        using var end = await SubmitAsync(email, action: "sso");
        return await RedeemAsync(end);
    }

    public async Task<Answer> RedeemAsync(HttpResponseMessage end)
    {
        var answer = await _hub.RedeemAsync(CodeIn(end) ?? throw new InvalidOperationException(
            $"No code: {(int)end.StatusCode} {end.RequestMessage!.RequestUri} {await end.Content.ReadAsStringAsync()}"));
        answer.IsGranted();
        return answer;
    }

    /// <summary>The code with which the browser leaves for the Hub; null if it stays.</summary>
    public static string? CodeIn(HttpResponseMessage end) => Browser.Location(end) is { } location
        && QueryHelpers.ParseQuery(new Uri(location).Query).TryGetValue("code", out var code) ? code.ToString() : null;

    /// <summary>The problem that a page reports.</summary>
    public static async Task<string> ProblemAsync(HttpResponseMessage page) =>
        WebUtility.HtmlDecode(Tags.Replace(await page.Content.ReadAsStringAsync(), " "));

    [GeneratedRegex("""name="__RequestVerificationToken"[^>]*value="([^"]+)""")]
    private static partial Regex Token { get; }

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags { get; }
}
