namespace Platform.Mail.Templates;

/// <summary>What a mail says, before it is put into words.</summary>
/// <param name="Locale"><c>pt-BR</c>, or anything else for English.</param>
/// <param name="Values">What the text may name, beside <c>facts</c> and <c>links</c>.</param>
/// <param name="Facts">Labels and values, for <c>{{ facts }}</c>.</param>
/// <param name="Links">What the reader can do, for <c>{{ links }}</c>.</param>
public sealed record MailModel(
    MailText Text,
    string Locale,
    MailBrand Brand,
    IReadOnlyDictionary<string, string?> Values,
    IReadOnlyList<MailFact> Facts,
    IReadOnlyList<MailLink> Links);

/// <summary>Subject and text, as Liquid.</summary>
/// <param name="IsOwn">Whether a tenant has written it; else it is one of <c>MailTexts.resx</c>.</param>
public sealed record MailText(string Subject, string Text, bool IsOwn = false)
{
    /// <param name="template">The beginning of the keys of its texts.</param>
    public static MailText Of(string template, string locale) =>
        new(MailTemplates.TextOf($"{template}.Subject", locale), MailTemplates.TextOf($"{template}.Text", locale));
}

public sealed record MailFact(string Label, string Value)
{
    /// <summary>As a line of text.</summary>
    public override string ToString() => $"{MailTemplates.Line(Label)}: {MailTemplates.Line(Value)}";
}

public sealed record MailLink(string Label, string Url)
{
    /// <summary>As a line of text.</summary>
    public override string ToString() => $"{MailTemplates.Line(Label)}: {MailTemplates.Line(Url)}";
}

/// <param name="Color">As CSS writes it: <c>#rrggbb</c>.</param>
/// <param name="LogoUrl">With https.</param>
/// <param name="LegalName">For the foot of the mail, where it is another than the name.</param>
public sealed record MailBrand(string Name, string? Color = null, string? LogoUrl = null, string? LegalName = null);

/// <param name="Html">With its styles in the elements, as mail programs need it.</param>
public sealed record WrittenMail(string Subject, string Text, string Html);
