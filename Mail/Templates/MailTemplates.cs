using System.Collections.Concurrent;
using System.Globalization;
using System.Resources;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Fluid;

namespace Platform.Mail.Templates;

/// <summary>What a mail says, before it is put into words.</summary>
/// <param name="Template">
/// Its subject is <c>{Template}.Subject </c> of <c>MailTexts.resx </c>, its text <c>{Template}.Text </c>.
/// </param>
/// <param name="Locale"><c>pt-BR</c>, or anything else for English.</param>
/// <param name="Values">What the template may name.</param>
/// <param name="Facts">Labels and values below the text.</param>
/// <param name="Links">What the reader can do.</param>
public sealed record MailModel(
    string Template,
    string Locale,
    MailBrand Brand,
    IReadOnlyDictionary<string, string?> Values,
    IReadOnlyList<MailFact> Facts,
    IReadOnlyList<MailLink> Links);

public sealed record MailFact(string Label, string Value);

public sealed record MailLink(string Label, string Url);

/// <param name="Color">As CSS writes it: <c>#rrggbb</c>.</param>
public sealed record MailBrand(string Name, string? Color = null);

/// <param name="Html">With its styles in the elements, as mail programs need it.</param>
public sealed record WrittenMail(string Subject, string Text, string Html);

/// <summary>Writes mails from Liquid templates, in the reader's language.</summary>
public static class MailTemplates
{
    private const string DefaultColor = "#1d4ed8";

    private static readonly ResourceManager Texts = new("Platform.Mail.Templates.MailTexts", typeof(MailTemplates).Assembly);

    private static readonly FluidParser Parser = new();

    private static readonly ConcurrentDictionary<string, IFluidTemplate> Parsed = [];

    private static readonly TemplateOptions Options = new() { MaxSteps = 10_000 };

    /// <summary>Letters of all languages stay readable.</summary>
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    private static readonly string TextLayout = Layout("Layout.txt.liquid"), HtmlLayout = Layout("Layout.html.liquid");

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
            value => value.Key, value => (object?)(value.Value is { } text ? Line(text) : null));
        values["brand"] = new Dictionary<string, object?>
        {
            ["name"] = Line(model.Brand.Name),
            ["color"] = model.Brand.Color ?? DefaultColor,
        };

        var subject = Line(Render(TextOf($"{model.Template}.Subject", model.Locale), values, NullEncoder.Default)).Trim();
        string[] paragraphs =
        [
            .. Render(TextOf($"{model.Template}.Text", model.Locale), values, NullEncoder.Default)
                .ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        ];
        values["subject"] = subject;
        values["locale"] = IsPortuguese(model.Locale) ? "pt-BR" : "en";
        values["paragraphs"] = paragraphs;
        values["htmlParagraphs"] = paragraphs.Select(HtmlParagraph).ToArray();
        values["facts"] = model.Facts.Select(f => Pair("label", f.Label, "value", f.Value)).ToArray();
        values["links"] = model.Links.Select(l => Pair("label", l.Label, "url", l.Url)).ToArray();

        var html = Render(HtmlLayout, values, Html);
        using var inlined = new PreMailer.Net.PreMailer(html);
        return new(
            subject,
            Render(TextLayout, values, NullEncoder.Default).Trim() + "\n",
            inlined.MoveCssInline(removeStyleElements: true).Html);
    }

    /// <summary>
    /// Values come from people: a line break in one must not become a header, or a paragraph of the mail.
    /// </summary>
    public static string Line(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);

    private static string Render(string template, Dictionary<string, object?> values, TextEncoder encoder)
    {
        var parsed = Parsed.GetOrAdd(template, static text => Parser.TryParse(text, out var result, out var error)
            ? result
            : throw new InvalidOperationException($"A template is not valid: {error}"));
        var context = new TemplateContext(Options);
        foreach (var (name, value) in values) context.SetValue(name, value);
        return parsed.Render(context, encoder);
    }

    private static Dictionary<string, object?> HtmlParagraph(string text) => new()
    {
        ["url"] = IsLink(text) ? text : null,
        ["lines"] = text.Split('\n'),
    };

    private static bool IsLink(string text) =>
        !text.Contains(' ') && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp);

    private static Dictionary<string, object?> Pair(string label, string labelValue, string name, string value) =>
        new() { [label] = Line(labelValue), [name] = Line(value) };

    private static string Layout(string name)
    {
        using var stream = typeof(MailTemplates).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
