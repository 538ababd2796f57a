using System.ComponentModel.DataAnnotations;

namespace Platform.Contracts.Licensing;

/// <summary>A product in the catalogue.</summary>
/// <param name="Slug">How routes and other products name it; it never changes.</param>
/// <param name="Active">A retired one is not licensed, granted or used any more.</param>
/// <param name="Version">Raised with every change; the value of the <c>ETag</c>.</param>
/// <param name="Licensable">False while it is in the catalogue but cannot be licensed yet.</param>
/// <param name="LaunchUrl">Where it opens, with https; null for a part of the Hub itself.</param>
/// <param name="CreatedBy">Who made it, as the audit names them; null for what was there from the start.</param>
/// <param name="UpdatedBy">Who changed it last.</param>
public sealed record ApplicationResponse(
    long Id,
    string Slug,
    string Name,
    string? Description,
    bool Active,
    long Version,
    bool Licensable,
    string? LaunchUrl,
    DateTimeOffset CreatedAt,
    string? CreatedBy,
    DateTimeOffset UpdatedAt,
    string? UpdatedBy);

/// <summary><c>POST /internal/api/v1/applications</c></summary>
public sealed record CreateApplicationRequest(
    [property: Required, RegularExpression(CreateApplicationRequest.SlugPattern)] string Slug,
    [property: Required, StringLength(200)] string Name,
    [property: FreeText, StringLength(2000)] string? Description = null,
    bool Licensable = true,
    [property: StringLength(500), HttpsAddress] string? LaunchUrl = null)
{
    /// <summary>Lower case, digits and inner hyphens, at most 63.</summary>
    public const string SlugPattern = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
}

/// <summary><c>PATCH /internal/api/v1/applications/{id}</c>: what is absent stays.</summary>
public sealed record ChangeApplicationRequest
{
    [Required, StringLength(200)]
    public Optional<string> Name { get; init; }

    [FreeText, StringLength(2000)]
    public Optional<string?> Description { get; init; }

    /// <summary>True takes a retired application back into the catalogue.</summary>
    public Optional<bool> Active { get; init; }

    /// <summary>Whether tenants may be given licenses of it.</summary>
    public Optional<bool> Licensable { get; init; }

    /// <summary>Where it opens, with https; null makes it a part of the Hub itself.</summary>
    [StringLength(500), HttpsAddress]
    public Optional<string?> LaunchUrl { get; init; }
}
