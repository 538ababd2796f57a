using System.Globalization;
using System.Text;

namespace Platform.Admin.Web.Tenants;

/// <summary>The slug that a name suggests: <c>Clínica São João</c> becomes <c>clinica-sao-joao</c>.</summary>
public static class SlugText
{
    private const int MaxLength = 63;

    public static string From(string? name)
    {
        var letters = (name ?? "").Normalize(NormalizationForm.FormD).ToLowerInvariant()
            .Where(letter => CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
            .Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-');
        var slug = string.Join('-', string.Concat(letters).Split('-', StringSplitOptions.RemoveEmptyEntries));
        return slug[..Math.Min(slug.Length, MaxLength)].TrimEnd('-');
    }
}
