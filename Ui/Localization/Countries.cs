using System.Globalization;
using PhoneNumbers;

namespace Platform.Ui.Localization;

/// <summary>
/// The countries of ISO 3166-1 with their names in our languages (from the CLDR, <c>countries.txt</c>), because the
/// framework knows no Portuguese ones, and their codes for telephone calls.
/// </summary>
public static class Countries
{
    private static readonly IReadOnlyList<(string Code, string English, string Portuguese)> All = [.. Read()];

    /// <summary>Code and name, sorted as readers of the language expect.</summary>
    public static IReadOnlyList<(string Value, string Text)> Names() => Sorted(country => country.Name);

    /// <summary>The same with the code for calls: <c>Brasil +55</c>.</summary>
    public static IReadOnlyList<(string Value, string Text)> Dialling() => Sorted(country =>
        CallingCode(country.Code) is > 0 and var calls ? $"{country.Name} +{calls}" : null);

    public static string NameOf(string code) => Names().FirstOrDefault(country => country.Value == code).Text ?? code;

    /// <summary>
    /// A number as it is dialled in a country, for the API; what begins with + says its country itself.
    /// </summary>
    public static string? International(string? phone, string? country)
    {
        if (string.IsNullOrWhiteSpace(phone)) return null;

        var text = phone.Trim();
        return text[0] == '+' || country is null || CallingCode(country) == 0 ? text : $"+{CallingCode(country)} {text}";
    }

    private static int CallingCode(string country) => PhoneNumberUtil.GetInstance().GetCountryCodeForRegion(country);

    private static List<(string Value, string Text)> Sorted(Func<(string Code, string Name), string?> write)
    {
        var isPortuguese = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "pt";
        var named = All.Select(country => (country.Code, Name: isPortuguese ? country.Portuguese : country.English))
            .OrderBy(country => country.Name, StringComparer.CurrentCultureIgnoreCase);
        return [.. from country in named let text = write(country) where text is not null select (country.Code, text)];
    }

    private static IEnumerable<(string, string, string)> Read()
    {
        using var file = typeof(Countries).Assembly.GetManifestResourceStream("countries.txt")!;
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            if (line.Split(';') is [var code, var english, var portuguese]) yield return (code, english, portuguese);
        }
    }
}
