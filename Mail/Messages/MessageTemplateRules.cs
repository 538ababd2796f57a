using System.Globalization;
using System.Text.RegularExpressions;
using Fluid;
using Fluid.Ast;
using Platform.Contracts;
using Platform.Contracts.Messages;
using Platform.Mail.Templates;

namespace Platform.Mail.Messages;

/// <param name="Detail">For a person to read.</param>
public sealed record TemplateFault(TemplateError Error, string Detail);

/// <summary>Whether a tenant may send a mail with this subject and text.</summary>
public static partial class MessageTemplateRules
{
    /// <summary>Filters that make no more of a value than it is.</summary>
    public static readonly IReadOnlyList<string> Filters = ["capitalize", "default", "downcase", "strip", "truncate", "upcase"];

    /// <summary>More would take a reader of the template, and the parser, too deep.</summary>
    private const int MaxTags = 60, MaxTagLength = 300;

    public static IReadOnlyList<TemplateFault> Check(string kind, MailText text) =>
    [
        .. Check("subject", text.Subject, MessageVariables.OfSubject(kind), []),
        .. Check("text", text.Text, MessageVariables.OfText(kind), MessageVariables.Required(kind)),
    ];

    private static IEnumerable<TemplateFault> Check(
        string field, string source, IReadOnlyList<string> known, IReadOnlyList<string> required)
    {
        var tags = Tag().Matches(source);
        if (tags.Count > MaxTags)
        {
            return [Fault(field, Codes.InvalidTemplate, null, null, $"It has more than {MaxTags} tags.")];
        }

        if (tags.FirstOrDefault(tag => tag.Length > MaxTagLength) is { } long_)
        {
            var line = LineAt(source, long_.Index);
            return [Fault(field, Codes.InvalidTemplate, line, null, $"A tag has more than {MaxTagLength} characters.")];
        }

        if (!MessageParser.TryParse(source, out var template, out var error)) return [Unreadable(field, source, error)];

        var names = Names.Of(template);
        return
        [
            .. names.Variables.Where(name => !known.Contains(name)).Select(name => Fault(
                field, Codes.UnknownVariable, LineOf(source, name), name, $"There is no variable '{name}' here.")),
            .. names.Filters.Where(name => !Filters.Contains(name)).Select(name => Fault(
                field, Codes.InvalidTemplate, LineOf(source, name), name, $"There is no filter '{name}'.")),
            .. required.Where(name => !Shows(template, name)).Select(name => Fault(
                field, Codes.LinkMissing, null, name,
                $"It must contain {{{{ {name} }}}} or {{{{ links }}}}, outside of conditions and without filters: "
                + "people without an account have no other link.")),
        ];
    }

    /// <summary>Whatever the values are.</summary>
    private static bool Shows(IFluidTemplate template, string name) =>
        template is IStatementList { Statements: { } statements } && statements.OfType<OutputStatement>().Any(output =>
            output.Expression is MemberExpression { Segments: [IdentifierSegment { Identifier: var shown }] }
            && (shown == name || shown == MessageVariables.Links));

    private static TemplateFault Unreadable(string field, string source, string error)
    {
        var place = Place().Match(error);
        var tag = UnknownTag().Match(error);
        int? line = place.Success ? int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture) : null;
        string? name = tag.Success ? tag.Groups[1].Value : null;
        if (name is not null) line = LineOf(source, name) ?? line;
        return Fault(
            field, Codes.InvalidTemplate, line, name,
            name is null ? $"It is not Liquid: {Place().Replace(error, "").Trim()}." : $"The tag '{name}' is not available.");
    }

    private static TemplateFault Fault(string field, string code, int? line, string? name, string detail) => new(
        new(field, code, line, name),
        line is { } number ? string.Create(CultureInfo.InvariantCulture, $"Line {number}: {detail}") : detail);

    /// <summary>Where a tag first names it.</summary>
    private static int? LineOf(string source, string name)
    {
        var word = new Regex($@"(?<![\w.]){Regex.Escape(name)}(?!\w)");
        foreach (Match tag in Tag().Matches(source))
        {
            if (word.Match(tag.Value) is { Success: true } found) return LineAt(source, tag.Index + found.Index);
        }

        return null;
    }

    private static int LineAt(string source, int index) => source.AsSpan(0, index).Count('\n') + 1;

    [GeneratedRegex(@"\{[{%].*?(?:[%}]\}|$)", RegexOptions.Singleline)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s*at \((\d+):\d+\)")]
    private static partial Regex Place();

    [GeneratedRegex(@"[Uu]nknown tag '(\w+)'")]
    private static partial Regex UnknownTag();

    /// <summary>What a template names.</summary>
    private sealed class Names : AstVisitor
    {
        public HashSet<string> Variables { get; } = [];

        public HashSet<string> Filters { get; } = [];

        public static Names Of(IFluidTemplate template)
        {
            var names = new Names();
            names.VisitTemplate(template);
            return names;
        }

        protected override Expression VisitMemberExpression(MemberExpression memberExpression)
        {
            Variables.Add(string.Join('.', memberExpression.Segments.Select(segment =>
                segment is IdentifierSegment identifier ? identifier.Identifier : "[]")));
            return base.VisitMemberExpression(memberExpression);
        }

        protected override Expression VisitFilterExpression(FilterExpression filterExpression)
        {
            Filters.Add(filterExpression.Name);
            return base.VisitFilterExpression(filterExpression);
        }
    }
}
