namespace Platform.AppHost.Servers;

/// <summary>A role of the database server that a process logs in as.</summary>
internal sealed record ServerLogin(string Name, IResourceBuilder<ParameterResource> Password)
{
    public ReferenceExpression ConnectionStringOf(IResourceBuilder<IResourceWithConnectionString> database)
    {
        var server = new EndpointReference(ServerOf(database.Resource), LocalServer.EndpointName); // a container has the same
        return ReferenceExpression.Create(
            $"Host={server.Property(EndpointProperty.Host)};Port={server.Property(EndpointProperty.Port)};Username={Name};Password={Password};Database={database.Resource.Name}");
    }

    private static IResourceWithEndpoints ServerOf(IResource database) => (IResourceWithEndpoints)(
        database is PostgresDatabaseResource { Parent: var container }
            ? container
            : database.Annotations.OfType<ResourceRelationshipAnnotation>()
                .Single(relationship => relationship.Type == "Parent").Resource);
}
