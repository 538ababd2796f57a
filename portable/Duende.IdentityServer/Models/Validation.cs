using System.Collections.Specialized;
using System.Globalization;
using System.Security.Claims;
using Duende.IdentityServer.Models;

namespace Duende.IdentityServer.Validation;

public class ValidationResult
{
    public bool IsError { get; set; } = true;
    public string? Error { get; set; }
    public string? ErrorDescription { get; set; }
}

public class TokenValidationResult : ValidationResult
{
    public IEnumerable<Claim>? Claims { get; set; }
    public string? Jwt { get; set; }
    public Client? Client { get; set; }
}

/// <summary>Validates tokens of this very provider, their revocation, session and user included.</summary>
public interface ITokenValidator
{
    Task<TokenValidationResult> ValidateAccessTokenAsync(string token, string? expectedScope = null);
}

public class ResourceValidationResult
{
    public Resources Resources { get; set; } = new();
    public ICollection<string> InvalidScopes { get; set; } = [];
    public IEnumerable<string> RawScopeValues { get; internal set; } = [];
    public bool Succeeded => InvalidScopes.Count == 0 && RawScopeValues.Any();
}

public class ValidatedRequest
{
    public NameValueCollection Raw { get; set; } = default!;
    public Client Client { get; set; } = default!;
    public string IssuerName { get; set; } = default!;

    /// <summary>Seconds; an extension grant may shorten it.</summary>
    public int AccessTokenLifetime { get; set; }

    public ClaimsPrincipal? Subject { get; set; }
    public string? SessionId { get; set; }
    public string ClientId { get; set; } = default!;
    public ResourceValidationResult ValidatedResources { get; set; } = new();
}

public class ValidatedTokenRequest : ValidatedRequest
{
    public string GrantType { get; set; } = default!;
    public IEnumerable<string>? RequestedScopes { get; set; }
}

public class ExtensionGrantValidationContext
{
    public ValidatedTokenRequest Request { get; set; } = default!;
    public GrantValidationResult Result { get; set; } = new(TokenRequestErrors.InvalidGrant);
}

/// <summary>A grant type beside those that the provider knows.</summary>
public interface IExtensionGrantValidator
{
    string GrantType { get; }

    Task ValidateAsync(ExtensionGrantValidationContext context);
}

public class GrantValidationResult : ValidationResult
{
    public GrantValidationResult(
        TokenRequestErrors error, string? errorDescription = null, Dictionary<string, object>? customResponse = null)
    {
        Error = ToCode(error);
        ErrorDescription = errorDescription;
        CustomResponse = customResponse ?? [];
    }

    public GrantValidationResult(
        string subject,
        string authenticationMethod,
        DateTime authTime,
        IEnumerable<Claim>? claims = null,
        string identityProvider = IdentityServerConstants.LocalIdentityProvider,
        Dictionary<string, object>? customResponse = null)
    {
        var authenticated = new DateTimeOffset(DateTime.SpecifyKind(authTime, DateTimeKind.Utc)).ToUnixTimeSeconds();
        List<Claim> all =
        [
            new("sub", subject),
            new("amr", authenticationMethod),
            new("idp", identityProvider),
            new("auth_time", authenticated.ToString(CultureInfo.InvariantCulture), ClaimValueTypes.Integer64),
            .. claims ?? [],
        ];

        IsError = false;
        Subject = new(new ClaimsIdentity(all, authenticationMethod, "name", "role"));
        CustomResponse = customResponse ?? [];
    }

    public ClaimsPrincipal? Subject { get; set; }
    public Dictionary<string, object> CustomResponse { get; set; }

    private static string ToCode(TokenRequestErrors error) => error switch
    {
        TokenRequestErrors.InvalidClient => "invalid_client",
        TokenRequestErrors.InvalidRequest => "invalid_request",
        TokenRequestErrors.InvalidScope => "invalid_scope",
        TokenRequestErrors.UnauthorizedClient => "unauthorized_client",
        TokenRequestErrors.UnsupportedGrantType => "unsupported_grant_type",
        TokenRequestErrors.InvalidTarget => "invalid_target",
        _ => "invalid_grant",
    };
}
