using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.People;

/// <summary>
/// <c>PUT /api/v1/identity-provider</c>: the OpenID Connect provider at which the tenant's people sign in, as a whole.
/// </summary>
/// <param name="Name">What people call it: shown on the sign-in page.</param>
/// <param name="Issuer">
/// Exactly as the provider's tokens and metadata have it: HTTPS, without query and fragment.
/// </param>
/// <param name="ClientId">Of this platform at the provider.</param>
/// <param name="ClientSecret">
/// Sent as <c>client_secret_post </c>. It is never shown; absent, the stored one stays.
/// </param>
/// <param name="Domains">E-mail domains of the tenant's people, lower case. Each counts once it is verified.</param>
/// <param name="UserType">Slug: of people who become members by signing in.</param>
/// <param name="Roles">Slugs, likewise.</param>
/// <param name="Required">Members with an address in a verified domain sign in nowhere else.</param>
/// <param name="Active">Whether people can sign in with it.</param>
public sealed record IdentityProviderRequest(
    [property: Required, StringLength(100, MinimumLength = 1), RegularExpression(PersonPatterns.Name)] string Name,
    [property: Required, StringLength(400), Url] string Issuer,
    [property: Required, StringLength(200, MinimumLength = 1), RegularExpression(@"[\x20-\x7E]+")] string ClientId,
    [property: Length(1, 20), Distinct, Each(3, 253)] IReadOnlyList<string> Domains,
    [property: Required, StringLength(100)] string UserType,
    [property: Length(0, RoleLimits.PerMember), Distinct, Each(1, 100)] IReadOnlyList<string>? Roles = null,
    [property: StringLength(500, MinimumLength = 1), RegularExpression(@"[\x20-\x7E]+")] string? ClientSecret = null,
    bool Required = false,
    bool Active = true);

/// <summary><c>GET /api/v1/identity-provider</c></summary>
/// <param name="RedirectUri">What to register at the provider.</param>
/// <param name="Domains">Sorted.</param>
public sealed record IdentityProviderResponse(
    string Name,
    string Issuer,
    string ClientId,
    IReadOnlyList<EmailDomainResponse> Domains,
    string UserType,
    IReadOnlyList<string> Roles,
    bool Required,
    bool Active,
    string RedirectUri);

/// <summary>An e-mail domain, and how to prove that it is the tenant's.</summary>
/// <param name="RecordName">The name of a DNS record of type TXT.</param>
/// <param name="RecordValue">What it has to say.</param>
/// <param name="VerifiedAt">Null until then. UTC.</param>
/// <param name="IsTaken">Another tenant has verified it.</param>
public sealed record EmailDomainResponse(
    string Domain, string RecordName, string RecordValue, DateTimeOffset? VerifiedAt, bool IsTaken);

/// <summary>
/// <c>POST /internal/api/v1/people/{id}/memberships</c> (scope <see cref="Scopes.PersonContext"/>): somebody has
/// signed in at the tenant's own provider for the first time. Existing members stay as they are.
/// </summary>
/// <param name="UserType">Slug.</param>
/// <param name="Roles">Slugs.</param>
public sealed record JoinTenantRequest(
    long TenantId,
    [property: Required, StringLength(254), Email] string Email,
    [property: Required, StringLength(200), RegularExpression(PersonPatterns.Name)] string Name,
    [property: Required, StringLength(100)] string UserType,
    [property: Length(0, RoleLimits.PerMember), Distinct, Each(1, 100)] IReadOnlyList<string>? Roles = null,
    [property: RegularExpression(PersonPatterns.Locale)] string? Locale = null) : IPersonDetails;
