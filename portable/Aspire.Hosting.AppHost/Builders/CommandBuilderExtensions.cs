using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

public static class CommandBuilderExtensions
{
    public static IResourceBuilder<T> WithCommand<T>(
        this IResourceBuilder<T> builder, string name, string displayName,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand, CommandOptions? commandOptions = null)
        where T : IResource =>
        builder.WithAnnotation(new ResourceCommandAnnotation(name, displayName, executeCommand));

    /// <summary>A command that is a request to the resource, POST unless told otherwise. Its name is the path's.</summary>
    public static IResourceBuilder<TResource> WithHttpCommand<TResource>(
        this IResourceBuilder<TResource> builder, string path, string displayName, string? endpointName = null,
        string? commandName = null, HttpCommandOptions? commandOptions = null) where TResource : IResourceWithEndpoints
    {
        var method = commandOptions?.Method ?? HttpMethod.Post;
        var resource = builder.Resource;

        return builder.WithCommand(commandName ?? $"{resource.Name}-http-{method.Method}-{path}", displayName, async context =>
        {
            var endpoint = commandOptions?.EndpointSelector?.Invoke() ?? resource.GetEndpoint(endpointName ?? "http");
            using var client = context.Services.GetRequiredService<IHttpClientFactory>().CreateClient("commands");
            using var request = new HttpRequestMessage(method, new Uri(new Uri(endpoint.Url), path));
            using var response = await client.SendAsync(request, context.CancellationToken);

            return response.IsSuccessStatusCode ? CommandResults.Success()
                : CommandResults.Failure($"{path} answered {(int)response.StatusCode}.");
        }, commandOptions);
    }
}
