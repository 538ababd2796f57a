using System.Collections.Specialized;
using System.Security.Claims;
using Duende.IdentityServer.Validation;

namespace Duende.IdentityServer.Models;

/// <summary>What a sign-in page may know of the request that sent the user there.</summary>
public class AuthorizationRequest
{
    internal AuthorizationRequest(string storedKey) => StoredKey = storedKey;

    public Client Client { get; internal init; } = default!;
    public string? DisplayMode { get; internal init; }
    public string RedirectUri { get; internal init; } = default!;
    public string? UiLocales { get; internal init; }

    /// <summary>From <c>acr_values=tenant:…</c>.</summary>
    public string? Tenant { get; internal init; }

    public string? LoginHint { get; internal init; }
    public IEnumerable<string> PromptModes { get; internal init; } = [];
    public IEnumerable<string> AcrValues { get; internal init; } = [];
    public NameValueCollection Parameters { get; internal init; } = [];

    internal string StoredKey { get; }
}

public class ErrorMessage
{
    public string? DisplayMode { get; set; }
    public string? UiLocales { get; set; }
    public string Error { get; set; } = default!;
    public string? ErrorDescription { get; set; }
    public string? RequestId { get; set; }
    public string? ClientId { get; set; }
}

public class LogoutRequest
{
    public string? ClientId { get; set; }
    public string? ClientName { get; set; }

    /// <summary>With the state already in it.</summary>
    public string? PostLogoutRedirectUri { get; set; }

    public string? SubjectId { get; set; }
    public string? SessionId { get; set; }
    public string? UiLocales { get; set; }

    /// <summary>Null: the stand-in has no front-channel logout.</summary>
    public string? SignOutIFrameUrl { get; set; }

    /// <summary>Whether somebody else could have sent the user here, so that the user must confirm.</summary>
    public bool ShowSignoutPrompt => ClientId is null;
}

public enum AuthorizationError
{
    AccessDenied,
    InteractionRequired,
    LoginRequired,
    AccountSelectionRequired,
    ConsentRequired,
    TemporarilyUnavailable,
    UnmetAuthenticationRequirements,
}

public class ProfileDataRequestContext(
    ClaimsPrincipal subject, Client client, string caller, IEnumerable<string> requestedClaimTypes)
{
    public ValidatedRequest ValidatedRequest { get; set; } = default!;
    public ClaimsPrincipal Subject { get; set; } = subject;
    public IEnumerable<string> RequestedClaimTypes { get; set; } = requestedClaimTypes;
    public Client Client { get; set; } = client;

    /// <summary>One of <see cref="IdentityServerConstants.ProfileDataCallers"/>.</summary>
    public string Caller { get; set; } = caller;

    public ResourceValidationResult RequestedResources { get; set; } = default!;
    public List<Claim> IssuedClaims { get; set; } = [];
}

public static class ProfileDataRequestContextExtensions
{
    /// <summary>Issues those of the claims that were asked for.</summary>
    public static void AddRequestedClaims(this ProfileDataRequestContext context, IEnumerable<Claim> claims) =>
        context.IssuedClaims.AddRange(claims.Where(claim => context.RequestedClaimTypes.Contains(claim.Type)));
}

public class IsActiveContext(ClaimsPrincipal subject, Client client, string caller)
{
    public ClaimsPrincipal Subject { get; set; } = subject;
    public Client Client { get; set; } = client;

    /// <summary>One of <see cref="IdentityServerConstants.ProfileIsActiveCallers"/>.</summary>
    public string Caller { get; set; } = caller;

    public bool IsActive { get; set; } = true;
}

public enum TokenRequestErrors
{
    InvalidClient,
    InvalidGrant,
    InvalidRequest,
    InvalidScope,
    UnauthorizedClient,
    UnsupportedGrantType,
    InvalidTarget,
}
