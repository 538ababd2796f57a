using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Portable;

/// <summary>Puts together what a process receives: its arguments, and the variables that Aspire would inject.</summary>
internal sealed class ProcessEnvironment(DistributedApplicationExecutionContext context)
{
    public Task<Dictionary<string, string>> VariablesAsync(Instance instance, CancellationToken ct) =>
        instance.AsCurrentAsync(async () =>
        {
            var resource = instance.Resource;
            var values = new Dictionary<string, object>();
            var callbacks = new EnvironmentCallbackContext(context, resource, values, ct);

            foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray())
            {
                await annotation.Callback(callbacks);
            }

            AddPorts(resource, values);
            AddLaunchProfile(resource, values);

            var variables = new Dictionary<string, string>();

            foreach (var (name, value) in values)
            {
                variables[name] = Telemetry.Fill(await TextAsync(value, resource, ct) ?? "", instance);
            }

            return variables;
        });

    public Task<List<string>> ArgumentsAsync(Instance instance, CancellationToken ct) =>
        instance.AsCurrentAsync(async () =>
        {
            var values = new List<object>();
            var callbacks = new CommandLineArgsCallbackContext(values, instance.Resource, ct) { ExecutionContext = context };

            foreach (var annotation in instance.Resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToArray())
            {
                await annotation.Callback(callbacks);
            }

            var arguments = new List<string>();

            foreach (var value in values)
            {
                if (await TextAsync(value, instance.Resource, ct) is { } text) arguments.Add(text);
            }

            return arguments;
        });

    private async Task<string?> TextAsync(object? value, IResource caller, CancellationToken ct) => value switch
    {
        string text => text,
        IValueProvider provider =>
            await provider.GetValueAsync(new ValueProviderContext { Caller = caller, ExecutionContext = context }, ct),
        IResourceBuilder<IResource> { Resource: IValueProvider provider } => await provider.GetValueAsync(ct),
        bool flag => flag ? "true" : "false",
        null => null,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static void AddPorts(IResource resource, Dictionary<string, object> values)
    {
        var urls = new List<string>();

        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            if (endpoint.PortVariable is { } variable)
            {
                values[variable] = $"{Instance.ListeningPort(endpoint)}";
            }
            else if (resource is ProjectResource && endpoint.UriScheme is "http" or "https")
            {
                urls.Add($"{endpoint.UriScheme}://{endpoint.TargetHost}:{Instance.ListeningPort(endpoint)}");
            }
        }

        if (urls.Count > 0) values.TryAdd("ASPNETCORE_URLS", string.Join(';', urls));
    }

    private static void AddLaunchProfile(IResource resource, Dictionary<string, object> values)
    {
        if (!resource.TryGetLastAnnotation<LaunchProfileAnnotation>(out var annotation)) return;

        values.TryAdd("DOTNET_LAUNCH_PROFILE", annotation.Profile.Name);

        foreach (var (name, value) in annotation.Profile.Variables) values.TryAdd(name, value);
    }
}
