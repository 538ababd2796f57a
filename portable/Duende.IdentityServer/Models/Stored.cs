namespace Duende.IdentityServer.Models;

/// <summary>A row of PersistedGrants.</summary>
public class PersistedGrant
{
    /// <summary>SHA-256 of the handle, never the handle.</summary>
    public string Key { get; set; } = default!;

    public string Type { get; set; } = default!;
    public string SubjectId { get; set; } = default!;
    public string? SessionId { get; set; }
    public string ClientId { get; set; } = default!;

    /// <summary>On a used refresh token: the key of its successor.</summary>
    public string? Description { get; set; }

    public DateTime CreationTime { get; set; }
    public DateTime? Expiration { get; set; }
    public DateTime? ConsumedTime { get; set; }
    public string Data { get; set; } = default!;
}

/// <summary>A row of PushedAuthorizationRequests.</summary>
public class PushedAuthorizationRequest
{
    public string ReferenceValueHash { get; set; } = default!;
    public DateTime ExpiresAtUtc { get; set; }
    public string Parameters { get; set; } = default!;
}

/// <summary>A row of ServerSideSessions.</summary>
public class ServerSideSession
{
    public string Key { get; set; } = default!;
    public string Scheme { get; set; } = default!;
    public string SubjectId { get; set; } = default!;
    public string SessionId { get; set; } = default!;
    public string? DisplayName { get; set; }
    public DateTime Created { get; set; }
    public DateTime Renewed { get; set; }
    public DateTime? Expires { get; set; }
    public string Ticket { get; set; } = default!;
}

/// <summary>A row of Keys.</summary>
public class SerializedKey
{
    public int Version { get; set; }
    public string Id { get; set; } = default!;
    public DateTime Created { get; set; }
    public string Algorithm { get; set; } = default!;
    public bool IsX509Certificate { get; set; }
    public string Data { get; set; } = default!;
    public bool DataProtected { get; set; }
}
