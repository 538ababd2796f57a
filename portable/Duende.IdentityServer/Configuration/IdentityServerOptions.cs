namespace Duende.IdentityServer.Configuration;

public class IdentityServerOptions
{
    /// <summary>
    /// The issuer, and the base of every endpoint's address; required, and never taken from the request.
    /// </summary>
    public string? IssuerUri { get; set; }

    /// <summary>The stand-in always writes <c>scope</c> as one string (RFC 9068); false is refused at start.</summary>
    public bool EmitScopesAsSpaceDelimitedStringInJwt { get; set; }

    /// <summary>Read by the real package only.</summary>
    public string? LicenseKey { get; set; }

    /// <summary>
    /// A session in another tenant than <c>acr_values=tenant:…</c> names does not answer the request.
    /// </summary>
    public bool ValidateTenantOnAuthorization { get; set; }

    public AuthenticationOptions Authentication { get; set; } = new();
    public EventsOptions Events { get; set; } = new();
    public UserInteractionOptions UserInteraction { get; set; } = new();
    public KeyManagementOptions KeyManagement { get; set; } = new();
    public ServerSideSessionOptions ServerSideSessions { get; set; } = new();
    public PushedAuthorizationOptions PushedAuthorization { get; set; } = new();
}

public class AuthenticationOptions
{
    public string? CookieAuthenticationScheme { get; set; }

    /// <summary>Refresh tokens end with the session, and using one keeps the session alive.</summary>
    public bool CoordinateClientLifetimesWithUserSession { get; set; }
}

public class EventsOptions
{
    public bool RaiseSuccessEvents { get; set; }
    public bool RaiseFailureEvents { get; set; }
    public bool RaiseInformationEvents { get; set; }
    public bool RaiseErrorEvents { get; set; }
}

public class UserInteractionOptions
{
    public string? LoginUrl { get; set; } = "/Account/Login";
    public string? LoginReturnUrlParameter { get; set; } = "ReturnUrl";
    public string? LogoutUrl { get; set; } = "/Account/Logout";
    public string LogoutIdParameter { get; set; } = "logoutId";
    public string ErrorUrl { get; set; } = "/home/error";
    public string ErrorIdParameter { get; set; } = "errorId";
}

public class KeyManagementOptions
{
    public int RsaKeySize { get; set; } = 2048;

    /// <summary>
    /// How long a node may work with keys it has read; the stand-in reads again after five minutes at most.
    /// </summary>
    public TimeSpan KeyCacheDuration { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a new key is announced before it signs.</summary>
    public TimeSpan PropagationTime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>Age at which a key stops signing.</summary>
    public TimeSpan RotationInterval { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long a key that stopped signing is still published.</summary>
    public TimeSpan RetentionDuration { get; set; } = TimeSpan.FromDays(14);

    public bool DeleteRetiredKeys { get; set; } = true;
}

public class ServerSideSessionOptions
{
    public string? UserDisplayNameClaimType { get; set; }
    public bool RemoveExpiredSessions { get; set; } = true;
    public bool ExpiredSessionsTriggerBackchannelLogout { get; set; }
    public TimeSpan RemoveExpiredSessionsFrequency { get; set; } = TimeSpan.FromMinutes(10);
    public int RemoveExpiredSessionsBatchSize { get; set; } = 100;
}

public class PushedAuthorizationOptions
{
    public bool Required { get; set; }

    /// <summary>In seconds; the stand-in keeps it between 60 and 600.</summary>
    public int Lifetime { get; set; } = 60 * 10;
}
