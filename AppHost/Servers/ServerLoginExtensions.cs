using Platform.AppHost.Servers;

namespace Aspire.Hosting;

/// <summary>Who connects to which database as whom. Only the migrations know the superuser of the server.</summary>
internal static class ServerLoginExtensions
{
    public static ServerLogin AddServerLogin(this IDistributedApplicationBuilder builder, string name) =>
        new(name, builder.AddSecret($"{name.Replace('_', '-')}-password"));

    /// <summary>The process works in the databases as this login.</summary>
    public static IResourceBuilder<ProjectResource> WithLogin(
        this IResourceBuilder<ProjectResource> process, ServerLogin login,
        params IReadOnlyList<IResourceBuilder<IResourceWithConnectionString>> databases) =>
        process.WithConnections(login, "", databases);

    /// <summary>The process may change the tables of the database.</summary>
    public static IResourceBuilder<ProjectResource> WithOwner(
        this IResourceBuilder<ProjectResource> process, ServerLogin owner,
        IResourceBuilder<IResourceWithConnectionString> database) =>
        process.WithConnections(owner, "_owner", [database]);

    /// <summary>The process creates these logins, or sets their passwords.</summary>
    public static IResourceBuilder<ProjectResource> WithLogins(
        this IResourceBuilder<ProjectResource> process, params IReadOnlyList<ServerLogin> logins)
    {
        foreach (var login in logins) process.WithEnvironment($"DatabaseLogins__{login.Name}", login.Password);
        return process;
    }

    private static IResourceBuilder<ProjectResource> WithConnections(
        this IResourceBuilder<ProjectResource> process, ServerLogin login, string suffix,
        IReadOnlyList<IResourceBuilder<IResourceWithConnectionString>> databases)
    {
        foreach (var database in databases)
        {
            var name = $"ConnectionStrings__{database.Resource.Name}{suffix}";
            process.WithEnvironment(name, login.ConnectionStringOf(database)).WithReferenceRelationship(database.Resource);
        }

        return process;
    }
}
