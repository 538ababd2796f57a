using Aspire.Hosting.Portable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

public static class KnownResourceCommands
{
    public static readonly string StartCommand = "resource-start";
    public static readonly string StopCommand = "resource-stop";
    public static readonly string RestartCommand = "resource-restart";
}

public sealed class ExecuteCommandContext
{
    public required IServiceProvider Services { get; init; }
    public required string ResourceName { get; init; }
    public required CancellationToken CancellationToken { get; init; }
    public required ILogger Logger { get; init; }
}

public sealed class ExecuteCommandResult
{
    public required bool Success { get; init; }
    public bool Canceled { get; init; }
    public string? Message { get; init; }
}

public static class CommandResults
{
    public static ExecuteCommandResult Success() => new() { Success = true };

    public static ExecuteCommandResult Success(string message) => new() { Success = true, Message = message };

    public static ExecuteCommandResult Failure(string? errorMessage = null) => new() { Success = false, Message = errorMessage };

    public static ExecuteCommandResult Failure(Exception exception) => Failure(exception.Message);

    public static ExecuteCommandResult Canceled() => new() { Success = false, Canceled = true };
}

public class CommandOptions
{
    public string? Description { get; set; }
    public string? ConfirmationMessage { get; set; }
    public string? IconName { get; set; }
    public bool IsHighlighted { get; set; }
}

public class HttpCommandOptions : CommandOptions
{
    public Func<EndpointReference>? EndpointSelector { get; set; }
    public HttpMethod? Method { get; set; }
}

public sealed class ResourceCommandAnnotation(
    string name, string displayName, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand)
    : IResourceAnnotation
{
    public string Name { get; } = name;
    public string DisplayName { get; } = displayName;
    public Func<ExecuteCommandContext, Task<ExecuteCommandResult>> ExecuteCommand { get; } = executeCommand;
}

/// <summary>Starts, stops and restarts resources, and executes the commands they were given.</summary>
public class ResourceCommandService
{
    private readonly IServiceProvider _services;

    internal ResourceCommandService(IServiceProvider services) => _services = services;

    public Task<ExecuteCommandResult> ExecuteCommandAsync(
        string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        var notifications = _services.GetRequiredService<ResourceNotificationService>();

        return notifications.TryGetCurrentState(resourceId, out var state)
            ? ExecuteCommandAsync(state.Resource, commandName, cancellationToken)
            : Task.FromResult(CommandResults.Failure($"There is no resource '{resourceId}'."));
    }

    public async Task<ExecuteCommandResult> ExecuteCommandAsync(
        IResource resource, string commandName, CancellationToken cancellationToken = default)
    {
        var orchestrator = _services.GetRequiredService<Orchestrator>();

        if (resource.Annotations.OfType<ResourceCommandAnnotation>().LastOrDefault(c => c.Name == commandName) is not { } command)
        {
            return await orchestrator.ControlAsync(resource, commandName)
                ? CommandResults.Success() : CommandResults.Failure($"'{resource.Name}' has no command '{commandName}'.");
        }

        return await command.ExecuteCommand(new ExecuteCommandContext
        {
            Services = _services,
            ResourceName = resource.Name,
            CancellationToken = cancellationToken,
            Logger = _services.GetRequiredService<ILoggerFactory>().CreateLogger(resource.Name),
        });
    }
}
