namespace Aspire.Hosting;

/// <summary>Parameters that a deployment sets and Development does without.</summary>
internal static class DeploymentExtensions
{
    /// <summary>
    /// The certificate that encrypts the keys of cookies and of tenants' secrets: a PKCS #12 file that is mounted, and its password.
    /// </summary>
    public static void AddKeyRingCertificate(
        this IDistributedApplicationBuilder builder, params IReadOnlyList<IResourceBuilder<ProjectResource>> processes)
    {
        if (!builder.ExecutionContext.IsPublishMode) return;

        var certificate = builder.AddParameter("key-ring-certificate");
        var password = builder.AddParameter("key-ring-password", secret: true);
        foreach (var process in processes)
        {
            process.WithEnvironment("KeyRing__Certificate", certificate).WithEnvironment("KeyRing__Password", password);
        }
    }

    /// <summary>The network (CIDR) of the proxies in front, whose forwarded headers are read.</summary>
    public static void AddProxyNetwork(
        this IDistributedApplicationBuilder builder, params IReadOnlyList<IResourceBuilder<ProjectResource>> processes)
    {
        if (!builder.ExecutionContext.IsPublishMode) return;

        var network = builder.AddParameter("proxy-network");
        foreach (var process in processes) process.WithEnvironment("Proxies__KnownNetworks__0", network);
    }

    /// <summary>
    /// The host names that a process answers to: in Development this machine's, else those that the deployment sets.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithAllowedHosts(this IResourceBuilder<ProjectResource> process)
    {
        var builder = process.ApplicationBuilder;
        if (!builder.ExecutionContext.IsPublishMode) return process.WithEnvironment("AllowedHosts", "localhost;*.localhost;127.0.0.1;[::1]");

        const string Name = "allowed-hosts";
        var hosts = builder.Resources.OfType<ParameterResource>().FirstOrDefault(parameter => parameter.Name == Name)
            ?? builder.AddParameter(Name).Resource;
        return process.WithEnvironment("AllowedHosts", builder.CreateResourceBuilder(hosts));
    }
}
