using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Portable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>An AppHost in a test: random ports, data that goes with it, no dashboard and no output.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}

public static class DistributedApplicationTestingBuilder
{
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        CancellationToken cancellationToken = default) where TEntryPoint : class =>
        CreateAsync<TEntryPoint>([], cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint, CancellationToken cancellationToken = default) => CreateAsync(entryPoint, [], cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, CancellationToken cancellationToken = default) where TEntryPoint : class =>
        CreateAsync<TEntryPoint>(args, (_, _) => { }, cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint, string[] args, CancellationToken cancellationToken = default) =>
        CreateAsync(entryPoint, args, (_, _) => { }, cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder,
        CancellationToken cancellationToken = default) where TEntryPoint : class =>
        CreateAsync(typeof(TEntryPoint), args, configureBuilder, cancellationToken);

    /// <summary>
    /// Runs the AppHost's own entry point up to its <c>Build()</c>, so that the test can change the graph before it is built.
    /// </summary>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder,
        CancellationToken cancellationToken = default)
    {
        var main = entryPoint.Assembly.EntryPoint
            ?? throw new InvalidOperationException($"The assembly of {entryPoint} has no entry point.");
        var hooks = new AppHostHooks(entryPoint.Assembly, options => Prepare(options, args, configureBuilder));
        var thread = new Thread(() => Run(main, args, hooks)) { IsBackground = true, Name = "AppHost" };
        thread.Start();

        var builder = await hooks.Builder.WaitAsync(cancellationToken);
        return new TestingBuilder(builder, async ct =>
        {
            hooks.AllowBuild();
            return await hooks.Application.WaitAsync(ct);
        }, () =>
        {
            hooks.End();
            thread.Join(TimeSpan.FromSeconds(10));
            hooks.Dispose();
        });
    }

    /// <summary>An empty graph, for tests that want some servers only.</summary>
    public static IDistributedApplicationTestingBuilder Create(params string[] args) => Create(args, (_, _) => { });

    public static IDistributedApplicationTestingBuilder Create(
        string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
    {
        var options = new DistributedApplicationOptions();
        Prepare(options, args, configureBuilder);
        var builder = new DistributedApplicationBuilder(options);
        return new TestingBuilder(builder, _ => Task.FromResult(builder.Build()), () => { });
    }

    private static void Prepare(
        DistributedApplicationOptions options, string[] args,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
    {
        // Tests are of what developers run, unless they say otherwise.
        string[] defaults = args.Any(arg => arg.TrimStart('-').StartsWith("environment=", StringComparison.OrdinalIgnoreCase))
            ? [] : ["--environment=Development"];

        options.ThrowAway = true;
        options.DisableDashboard = true;
        options.Args = [.. defaults, .. args];
        configureBuilder(options, new HostApplicationBuilderSettings { Args = options.Args });
    }

    private static void Run(MethodInfo main, string[] args, AppHostHooks hooks)
    {
        hooks.Enter();

        try
        {
            var result = main.Invoke(null, main.GetParameters().Length == 0 ? null : [args]);
            if (result is Task task) task.GetAwaiter().GetResult();
            hooks.Fail(new InvalidOperationException("The AppHost ended without building an application."));
        }
#pragma warning disable CA1031 // whatever it is, the test shall see it
        catch (Exception e)
        {
            hooks.Fail(e is TargetInvocationException { InnerException: { } inner } ? inner : e);
        }
#pragma warning restore CA1031
    }

    private sealed class TestingBuilder(
        DistributedApplicationBuilder builder, Func<CancellationToken, Task<DistributedApplication>> build, Action end)
        : IDistributedApplicationTestingBuilder, IHasLocalFolders
    {
        private DistributedApplication? _application;

        public ConfigurationManager Configuration => builder.Configuration;
        public string AppHostDirectory => builder.AppHostDirectory;
        public Assembly? AppHostAssembly => builder.AppHostAssembly;
        public IHostEnvironment Environment => builder.Environment;
        public IServiceCollection Services => builder.Services;
        public IDistributedApplicationEventing Eventing => builder.Eventing;
        public DistributedApplicationExecutionContext ExecutionContext => builder.ExecutionContext;
        public IResourceCollection Resources => builder.Resources;
        LocalFolders IHasLocalFolders.Folders => ((IHasLocalFolders)builder).Folders;

        public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource => builder.AddResource(resource);

        public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource => builder.CreateResourceBuilder(resource);

        public DistributedApplication Build() => BuildAsync().GetAwaiter().GetResult();

        public async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) =>
            _application = await build(cancellationToken);

        public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

        public async ValueTask DisposeAsync()
        {
            if (_application is not null) await _application.DisposeAsync();

            end();
        }
    }
}
