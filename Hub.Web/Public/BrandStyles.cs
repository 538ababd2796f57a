using System.Security.Cryptography;
using System.Text;
using Platform.Contracts.Catalogue;
using Platform.Ui.Theming;

namespace Platform.Hub.Web.Public;

/// <summary>The style sheet of a tenant's brand. Text on its colours is made readable.</summary>
internal static class BrandStyles
{
    public static string Of(Branding branding) => string.Concat(
        branding.PrimaryColor is { } primary ? BrandTheme.From(primary).ToCss() : "",
        branding.SecondaryColor is { } secondary ? $":root{{--brand-secondary:{secondary}}}" : "",
        branding.TertiaryColor is { } tertiary ? $":root{{--brand-tertiary:{tertiary};--brand-tertiary-bg:{tertiary}1a}}" : "",
        branding.FontFamily is { } font and not FontFamilies.System
            ? $"html{{font-family:\"{font}\",var(--font)}}" // where the device has it
            : "");

    public static string VersionOf(Branding branding) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Of(branding))))[..12];
}
