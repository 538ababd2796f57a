using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Platform.Contracts.Catalogue;
using Platform.Ui.Theming;

namespace Platform.Hub.Web.Public;

/// <summary>The style sheet of a tenant's brand. Text on its colours is made readable.</summary>
internal static class BrandStyles
{
    public static string Of(Branding branding)
    {
        var css = new StringBuilder();
        if (branding.PrimaryColor is { } primary) css.Append(BrandTheme.From(primary).ToCss());
        if (branding.SecondaryColor is { } secondary) css.Append(CultureInfo.InvariantCulture, $":root{{--brand-secondary:{secondary}}}");
        if (branding.TertiaryColor is { } tertiary)
        {
            css.Append(CultureInfo.InvariantCulture, $":root{{--brand-tertiary:{tertiary};--brand-tertiary-bg:color-mix(in srgb,{tertiary} 10%,transparent)}}");
        }

        if (branding.FontFamily is { } font and not FontFamilies.System)
        {
            css.Append(CultureInfo.InvariantCulture, $"html{{font-family:\"{font}\",var(--font)}}"); // where the device has it
        }

        return css.ToString();
    }

    public static string VersionOf(Branding branding) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Of(branding))))[..12];
}
