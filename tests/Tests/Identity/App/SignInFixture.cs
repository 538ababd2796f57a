using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Identity;
using Platform.Identity.Accounts;
using Platform.ServiceDefaults.Databases;
using Platform.Tests.Support;

[assembly: AssemblyFixture(typeof(Platform.Tests.Identity.App.SignInFixture))]

namespace Platform.Tests.Identity.App;

/// <summary>
/// Identity and the Api as processes of their own, on databases that <c>migrate </c> has just made: what a person
/// signs in to. The first test that uses it starts it.
/// </summary>
public sealed class SignInFixture : IAsyncDisposable
{
    /// <summary>Only a machine that is far too busy needs more than a few seconds.</summary>
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(3);

    private readonly List<Process> _running = [];
    private readonly Lazy<Task> _start;
    private readonly Lazy<Task<string>> _strict;

    public SignInFixture()
    {
        _start = new(StartAsync);
        _strict = new(StartStrictAsync);
    }

    public string Issuer { get; private set; } = "";
    public string ApiUrl { get; private set; } = "";
    public string IdentityDatabase { get; private set; } = "";
    public string PlatformDatabase { get; private set; } = "";

    /// <summary>Everything is up when this returns.</summary>
    public Task ReadyAsync() => _start.Value;

    /// <summary>Where a second Identity listens, that allows two sign-ins a minute.</summary>
    public Task<string> StrictAsync() => _strict.Value;

    /// <summary>Another Identity on the same database, with other settings.</summary>
    /// <returns>Its issuer.</returns>
    public async Task<string> StartIdentityAsync(params (string Key, string Value)[] settings)
    {
        var url = FreeUrl();
        await RunAsync(typeof(IIdentityAssembly), "Identity", url,
        [
            ("ConnectionStrings__identitydb", IdentityDatabase.As(Logins.Identity)), ("Identity__Issuer", url),
            ("Clients__Hub__Url", "http://localhost:5104"), ("Clients__Hub__Secret", "hub-secret-1"),
            ("Clients__Admin__Url", "http://localhost:5103"), ("Clients__Admin__Secret", "admin-secret-1"),
            ("Clients__Api__Secret", "api-secret-1"), ("Clients__Self__Secret", "self-secret-1"),
            ("ConnectionStrings__redis", await Servers.RedisAsync()), ("RateLimits__KeyPrefix", $"{Guid.CreateVersion7():n}"),
            ("RateLimits__SignIns", "10000"), ("services__api__http__0", ApiUrl), .. settings,
        ]);
        return url;
    }

    /// <summary>A person with a password and no tenant, who is unknown to the Api.</summary>
    public async Task<(long Id, string Email)> NewAccountAsync(Action<Account>? change = null)
    {
        var email = $"p{Guid.CreateVersion7():n}@example.com";
        var account = new Account
        {
            Name = "Paula Prova",
            Email = email,
            NormalizedEmail = email.ToUpperInvariant(),
            UserName = email,
            NormalizedUserName = email.ToUpperInvariant(),
            SecurityStamp = $"{Guid.CreateVersion7():n}",
            LockoutEnabled = true,
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        };
        account.PasswordHash = new PasswordHasher<Account>().HashPassword(account, DemoTenants.Password);
        change?.Invoke(account);

        await using var db = Open(IdentityDatabase);
        db.Add(account);
        await db.SaveChangesAsync();
        return (account.Id, email);
    }

    public Task<List<string>> AuditOfAsync(long account) => QueryAsync(
        IdentityDatabase, $"select concat_ws(' ', kind, client_id, detail) as \"Value\" from login_audit where account_id = {account} order by id");

    public static async Task<List<string>> QueryAsync(string database, string sql)
    {
        await using var db = Open(database);
        return await db.Database.SqlQueryRaw<string>(sql).ToListAsync();
    }

    public static async Task ExecuteAsync(string database, string sql)
    {
        await using var db = Open(database);
        await db.Database.ExecuteSqlRawAsync(sql);
    }

    public static IdentityDb Open(string database) =>
        new(new DbContextOptionsBuilder<IdentityDb>().UseNpgsql($"{database};Pooling=false").Options);

