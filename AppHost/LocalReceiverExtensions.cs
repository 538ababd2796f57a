namespace Aspire.Hosting;

internal static class LocalReceiverExtensions
{
    /// <summary>
    /// Lets tenants of this machine name receivers of webhooks on it. What is published refuses them.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithLocalReceivers(this IResourceBuilder<ProjectResource> process) =>
        process.ApplicationBuilder.ExecutionContext.IsPublishMode
            ? process
            : process.WithEnvironment("Outbound__PrivateNetworks__0", "127.0.0.0/8")
                .WithEnvironment("Outbound__PrivateNetworks__1", "::1/128");
}
