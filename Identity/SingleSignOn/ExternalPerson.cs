using System.Security.Claims;
using Platform.Contracts.People;
using Platform.Identity.Accounts;

namespace Platform.Identity.SingleSignOn;

/// <summary>Somebody as the provider describes them.</summary>
/// <param name="Subject">Never another person's at this issuer.</param>
/// <param name="VerifiedEmail">Null unless the provider says that the address is the person's.</param>
internal sealed record ExternalPerson(string Subject, string? VerifiedEmail, string? Name, string? Locale)
{
    private const int SubjectMaxLength = 255; // OpenID Connect Core, section 2

    /// <summary>
    /// Microsoft Entra ID has no <c>email_verified</c>, but says whether the tenant owns the domain of the address.
    /// </summary>
    private const string EntraVerified = "xms_edov";

    public static readonly IReadOnlyList<string> Claims = ["email", "email_verified", EntraVerified, "name", "locale"];

    public static ExternalPerson? Of(ClaimsPrincipal principal)
    {
        if (principal.FindFirst("sub")?.Value is not { Length: > 0 and <= SubjectMaxLength } subject) return null;
        if (subject.Any(char.IsControl)) return null;

        var email = EmailAddresses.Canonical(principal.FindFirst("email")?.Value ?? "");
        return new(
            subject,
            EmailAddresses.IsValid(email) && (IsTrue("email_verified") || IsTrue(EntraVerified)) ? email : null,
            NameOf(principal.FindFirst("name")?.Value),
            principal.FindFirst("locale")?.Value);

        bool IsTrue(string claim) => principal.FindFirst(claim)?.Value is { } value
            && (value is "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase));
    }

    private static string? NameOf(string? name)
    {
        var clean = string.Concat((name ?? "").Where(letter => !char.IsControl(letter))).Trim();
        return clean is "" ? null : clean[..Math.Min(clean.Length, Account.NameMaxLength)];
    }
}
