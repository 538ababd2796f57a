namespace Duende.IdentityServer.EntityFramework.Entities;

public class PersistedGrant : Models.PersistedGrant
{
    public long Id { get; set; }
}

public class DeviceFlowCodes
{
    public string DeviceCode { get; set; } = default!;
    public string UserCode { get; set; } = default!;
    public string? SubjectId { get; set; }
    public string? SessionId { get; set; }
    public string ClientId { get; set; } = default!;
    public string? Description { get; set; }
    public DateTime CreationTime { get; set; }
    public DateTime? Expiration { get; set; }
    public string Data { get; set; } = default!;
}

public class Key
{
    public string Id { get; set; } = default!;
    public int Version { get; set; }
    public DateTime Created { get; set; }
    public string? Use { get; set; }
    public string Algorithm { get; set; } = default!;
    public bool IsX509Certificate { get; set; }
    public bool DataProtected { get; set; }
    public string Data { get; set; } = default!;
}

public class ServerSideSession
{
    public long Id { get; set; }
    public string Key { get; set; } = default!;
    public string Scheme { get; set; } = default!;
    public string SubjectId { get; set; } = default!;
    public string? SessionId { get; set; }
    public string? DisplayName { get; set; }
    public DateTime Created { get; set; }
    public DateTime Renewed { get; set; }
    public DateTime? Expires { get; set; }
    public string Data { get; set; } = default!;
}

public class PushedAuthorizationRequest : Models.PushedAuthorizationRequest
{
    public long Id { get; set; }
}
