using System.ComponentModel.DataAnnotations;

namespace Platform.ServiceDefaults.Clients;

/// <summary>How this process proves to Identity which client it is, from the section <c>Oidc</c>.</summary>
public sealed class ClientAuthenticationOptions : IValidatableObject
{
    public const string Section = "Oidc";

    /// <summary><c>Identity:Issuer</c>: for whom assertions are made.</summary>
    [Required]
    public string Issuer { get; set; } = "";

    [Required]
    public string ClientId { get; set; } = "";

    /// <summary>Used when there is no key.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>
    /// An RSA key (RS256) or one on the curve P-256 (ES256) in PEM, or the path of a file with it. Identity has its
    /// public part in <c>Clients:…:Keys </c>.
    /// </summary>
    public string? PrivateKey { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(ClientSecret) && string.IsNullOrEmpty(PrivateKey))
        {
            yield return new(
                $"Set {Section}:{nameof(PrivateKey)} or {Section}:{nameof(ClientSecret)}.",
                [nameof(PrivateKey), nameof(ClientSecret)]);
        }
        else if (!string.IsNullOrEmpty(PrivateKey) && ErrorOf(PrivateKey) is { } error)
        {
            yield return new($"{Section}:{nameof(PrivateKey)}: {error}", [nameof(PrivateKey)]);
        }
    }

    private static string? ErrorOf(string privateKey)
    {
        try
        {
            PemKey.ReadPrivate(privateKey);
            return null;
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }
}
