using System.Globalization;
using System.Runtime.InteropServices;

namespace Platform.Ui.Theming;

/// <summary>
/// Turns the primary colour of a brand into a set that is readable in light and in dark mode (WCAG 2.2, at least 4.5
/// to 1), whatever colour it is.
/// </summary>
/// <param name="Primary">The colour as it was given.</param>
/// <param name="Solid">The fill of primary buttons.</param>
/// <param name="OnSolid">Text on that fill.</param>
/// <param name="TextOnLight">Links and marked text on light surfaces.</param>
/// <param name="TextOnDark">The same on dark surfaces.</param>
public sealed record BrandTheme(string Primary, string Solid, string OnSolid, string TextOnLight, string TextOnDark)
{
    private const double Required = 4.5;
    private static readonly Rgb Black = new(0, 0, 0);
    private static readonly Rgb White = new(255, 255, 255);
    private static readonly Rgb Ink = new(0x10, 0x13, 0x1a);

    /// <summary>The light surface with the lowest contrast to text of the brand.</summary>
    private static readonly Rgb LightSoft = new(0xee, 0xf0, 0xf4);

    /// <summary>The hardest dark one.</summary>
    private static readonly Rgb DarkSoft = new(0x2b, 0x30, 0x3b);

    /// <param name="hex">A colour as <c>#rrggbb</c>; anything else is a <see cref="FormatException"/>.</param>
    public static BrandTheme From(string hex)
    {
        if (!Rgb.TryParse(hex, out var primary)) throw new FormatException("A colour is written as #rrggbb.");

        // A brand that is light enough gets dark text; the others get white text, and are darkened as needed.
        var onSolid = Contrast(primary, White) >= 3 ? White : Ink;
        var solid = Until(primary, onSolid, towards: onSolid == White ? Black : White);

        return new(
            primary.Hex,
            solid.Hex,
            onSolid.Hex,
            Until(primary, LightSoft, towards: Black).Hex,
            Until(primary, DarkSoft, towards: White).Hex);
    }

    /// <summary>A style sheet that replaces the brand's tokens of the kit.</summary>
    public string ToCss() =>
        $":root{{--brand-primary:{Primary};--brand-solid:{Solid};--on-brand:{OnSolid};" +
        $"--brand-text-light:{TextOnLight};--brand-text-dark:{TextOnDark}}}";

    public static double Contrast(Rgb a, Rgb b)
    {
        var (high, low) = a.Luminance > b.Luminance ? (a, b) : (b, a);
        return (high.Luminance + .05) / (low.Luminance + .05);
    }

    private static Rgb Until(Rgb colour, Rgb against, Rgb towards)
    {
        for (var step = 0; step <= 50; step++)
        {
            var mixed = colour.Mix(towards, step / 50d);
            if (Contrast(mixed, against) >= Required) return mixed;
        }

        return towards;
    }

    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Rgb(byte R, byte G, byte B)
    {
        public string Hex => $"#{R:x2}{G:x2}{B:x2}";

        /// <summary>Relative luminance as WCAG defines it, 0 to 1.</summary>
        public double Luminance => .2126 * Linear(R) + .7152 * Linear(G) + .0722 * Linear(B);

        /// <param name="other">The colour to go towards.</param>
        /// <param name="share">0 is this colour, 1 the other.</param>
        public Rgb Mix(Rgb other, double share) =>
            new(Mix(R, other.R, share), Mix(G, other.G, share), Mix(B, other.B, share));

        public static bool TryParse(string? text, out Rgb colour)
        {
            colour = default;
            if (text is not ['#', .. { Length: 6 } digits]) return false;
            if (!uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                return false;
            }

            colour = new((byte)(value >> 16), (byte)(value >> 8), (byte)value);
            return true;
        }

        private static byte Mix(byte from, byte to, double share) => (byte)Math.Round(from + (to - from) * share);

        private static double Linear(byte channel)
        {
            var value = channel / 255d;
            return value <= .04045 ? value / 12.92 : Math.Pow((value + .055) / 1.055, 2.4);
        }
    }
}
