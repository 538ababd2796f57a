using Platform.Tests.Support;

namespace Platform.Tests.Architecture;

/// <summary>
/// Only the folder of an engine references its protocol library, so that the other engine can replace it.
/// </summary>
public sealed class IdentityEngineTests
{
    private static readonly string[] Libraries = ["OpenIddict", "Duende"];

    [Fact]
    public void Code_outside_the_engines_does_not_reference_a_protocol_library()
    {
        var files = Repository.Files("Identity", "*.cs")
            .Concat(Repository.Files("Identity", "*.cshtml"))
            .Select(file => Path.GetRelativePath(Repository.PathOf("Identity"), file))
            .Where(file => !Libraries.Any(library => file.StartsWith($"{library}Engine/", StringComparison.Ordinal)))
            .ToList();

        Assert.True(files.Count > 50, "The test reads too few files.");
        Assert.All(files, file => Assert.DoesNotContain(
            File.ReadLines(Repository.PathOf(Path.Combine("Identity", file))),
            line => Libraries.Any(library => line.Contains(library, StringComparison.Ordinal))));
    }

    [Fact]
    public void Each_engine_exists_and_uses_its_library()
    {
        foreach (var library in Libraries)
        {
            var text = string.Concat(Repository.Files($"Identity/{library}Engine", "*.cs").Select(File.ReadAllText));
            Assert.Contains($"using {library}.", text, StringComparison.Ordinal);
        }
    }
}
