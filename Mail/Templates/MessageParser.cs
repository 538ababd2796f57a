using Fluid;

namespace Platform.Mail.Templates;

/// <summary>
/// Liquid as mails may use it: values, conditions and comments. Without loops, assignments and files, what a template
/// makes is no longer than its text and its values.
/// </summary>
internal static class MessageParser
{
    private static readonly string[] Tags = ["if", "unless", "case", "comment", "raw"];

    private static readonly FluidParser Parser = New();

    public static bool TryParse(string source, out IFluidTemplate template, out string error) =>
        Parser.TryParse(source, out template, out error);

    public static IFluidTemplate Parse(string source) => Parser.Parse(source);

    private static FluidParser New()
    {
        var parser = new FluidParser();
        foreach (var tag in parser.RegisteredTags.Keys.Except(Tags).ToList()) parser.RegisteredTags.Remove(tag);
        return parser;
    }
}
