using System.Reflection;
using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Portable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

public class DistributedApplicationBuilder : IDistributedApplicationBuilder, IHasLocalFolders
{
    private readonly HostApplicationBuilder _host;
    private readonly DistributedApplicationOptions _options;

    public DistributedApplicationBuilder(string[] args) : this(new DistributedApplicationOptions { Args = args })
    {
    }

    public DistributedApplicationBuilder(DistributedApplicationOptions options) : this(options, null)
    {
    }

    internal DistributedApplicationBuilder(DistributedApplicationOptions options, Assembly? appHost)
    {
        _options = options;
        AppHostAssembly = appHost
            ?? (options.AssemblyName is { } name ? Assembly.Load(new AssemblyName(name)) : Assembly.GetEntryAssembly());
        AppHostDirectory = Path.GetFullPath(options.ProjectDirectory ?? ProjectFolders.OfAppHost(AppHostAssembly));

        _host = new(new HostApplicationBuilderSettings
        {
            Args = options.Args,
            ApplicationName = AppHostAssembly?.GetName().Name,
            ContentRootPath = AppHostDirectory,
        });

        var publishes = _host.Configuration["Publishing:Publisher"] is not null || _host.Configuration["publisher"] is not null
            || string.Equals(_host.Configuration["operation"], "publish", StringComparison.OrdinalIgnoreCase);
        ExecutionContext = new(publishes ? DistributedApplicationOperation.Publish : DistributedApplicationOperation.Run);

        if (_host.Configuration["AppHost:OtlpApiKey"] is null)
        {
            _host.Configuration["AppHost:OtlpApiKey"] = RandomNumberGenerator.GetHexString(32, lowercase: true);
        }

        AddServices();
        AppHostHooks.Current?.Created(this);
    }

    public ConfigurationManager Configuration => _host.Configuration;
    public string AppHostDirectory { get; }
    public Assembly? AppHostAssembly { get; }
    public IHostEnvironment Environment => _host.Environment;
    public IServiceCollection Services => _host.Services;
    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();
    public DistributedApplicationExecutionContext ExecutionContext { get; }
    public IResourceCollection Resources { get; } = new ResourceCollection();

    LocalFolders IHasLocalFolders.Folders => Folders;

    private LocalFolders Folders => field ??= LocalFolders.For(AppHostDirectory, _options.ThrowAway);

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource =>
        new DistributedApplicationResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        AppHostHooks.Current?.WaitForBuild();

        var host = _host.Build();
        ExecutionContext.Services = host.Services;
        var application = new DistributedApplication(host);
        AppHostHooks.Current?.Built(application);
        return application;
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private void AddServices()
    {
        // Whatever the host has to say goes through its own console, in the order in which it happens.
        _host.Logging.ClearProviders();
        _host.Logging.AddSimpleConsole(console => console.SingleLine = true);
        _host.Logging.AddFilter("", LogLevel.Warning);
        _host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None); // the table says it
        if (_options.ThrowAway) Services.AddSingleton<IHostLifetime, NoLifetime>(); // Ctrl+C is the test runner's

        Services.TryAddSingleton(TimeProvider.System);
        Services.AddSingleton(_options);
        Services.AddSingleton(ExecutionContext);
        Services.AddSingleton(Eventing);
        Services.AddSingleton<IDistributedApplicationBuilder>(this);
        Services.AddSingleton(new DistributedApplicationModel(Resources));
        Services.AddSingleton(_ => Folders);
        Services.AddSingleton(services => new ResourceNotificationService(services.GetRequiredService<ResourceLoggerService>()));
        Services.AddSingleton(_ => new ResourceLoggerService(Folders));
        Services.AddSingleton(services => new ResourceCommandService(services));
        Services.AddSingleton<HostConsole>();
        Services.AddSingleton<Guardian>();
        Services.AddSingleton<Ports>();
        Services.AddSingleton<ProcessEnvironment>();
        Services.AddSingleton<ProcessPlanner>();
        Services.AddSingleton<Dashboard>();
        Services.AddSingleton<Orchestrator>();
        Services.AddHostedService(services => services.GetRequiredService<Orchestrator>());
        Services.AddHealthChecks();
        Services.AddHttpClient();

        // Health is asked for by resource, not published on a timer.
        Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(60));
    }
}
