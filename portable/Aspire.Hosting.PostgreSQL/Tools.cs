using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Postgres;

/// <summary>Needs a container engine: stays in state NotStarted here.</summary>
public sealed class PgAdminContainerResource(string name) : ContainerResource(name);

/// <summary>Needs a container engine: stays in state NotStarted here.</summary>
public sealed class PgWebContainerResource(string name) : ContainerResource(name);
