namespace Platform.Contracts.Operations;

/// <summary><c>GET /internal/api/v1/user-types</c></summary>
/// <param name="HierarchyLevel">1 is the lowest.</param>
public sealed record UserTypeResponse(long Id, string Slug, string Name, int HierarchyLevel);
