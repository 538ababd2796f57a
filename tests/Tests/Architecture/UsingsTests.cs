using Platform.Tests.Support;

namespace Platform.Tests.Architecture;

/// <summary>
/// The order of usings. The build checks every other formatting rule; only <c>dotnet format</c> checks this one.
/// </summary>
public sealed class UsingsTests
{
    [Fact]
    public void Usings_are_sorted_with_System_first()
    {
        var files = Repository.Files("", "*.cs").ToList();
        var unsorted =
            from file in files
            let usings = File.ReadLines(file).Where(line => line.Length > 0).TakeWhile(IsUsing).ToList()
            where !usings.SequenceEqual(usings.OrderBy(Group).ThenBy(Name, StringComparer.OrdinalIgnoreCase))
            select Path.GetRelativePath(Repository.PathOf(""), file);

        Assert.True(files.Count > 500, $"Only {files.Count} files were found.");
        Assert.Empty(unsorted);
    }

    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';');

    /// <summary>Namespaces of .NET, other namespaces, static types, aliases.</summary>
    private static int Group(string line) => line switch
    {
        _ when line.Contains('=') => 3,
        _ when line.StartsWith("using static ", StringComparison.Ordinal) => 2,
        _ when Name(line) == "System" || Name(line).StartsWith("System.", StringComparison.Ordinal) => 0,
        _ => 1,
    };

    private static string Name(string line) => line["using ".Length..].TrimEnd(';');
}
