using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Redis;

/// <summary>Needs a container engine: stays in state NotStarted here.</summary>
public class RedisInsightResource(string name) : ContainerResource(name);

/// <summary>Needs a container engine: stays in state NotStarted here.</summary>
public class RedisCommanderResource(string name) : ContainerResource(name);
