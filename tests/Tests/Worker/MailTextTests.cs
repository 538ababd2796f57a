using System.Text.RegularExpressions;
using System.Xml.Linq;
using Fluid;
using Platform.Tests.Support;

namespace Platform.Tests.Worker;

public sealed partial class MailTextTests
{
    [Fact]
    public void Both_languages_have_the_same_templates_with_the_same_values()
    {
        var (english, portuguese) = (Read("MailTexts.resx"), Read("MailTexts.pt-BR.resx"));

        Assert.True(english.Count > 30, "The texts are not where this test looks for them.");
        Assert.Equal(Values(english), Values(portuguese));
    }

    [Fact]
    public void Every_template_is_liquid_and_has_a_subject_and_a_text()
    {
        var parser = new FluidParser();
        var texts = Read("MailTexts.resx").Concat(Read("MailTexts.pt-BR.resx")).ToList();

        Assert.All(texts, text => Assert.True(parser.TryParse(text.Value, out _, out var error), $"{text.Key}: {error}"));
        var keys = texts.Select(text => text.Key).ToHashSet();
        Assert.All(keys.Where(key => key.EndsWith(".Text", StringComparison.Ordinal)), key => Assert.Contains(key[..^5] + ".Subject", keys));
        Assert.All(keys.Where(key => key.EndsWith(".Subject", StringComparison.Ordinal)), key => Assert.Contains(key[..^8] + ".Text", keys));
    }

    private static Dictionary<string, string> Read(string file) =>
        XDocument.Load(Repository.PathOf($"Mail/Templates/{file}")).Descendants("data")
            .ToDictionary(data => (string)data.Attribute("name")!, data => data.Element("value")!.Value);

    private static IEnumerable<string> Values(Dictionary<string, string> texts) =>
        from text in texts
        from value in Value().Matches(text.Value).Select(match => match.Value).Distinct().DefaultIfEmpty("")
        orderby text.Key, value
        select $"{text.Key} {value}";

    [GeneratedRegex(@"(?<=\{\{ |\{% if )\w+")]
    private static partial Regex Value();
}
