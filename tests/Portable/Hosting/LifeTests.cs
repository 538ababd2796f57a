using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace Platform.Portable.Hosting;

/// <summary>What becomes of processes that crash, cannot start, or depend on those.</summary>
public sealed class LifeTests
{
    private static readonly string Here = Path.GetDirectoryName(typeof(Projects.Demo_AppHost).Assembly.Location)!;

    private static string DemoApi => Path.Combine(Projects.Demo_AppHost.ProjectPath, "..", "Demo.Api", "Demo.Api.csproj");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_project_that_crashes_is_started_again_and_answers()
    {
        await using var app = await StartAsync(builder =>
            builder.AddProject("api", DemoApi).WithHttpHealthCheck("/health"));
        using var client = app.CreateHttpClient("api");
        await app.ResourceNotifications.WaitForResourceHealthyAsync("api", Ct);
        var first = await client.GetFromJsonAsync<int>("/pid", Ct);
        var restarting = app.ResourceNotifications.WaitForResourceAsync("api", e => e.Snapshot is { State.Text: "Restarting" }, Ct);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync("/crash", null, Ct));

        Assert.Equal(7, (await restarting).Snapshot.ExitCode);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("api", Ct);
        Assert.NotEqual(first, await client.GetFromJsonAsync<int>("/pid", Ct));
    }

    [Fact]
    public async Task Each_pause_before_a_restart_is_twice_the_last()
    {
        await using var app = await StartAsync(builder => builder.AddExecutable("crasher", "sh", Here, "-c", "exit 3"));
        var starts = new List<DateTime>();

        await foreach (var e in app.ResourceNotifications.WatchAsync(Ct))
        {
            if (e.Resource.Name != "crasher" || e.Snapshot is not { State.Text: "Running", StartTimeStamp: { } at }) continue;
            if (!starts.Contains(at)) starts.Add(at);
            if (starts.Count == 3) break;
        }

        Assert.InRange((starts[1] - starts[0]).TotalSeconds, 1, 1.9);
        Assert.InRange((starts[2] - starts[1]).TotalSeconds, 2, 3.9);
    }

    [Fact]
    public async Task A_missing_program_is_named_with_the_package_that_has_it()
    {
        await using var app = await StartAsync(builder =>
        {
            builder.AddExecutable("gone", "no-such-program", Here);
            builder.AddExecutable("waits", "sleep", Here, "1000").WaitFor(builder.CreateResourceBuilder(builder.Resources[0]));
        });

        var gone = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => app.ResourceNotifications.WaitForResourceHealthyAsync("gone", Ct));
        var waits = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => app.ResourceNotifications.WaitForResourceHealthyAsync("waits", Ct));

        Assert.Contains("'no-such-program' is not installed", gone.Message, StringComparison.Ordinal);
        Assert.Contains("'waits' waits for 'gone', but: 'gone' is FailedToStart", waits.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_waits_for_a_task_that_fails_is_not_started()
    {
        await using var app = await StartAsync(builder =>
        {
            var good = builder.AddExecutable("good", "sh", Here, "-c", "exit 0");
            var bad = builder.AddExecutable("bad", "sh", Here, "-c", "echo it broke; exit 4");
            builder.AddExecutable("after-good", "sleep", Here, "1000").WaitForCompletion(good);
            builder.AddExecutable("after-bad", "sleep", Here, "1000").WaitForCompletion(bad);
        });

        await app.ResourceNotifications.WaitForResourceHealthyAsync("after-good", Ct);
        var e = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => app.ResourceNotifications.WaitForResourceHealthyAsync("after-bad", Ct));

        Assert.Contains("'bad' is Finished with code 4", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_replaced_and_the_others_learn_the_new_one()
    {
        using var squatter = new TcpListener(IPAddress.Loopback, 0);
        squatter.Start();
        var taken = ((IPEndPoint)squatter.LocalEndpoint).Port;

        await using var app = await StartAsync(
            builder =>
            {
                var api = builder.AddProject("api", DemoApi, options => options.ExcludeLaunchProfile = true)
                    .WithHttpEndpoint(port: taken).WithHttpHealthCheck("/health");
                builder.AddExecutable("friend", "sh", Here, "-c", "echo $API_HTTP; sleep 1000").WithReference(api);
            }, "DcpPublisher:RandomizePorts=false");

        await app.ResourceNotifications.WaitForResourceHealthyAsync("api", Ct);
        using var client = app.CreateHttpClient("api");
        var environment = await client.GetFromJsonAsync<Dictionary<string, string>>("/env", Ct);

        Assert.NotEqual(taken, client.BaseAddress!.Port);
        Assert.Equal($"http://localhost:{client.BaseAddress.Port}", environment!["ASPNETCORE_URLS"]);
    }

    [Fact]
    public async Task A_parameter_without_a_value_says_which_key_to_set()
    {
        await using var app = await StartAsync(builder =>
        {
            var key = builder.AddParameter("license-key", secret: true);
            builder.AddExecutable("user", "sleep", Here, "1000").WithEnvironment("KEY", key);
        });

        await app.ResourceNotifications.WaitForResourceAsync("license-key", KnownResourceStates.ValueMissing, Ct);
        var e = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => app.ResourceNotifications.WaitForResourceHealthyAsync("user", Ct));

        Assert.Contains("Parameters__license_key", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_is_stopped_and_started_by_command()
    {
        await using var app = await StartAsync(builder =>
            builder.AddExecutable("tool", "sleep", Here, "1000").WithExplicitStart());

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("tool", KnownResourceCommands.StartCommand, Ct)).Success);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("tool", Ct);
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("tool", KnownResourceCommands.StopCommand, Ct)).Success);

        await app.ResourceNotifications.WaitForResourceAsync("tool", KnownResourceStates.Finished, Ct);
    }

    private static async Task<DistributedApplication> StartAsync(Action<IDistributedApplicationBuilder> add, params string[] args)
    {
        var builder = DistributedApplicationTestingBuilder.Create(args);
        add(builder);
        var app = await builder.BuildAsync(Ct);
        await app.StartAsync(Ct);
        return app;
    }
}
