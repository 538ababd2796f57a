namespace Platform.AppHost.Servers;

/// <summary>A role of the database server that a process logs in as.</summary>
internal sealed record ServerLogin(string Name, IResourceBuilder<ParameterResource> Password)
{
    public ReferenceExpression ConnectionStringOf(IResourceBuilder<IResourceWithConnectionString> database)
    {
        var server = new EndpointReference(ServerOf(database.Resource), LocalServer.EndpointName); // of containers, too
        var (host, port) = (server.Property(EndpointProperty.Host), server.Property(EndpointProperty.Port));
        return ReferenceExpression.Create(
            $"Host={host};Port={port};Username={Name};Password={Password};Database={database.Resource.Name}");
    }

    private static IResourceWithEndpoints ServerOf(IResource database) => (IResourceWithEndpoints)(
        database is PostgresDatabaseResource { Parent: var container }
            ? container
            : database.Annotations.OfType<ResourceRelationshipAnnotation>()
                .Single(relationship => relationship.Type == "Parent").Resource);
}
