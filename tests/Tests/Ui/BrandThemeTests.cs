using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Platform.Tests.Support;
using Platform.Ui.Theming;

namespace Platform.Tests.Ui;

public sealed partial class BrandThemeTests
{
    private static readonly Gen<string> Colours = Gen.Choose(0, 0xffffff).Select(value => $"#{value:x6}");

    [Fact]
    public void Every_brand_colour_becomes_a_readable_theme() =>
        Prop.ForAll(Colours.ToArbitrary(), colour =>
        {
            var theme = BrandTheme.From(colour);
            return Ratio(theme.Solid, theme.OnSolid) >= 4.5
                && Ratio(theme.TextOnLight, "#ffffff") >= 4.5
                && Ratio(theme.TextOnLight, "#eef0f4") >= 4.5
                && Ratio(theme.TextOnDark, "#161920") >= 4.5
                && Ratio(theme.TextOnDark, "#2b303b") >= 4.5;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Theory]
    [InlineData("red")]
    [InlineData("#12345")]
    [InlineData("#12345g")]
    [InlineData("#123456;}body{display:none")]
    [InlineData("")]
    public void A_value_that_is_not_a_colour_is_refused(string text) =>
        Assert.Throws<FormatException>(() => BrandTheme.From(text));

    [Fact]
    public void The_kit_starts_with_the_theme_of_its_own_primary_colour()
    {
        var tokens = File.ReadAllText(Repository.PathOf("Ui/frontend/src/css/tokens.css"));
        var values = Declaration().Matches(tokens)
            .ToLookup(match => match.Groups[1].Value, match => match.Groups[2].Value);

        var theme = BrandTheme.From(values["brand-primary"].First());

        Assert.Equal(theme.Solid, values["brand-solid"].First());
        Assert.Equal(theme.OnSolid, values["on-brand"].First());
        Assert.Equal(theme.TextOnLight, values["brand-text-light"].First());
        Assert.Equal(theme.TextOnDark, values["brand-text-dark"].First());
        Assert.Equal("#5ED6CE", values["brand-tertiary"].First());
    }

    private static double Ratio(string a, string b) => BrandTheme.Contrast(Colour(a), Colour(b));

    private static BrandTheme.Rgb Colour(string hex) =>
        BrandTheme.Rgb.TryParse(hex, out var colour) ? colour : throw new FormatException(hex);

    [GeneratedRegex("--([a-z-]+): (#[0-9a-fA-F]{6});")]
    private static partial Regex Declaration();
}
