using System.Text.RegularExpressions;
using PhoneNumbers;

namespace Platform.Core.Clients;

/// <summary>Reads telephone numbers as people write them.</summary>
internal static partial class PhoneText
{
    private static readonly PhoneNumberUtil Plans = PhoneNumberUtil.GetInstance();

    /// <param name="country">ISO 3166-1 alpha-2; null reads only numbers that begin with +.</param>
    /// <returns>Null if it is no number, or has an extension.</returns>
    public static string? ToE164(string text, string? country)
    {
        if (!Written().IsMatch(text)) return null;

        if (Read(text, country) is { HasExtension: false } number && Plans.IsValidNumber(number))
        {
            return Plans.Format(number, PhoneNumberFormat.E164);
        }

        // Plans change: a number with its country's code is taken even where the plan that we know has no place for it.
        var international = Separators().Replace(text, "");
        return E164().IsMatch(international) ? international : null;
    }

    private static PhoneNumber? Read(string text, string? country)
    {
        try
        {
            return Plans.Parse(text, country);
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    /// <summary>
    /// Digits and what people put between them; the library would also read letters and whole sentences.
    /// </summary>
    [GeneratedRegex(@"^\+?[0-9\s().\/‐-―-]+\z")]
    private static partial Regex Written();

    [GeneratedRegex(@"[\s().‐-―-]")]
    private static partial Regex Separators();

    /// <summary>No country's code begins with 0.</summary>
    [GeneratedRegex(@"^\+[1-9][0-9]{7,14}\z")]
    private static partial Regex E164();
}
