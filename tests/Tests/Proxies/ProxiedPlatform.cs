using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Platform.Admin.Web;
using Platform.Api;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Hub.Web;
using Platform.Identity;
using Platform.Tests.Identity.App;
using Platform.Tests.Identity.Support;
using Platform.Tests.Support;

namespace Platform.Tests.Proxies;

[CollectionDefinition]
public sealed class BehindProxy : ICollectionFixture<ProxiedPlatform>;

/// <summary>
/// The four processes that browsers reach, as they run outside Development and behind a TLS proxy, with the demo's
/// data.
/// </summary>
public sealed class ProxiedPlatform(IdentityFixture identity) : IAsyncLifetime
{
    private const string HubSecret = "hub-secret-1", SelfSecret = "self-secret-1";

    /// <summary>Sign-ins that one address may try in a minute.</summary>
    public const int SignIns = 20;

    private readonly List<IAsyncDisposable> _started = [];
    private readonly CertificateFile _certificate = new();
    private TlsProxy? _proxy;

    internal TlsProxy Proxy => _proxy ?? throw new InvalidOperationException("The platform has not started.");

    /// <summary>Where the processes listen, for requests that bypass the proxy.</summary>
    internal Dictionary<string, string> Direct { get; } = [];

    /// <summary>The configuration of each process.</summary>
    internal Dictionary<string, (string Key, string? Value)[]> Settings { get; } = [];

    internal string IdentityDatabase { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var databases = await PlatformDatabases.NewAsync();
        IdentityDatabase = await identity.NewDatabaseAsync();
        _proxy = await TlsProxy.StartAsync();
        _started.Add(_proxy);

        await StartAsync<IApiAssembly>("api",
            [.. databases.OfApi,
            ("services:identity:https:0", Proxy.UrlOf("id")), ("Oidc:ClientSecret", "api-secret-1"),
            ("ManageLinks:Key", "a key that only the tests have, long enough"),
            ("Audit:CheckpointKey", "another key that only the tests have, long enough")]);
        await StartAsync<IIdentityAssembly>("id",
            ("ConnectionStrings:identitydb", IdentityDatabase.As(Logins.Identity)), ("services:api:http:0", Direct["api"]),
            ("Clients:Hub:Url", Proxy.UrlOf("hub")), ("Clients:Hub:Secret", HubSecret),
            ("Clients:Admin:Url", Proxy.UrlOf("admin")), ("Clients:Admin:Secret", "admin-secret-1"),
            ("Clients:Api:Secret", "api-secret-1"), ("Clients:Self:Secret", SelfSecret),
            ("RateLimits:SignIns", $"{SignIns}"));
        await StartAsync<HubApi>("hub", ("services:api:http:0", Direct["api"]),
            ("Oidc:ClientId", "hub"), ("Oidc:ClientSecret", HubSecret));
        await StartAsync<AdminApi>("admin", ("services:api:http:0", Direct["api"]),
            ("Oidc:ClientId", "admin"), ("Oidc:ClientSecret", "admin-secret-1"));
        await WarmAsync();
    }

    /// <summary>Signs a person in through the proxy, as the Hub would.</summary>
    /// <param name="from">The address of their browser.</param>
    /// <returns>An access token of their tenant.</returns>
    internal async Task<string> SignInAsync(DemoUser user, string from)
    {
        var callback = $"{Proxy.UrlOf("hub")}/signin-oidc";
        using var browser = new PageReader(Proxy.UrlOf("id"), handler: Proxy.NewHandler(from));
        var form = await browser.OpenAsync(PageReader.Request("hub", callback));
        var landing = await browser.SignInAsync(form, user.Email, DemoTenants.Password);

        return await TokenAsync(
            ("client_id", "hub"), ("client_secret", HubSecret), ("grant_type", "authorization_code"),
            ("code", landing["code"] ?? throw new InvalidOperationException(landing.Html)),
            ("redirect_uri", callback), ("code_verifier", PageReader.Verifier));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_started)) await part.DisposeAsync();
        _certificate.Dispose();
    }

    /// <summary>
    /// Waits for the Api's first answer about a person: on a busy machine it takes longer than a sign-in waits.
    /// </summary>
    private async Task WarmAsync()
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", await TokenAsync(
            ("client_id", "identity"), ("client_secret", SelfSecret), ("grant_type", "client_credentials"),
            ("scope", Scopes.PersonContext)));
        using var context = await http.GetAsync(
            $"{Direct["api"]}/internal/api/v1/people/{DemoTenants.Staff.Id}/context");
        Assert.True(context.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{context.StatusCode}");
    }

    private async Task<string> TokenAsync(params IEnumerable<(string Name, string Value)> form)
    {
        using var client = Proxy.NewClient("id", "127.0.0.1");
        using var content = new FormUrlEncodedContent(
            form.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var answer = await client.PostAsync("connect/token", content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }

    private async Task StartAsync<TEntry>(string name, params (string, string?)[] settings) where TEntry : class
    {
        Settings[name] =
        [
            // Not the database of other tests, whose apps of the same names could not read these encrypted keys.
            ("ConnectionStrings:redis", $"{await Servers.RedisAsync()},defaultDatabase=15"),
            ("Identity:Issuer", Proxy.UrlOf("id")),
            ("Proxies:KnownProxies:0", $"{TlsProxy.Address}"), ("KeyRing:Certificate", _certificate.Path),
            ("KeyRing:Password", CertificateFile.Password), .. settings,
        ];
        var process = new ProductionProcess<TEntry>(Proxy, Settings[name]);
        _started.Add(process);
        Direct[name] = await process.StartAsync();
        Proxy.Forward(name, Direct[name]);
    }
}
