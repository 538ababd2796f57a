using Platform.Ui.Theming;

namespace Platform.Hub.Web.Settings;

/// <summary>What a brand's colour becomes where text must stay readable.</summary>
/// <param name="Contrast">Of the colour as it was chosen to white.</param>
/// <param name="IsAltered">Whether buttons or links take another shade than the one that was chosen.</param>
public sealed record BrandView(BrandTheme Theme, double Contrast, bool IsAltered)
{
    public static BrandView? Of(string? hex)
    {
        if (!BrandTheme.Rgb.TryParse(hex, out var colour)) return null;

        var theme = BrandTheme.From(hex!);
        var contrast = BrandTheme.Contrast(colour, new(255, 255, 255));
        return new(theme, contrast, theme.Solid != theme.Primary || theme.TextOnLight != theme.Primary);
    }

    /// <summary>The tokens of the kit for one box of a page.</summary>
    /// <param name="tertiary">A colour that was checked, or null.</param>
    public static string Css(string? primary, string? tertiary)
    {
        var theme = Of(primary)?.Theme;
        var accent = BrandTheme.Rgb.TryParse(tertiary, out var colour) ? $"--brand-tertiary:{colour.Hex};" : "";
        var main = theme is null ? "" :
            $"--brand-primary:{theme.Primary};--brand-solid:{theme.Solid};--on-brand:{theme.OnSolid};"
            + $"--brand-text:light-dark({theme.TextOnLight},{theme.TextOnDark});";
        return $".brand-preview{{{main}{accent}}}";
    }
}
