using System.Text.RegularExpressions;
using Platform.Tests.Support;

namespace Platform.Tests.Architecture;

/// <summary>Phrases that name no actor, or that a reader has to translate. The plain ones are beside them.</summary>
public sealed class PlainEnglishTests
{
    public static TheoryData<string, string> Phrases => new()
    {
        { "whoever", "name the actor: callers, members, clients" },
        { "(tells|told|telling)", "reports, returns, shows, notifies" },
        { "(is|are) none", "is invalid, does not exist" },
        { "of then", "at that time, earlier" },
        { "wants", "requires, requests" },
        { "anew", "again" },
        { "meanwhile", "concurrently, in between" },
        { "(is|are|was|were) away", "is unavailable" },
        { "patience", "timeout" },
    };

    /// <summary>Comments, messages, names of tests and documentation.</summary>
    [Theory]
    [MemberData(nameof(Phrases))]
    public void The_repository_is_written_in_plain_English(string phrase, string instead)
    {
        var pattern = new Regex($@"(?<![A-Za-z]){phrase}(?![A-Za-z])", RegexOptions.IgnoreCase);

        var found = Texts().Where(line => pattern.IsMatch(Words(line.Text)))
            .Select(line => $"{line.File}:{line.Number}: {line.Text.Trim()}").ToList();

        Assert.True(found.Count == 0, $"Instead of \"{phrase}\" write: {instead}\n{string.Join('\n', found)}");
    }

    private static IEnumerable<(string File, int Number, string Text)> Texts() =>
        from pattern in (string[])["*.cs", "*.md", "*.cshtml"]
        from file in Repository.Files("", pattern)
        let relative = Path.GetRelativePath(Repository.PathOf(""), file)
        where !relative.StartsWith('.') && !relative.EndsWith($"{nameof(PlainEnglishTests)}.cs", StringComparison.Ordinal)
        from line in File.ReadLines(file).Select((text, index) => (relative, index + 1, text))
        select line;

    /// <summary>Names of tests are sentences.</summary>
    private static string Words(string line) => line.Replace('_', ' ');
}