    /// <summary>Runs a program of ours with the argument <c>migrate</c>.</summary>
    public static async Task<(int ExitCode, string Output)> MigrateAsync(
        Type assembly, IEnumerable<(string, string)> settings, string environment = "Development")
    {
        using var process = Start(assembly, Repository.PathOf("."), ["migrate"], [("ASPNETCORE_ENVIRONMENT", environment), .. settings]);
        var output = new StringBuilder();
        Collect(process, output);
        await process.WaitForExitAsync();
        return (process.ExitCode, output.ToString());
    }

    /// <summary>
    /// The configuration of <c>Identity migrate</c>: it prepares the server, then works as the owner.
    /// </summary>
    public static async Task<IReadOnlyList<(string, string)>> OwnerOfIdentityAsync(string database) =>
    [
        ("ConnectionStrings__postgres", await Servers.PostgresAsync()),
        ("ConnectionStrings__identitydb_owner", database.As(Logins.IdentityOwner)), LoginOf(Logins.Identity),
    ];

    private static (string, string) LoginOf(DatabaseLogin login) => ($"DatabaseLogins__{login.Name}", login.Password);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _running)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private async Task StartAsync()
    {
        IdentityDatabase = await Servers.NewDatabaseAsync("identity");
        PlatformDatabase = await Servers.NewDatabaseAsync("platform");
        var tenants = await Servers.NewDatabaseAsync("tenants");
        var databases = new PlatformDatabases(PlatformDatabase, tenants);
        var api = databases.OfApi;

        var migrated = await Task.WhenAll(
            MigrateAsync(typeof(IIdentityAssembly), await OwnerOfIdentityAsync(IdentityDatabase)),
            MigrateAsync(typeof(Api.IApiAssembly),
                [.. databases.OfWorker, ("ConnectionStrings__platformdb_owner", PlatformDatabase.As(Logins.PlatformOwner)),
                    ("ConnectionStrings__postgres", await Servers.PostgresAsync()), LoginOf(Logins.Api), LoginOf(Logins.Worker)]));
        Assert.All(migrated, run => Assert.True(run.ExitCode == 0, run.Output));

        ApiUrl = FreeUrl();
        Issuer = await StartIdentityAsync();
        await RunAsync(typeof(Api.IApiAssembly), "Api", ApiUrl,
            [.. api, ("ConnectionStrings__redis", await Servers.RedisAsync()), ("Identity__Issuer", Issuer),
                ("ManageLinks__Key", "a key that only the tests have, long enough"),
                ("Audit__CheckpointKey", "another key that only the tests have, long enough"),
                ("services__identity__http__0", Issuer), ("Oidc__ClientSecret", "api-secret-1")]);
        await WarmAsync();
    }

    /// <summary>
    /// Waits for the Api's first answer about a person: on a busy machine it takes longer than a sign-in waits.
    /// </summary>
    private async Task WarmAsync()
    {
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = "demo",
            ["client_secret"] = "demo-secret",
            ["scope"] = Scopes.PersonContext,
        });
        using var answer = await http.PostAsync($"{Issuer}/connect/token", form);
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString();
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);

        using var context = await http.GetAsync($"{ApiUrl}/internal/api/v1/people/{DemoTenants.Staff.Id}/context");
        Assert.True(context.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{context.StatusCode}");
    }

    private async Task<string> StartStrictAsync()
    {
        await ReadyAsync();
        return await StartIdentityAsync(("RateLimits__SignIns", "2"));
    }

    private async Task RunAsync(Type assembly, string folder, string url, (string, string)[] settings)
    {
        var process = Start(assembly, Repository.PathOf(folder), [],
            [("ASPNETCORE_ENVIRONMENT", "Development"), ("ASPNETCORE_URLS", url), ("Logging__LogLevel__Default", "Warning"), .. settings]);
        lock (_running) _running.Add(process);
        var output = new StringBuilder();
        Collect(process, output);

        using var http = new HttpClient();
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            Assert.False(process.HasExited, output.ToString());
            Assert.True(waited.Elapsed < StartsWithin, $"{folder} does not become healthy.\n{output}");

            try
            {
                if ((await http.GetAsync($"{url}/health")).IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }
        }
    }

    private static Process Start(Type assembly, string folder, string[] arguments, IEnumerable<(string Key, string Value)> settings)
    {
        var info = new ProcessStartInfo("dotnet", [assembly.Assembly.Location, .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in settings) info.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;

        return Process.Start(info)!;
    }

    private static void Collect(Process process, StringBuilder output)
    {
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        void Append(object sender, DataReceivedEventArgs line)
        {
            lock (output) output.AppendLine(line.Data);
        }
    }

    private static string FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }
}
