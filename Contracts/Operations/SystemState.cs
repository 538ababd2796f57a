namespace Platform.Contracts.Operations;

/// <summary><c>GET /internal/api/v1/system</c>: what runs, and how far the databases are.</summary>
/// <param name="Processes">By name; those that were heard of within the last day and have not ended properly.</param>
/// <param name="Checks">What this process of the API needs, as it sees it right now.</param>
/// <param name="Databases">The schemas that all tenants share.</param>
/// <param name="Tenants">Tenants by the migration that their schema has come to, the newest first.</param>
public sealed record SystemResponse(
    string Version,
    DateTimeOffset AsOf,
    IReadOnlyList<ProcessResponse> Processes,
    IReadOnlyList<CheckResponse> Checks,
    IReadOnlyList<DatabaseVersion> Databases,
    IReadOnlyList<TenantsAtVersion> Tenants);

/// <param name="Name">Of the application: <c>Platform.Api</c>.</param>
/// <param name="Host">The machine.</param>
/// <param name="SeenAt">UTC.</param>
/// <param name="IsResponding">Whether it has been heard of within the last 45 seconds.</param>
public sealed record ProcessResponse(
    string Name, string Host, int ProcessId, string Version, DateTimeOffset StartedAt, DateTimeOffset SeenAt, bool IsResponding);

/// <param name="Status"><c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>.</param>
public sealed record CheckResponse(string Name, string Status, int Milliseconds);

/// <param name="Latest">The newest migration that this version has.</param>
/// <param name="Applied">The newest one that the database has.</param>
/// <param name="Pending">How many it lacks.</param>
public sealed record DatabaseVersion(string Name, string Latest, string? Applied, int Pending);

/// <param name="Applied">The newest migration of these schemas; null for tenants without a schema.</param>
/// <param name="Pending">How many they lack.</param>
/// <param name="Tenants">How many tenants are at it.</param>
/// <param name="Examples">The first 20 of them, by id.</param>
public sealed record TenantsAtVersion(string? Applied, int Pending, int Tenants, IReadOnlyList<TenantName> Examples);

/// <summary>A tenant by name.</summary>
public sealed record TenantName(long Id, string Slug, string Name);
