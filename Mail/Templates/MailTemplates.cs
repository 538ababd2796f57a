using System.Collections.Concurrent;
using System.Globalization;
using System.Resources;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Fluid;

namespace Platform.Mail.Templates;

/// <summary>Writes mails from Liquid templates, in the reader's language.</summary>
public static partial class MailTemplates
{
    private const string DefaultColor = "#1d4ed8";

    private static readonly ResourceManager Texts = new("Platform.Mail.Templates.MailTexts", typeof(MailTemplates).Assembly);

    /// <summary>Of our own templates; those of tenants are parsed when they are used.</summary>
    private static readonly ConcurrentDictionary<string, IFluidTemplate> Parsed = [];

    private static readonly TemplateOptions Options = new() { MaxSteps = 10_000 };

    /// <summary>Letters of all languages stay readable.</summary>
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    private static readonly FluidParser LayoutParser = new();

    private static readonly string HtmlLayout = Layout("Layout.html.liquid");

    public static CultureInfo CultureOf(string locale) =>
        CultureInfo.GetCultureInfo(IsPortuguese(locale) ? "pt-BR" : "en-GB");

    public static bool IsPortuguese(string locale) => locale.StartsWith("pt", StringComparison.OrdinalIgnoreCase);

    /// <summary>A text of <c>MailTexts.resx</c>.</summary>
    public static string TextOf(string key, string locale) =>
        Texts.GetString(key, IsPortuguese(locale) ? CultureInfo.GetCultureInfo("pt-BR") : CultureInfo.InvariantCulture)
        ?? throw new ArgumentException($"There is no text {key}.", nameof(key));

    public static WrittenMail Write(MailModel model)
    {
        var values = model.Values.ToDictionary(
            value => value.Key, value => (object?)(value.Value is { Length: > 0 } text ? Line(text) : null));
        var subject = Line(Render(model.Text, model.Text.Subject, values)).Trim();

        values["facts"] = string.Join('\n', model.Facts);
        values["links"] = string.Join('\n', model.Links);
        var paragraphs = Blank().Split(Render(model.Text, model.Text.Text, values).ReplaceLineEndings("\n"))
            .Select(paragraph => paragraph.Trim()).Where(paragraph => paragraph.Length > 0).ToList();

        var text = string.Join("\n\n", paragraphs);
        if (model.Brand.LegalName is { } legal) text += $"\n\n-- \n{Line(legal)}";
        return new(subject, text + "\n", HtmlOf(model, subject, paragraphs));
    }

    /// <summary>
    /// Values come from people: a line break in one must not become a header, or a paragraph of the mail.
    /// </summary>
    public static string Line(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);

    private static string Render(MailText text, string source, Dictionary<string, object?> values)
    {
        var template = text.IsOwn
            ? MessageParser.Parse(source)
            : Parsed.GetOrAdd(source, MessageParser.Parse);
        return Render(template, values, NullEncoder.Default);
    }

    private static string Render(IFluidTemplate template, Dictionary<string, object?> values, TextEncoder encoder)
    {
        var context = new TemplateContext(Options);
        foreach (var (name, value) in values) context.SetValue(name, value);
        return template.Render(context, encoder);
    }

    private static string HtmlOf(MailModel model, string subject, IReadOnlyList<string> paragraphs)
    {
        var brand = model.Brand;
        var urls = Url().Matches(model.Text.Text).Select(match => match.Value)
            .Concat(model.Values.Where(value => IsUrlName(value.Key)).Select(value => value.Value).OfType<string>())
            .ToHashSet();
        Dictionary<string, object?> values = new()
        {
            ["subject"] = subject,
            ["locale"] = IsPortuguese(model.Locale) ? "pt-BR" : "en",
            ["brand"] = new Dictionary<string, object?>
            {
                ["name"] = Line(brand.Name),
                ["color"] = brand.Color ?? DefaultColor,
                ["logo"] = brand.LogoUrl,
                ["legal"] = brand.LegalName is { } legal ? Line(legal) : null,
            },
            ["blocks"] = paragraphs.SelectMany(paragraph => Blocks(paragraph, model, urls)).ToArray(),
        };

        var template = Parsed.GetOrAdd(HtmlLayout, LayoutParser.Parse);
        using var inlined = new PreMailer.Net.PreMailer(Render(template, values, Html));
        return inlined.MoveCssInline(removeStyleElements: true).Html;
    }

    /// <summary>Lines that are facts or links stand alone; the others are a paragraph together.</summary>
    private static IEnumerable<Dictionary<string, object?>> Blocks(string paragraph, MailModel model, HashSet<string> urls)
    {
        List<object> lines = [];
        foreach (var line in paragraph.Split('\n'))
        {
            var fact = model.Facts.FirstOrDefault(f => f.ToString() == line);
            var link = model.Links.FirstOrDefault(l => l.ToString() == line);
            if (fact is null && link is null)
            {
                lines.Add(Parts(line, urls));
                continue;
            }

            if (lines.Count > 0) yield return new() { ["lines"] = lines.ToArray() };
            lines.Clear();
            yield return fact is not null
                ? new() { ["fact"] = Pair("label", fact.Label, "value", fact.Value) }
                : new() { ["link"] = Pair("label", link!.Label, "url", link.Url) };
        }

        if (lines.Count > 0) yield return new() { ["lines"] = lines.ToArray() };
    }

    /// <summary>URLs that the template or we have written become links, not those that clients have entered.</summary>
    private static object[] Parts(string line, HashSet<string> urls) =>
    [
        .. Words().Split(line).Where(word => word.Length > 0).Select(word =>
            new Dictionary<string, object?> { [urls.Contains(word) ? "url" : "text"] = word }),
    ];

    /// <summary>Values that we make, whatever else people enter.</summary>
    private static bool IsUrlName(string name) => name == "link" || name.EndsWith("_url", StringComparison.Ordinal);

    private static Dictionary<string, object?> Pair(string label, string labelValue, string name, string value) =>
        new() { [label] = Line(labelValue), [name] = Line(value) };

    private static string Layout(string name)
    {
        using var stream = typeof(MailTemplates).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\n[ \t]*\n")]
    private static partial Regex Blank();

    /// <summary>Between words, which stay as they are.</summary>
    [GeneratedRegex(@"(\s+)")]
    private static partial Regex Words();

    [GeneratedRegex(@"https?://[^\s{}<>""]+[^\s{}<>"".,;:!?)]")]
    private static partial Regex Url();
}
