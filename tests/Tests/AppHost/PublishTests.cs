using System.Text.Json;
using System.Text.RegularExpressions;

namespace Platform.Tests.AppHost;

/// <summary>The published manifest: servers as containers, and every secret as a parameter.</summary>
public sealed class PublishTests : IDisposable
{
    private static readonly string[] Secrets =
    [
        "admin-client-secret", "api-client-secret", "api-login-password", "audit-checkpoint-key", "hub-client-secret",
        "identity-client-secret", "identity-login-password", "identity-owner-password", "key-ring-password", "mail-url",
        "manage-link-key", "platform-owner-password", "postgres-password", "redis-password", "tenant-owner-password",
        "worker-login-password",
    ];

    /// <summary>Parameters of a deployment that are no secrets.</summary>
    private static readonly string[] Others = ["allowed-hosts", "key-ring-certificate", "proxy-network"];

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"manifest-{Guid.CreateVersion7():n}.json");

    [Fact]
    public async Task The_manifest_has_containers_for_servers_and_a_parameter_for_each_secret()
    {
        var (exitCode, output) = await AppHostProgram.RunAsync(
            new Dictionary<string, string>(), "--operation", "publish", "--publisher", "manifest", "--output-path", _file);

        Assert.True(exitCode == 0, output);
        var resources = JsonDocument.Parse(await File.ReadAllTextAsync(_file)).RootElement.GetProperty("resources");

        Assert.Contains("postgres", Image("postgres"), StringComparison.Ordinal);
        Assert.Contains("redis", Image("redis"), StringComparison.Ordinal);
        var redis = resources.GetProperty("redis").GetProperty("args").ToString() + resources.GetProperty("redis").GetProperty("env");
        Assert.Contains("appendonly", redis, StringComparison.Ordinal);
        Assert.Contains("noeviction", redis, StringComparison.Ordinal);

        var parameters = resources.EnumerateObject().Where(resource => Type(resource.Value) == "parameter.v0").ToLookup(IsHidden, parameter => parameter.Name);
        Assert.Equal(Secrets, parameters[true].Order(StringComparer.Ordinal));
        Assert.Equal(Others, parameters[false].Order(StringComparer.Ordinal));

        string[] projects = ["admin", "api", "hub", "identity", "identity-migrations", "migrations", "worker"];
        Assert.Equal(projects, resources.EnumerateObject().Where(r => Type(r.Value) == "project.v0").Select(r => r.Name).Order(StringComparer.Ordinal));
        Assert.All(projects, project => Assert.All(
            resources.GetProperty(project).GetProperty("env").EnumerateObject().Where(setting => IsSecret(setting.Name)),
            setting => Assert.Matches(@"^(Host=.*;Username=\w+;Password=)?\{[\w-]+\.(value|connectionString)\}(;Database=\w+)?$", setting.Value.GetString())));
        Assert.Equal(
        [
            "api: platformdb as api_login, tenantdb as api_login",
            "identity: identitydb as identity_login",
            "identity-migrations: identitydb_owner as identity_owner, postgres",
            "migrations: platformdb_owner as platform_owner, postgres, tenantdb_owner as tenant_owner",
            "worker: platformdb as worker_login, tenantdb as worker_login, tenantdb_owner as tenant_owner",
        ], projects.Select(Connections).Where(line => !line.EndsWith(": ", StringComparison.Ordinal)));
        Assert.Equal("{mail-url.value}", resources.GetProperty("worker").GetProperty("env").GetProperty("Mail__Url").GetString());

        string Connections(string project) => $"{project}: " + string.Join(", ",
            from setting in resources.GetProperty(project).GetProperty("env").EnumerateObject()
            where setting.Name.StartsWith("ConnectionStrings__", StringComparison.Ordinal) && setting.Name != "ConnectionStrings__redis"
            let login = Regex.Match(setting.Value.GetString()!, "Username=(?<name>[^;]+)").Groups["name"].Value
            let name = setting.Name["ConnectionStrings__".Length..]
            orderby name
            select login is "" ? name : $"{name} as {login}");

        string Image(string name) => resources.GetProperty(name).GetProperty("image").GetString()!;
        static string? Type(JsonElement resource) => resource.GetProperty("type").GetString();
        static bool IsHidden(JsonProperty parameter) =>
            parameter.Value.GetProperty("inputs").GetProperty("value").TryGetProperty("secret", out var secret) && secret.GetBoolean();
        static bool IsSecret(string name) =>
            name.EndsWith("Secret", StringComparison.Ordinal) || name.EndsWith("Key", StringComparison.Ordinal)
            || name.StartsWith("ConnectionStrings__", StringComparison.Ordinal)
            || name.StartsWith("DatabaseLogins__", StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(_file);
}
