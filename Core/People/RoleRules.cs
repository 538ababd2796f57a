using System.Globalization;
using System.Text;
using Platform.Contracts;

namespace Platform.Core.People;

/// <summary>How roles are named, and which of them may be changed.</summary>
public static class RoleRules
{
    private const int SlugMaxLength = 63;

    /// <summary>From a name: its letters without accents, underscores for the rest.</summary>
    public static string SlugOf(string name)
    {
        var letters = name.Normalize(NormalizationForm.FormD).ToLowerInvariant()
            .Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            .Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')
            .ToArray();
        var slug = string.Join('_', new string(letters).Split(' ', StringSplitOptions.RemoveEmptyEntries));

        // A name without any such letter is distinguished by its code points.
        if (slug.Length == 0) slug = $"role_{string.Concat(name.Take(10).Select(c => $"{(int)c:x4}"))}";
        return slug[..Math.Min(slug.Length, SlugMaxLength)].TrimEnd('_');
    }

    public static readonly Rejection OfThePlatform =
        new(RejectionKind.Conflict, Codes.SystemRole, "Roles of the platform cannot be changed.");

    public static readonly Rejection InUse =
        new(RejectionKind.Conflict, Codes.RoleInUse, "Users have this role; remove it from them first.");

    public static readonly Rejection TooMuch = new(
        RejectionKind.Forbidden, Codes.Forbidden, "The role contains permissions that you do not have.", "permissions");

    public static Rejection Taken(long existingId) =>
        new(RejectionKind.Conflict, Codes.AlreadyExists, "A role with this name exists.", "slug")
        {
            Extras = new() { ExistingId = existingId },
        };
}
