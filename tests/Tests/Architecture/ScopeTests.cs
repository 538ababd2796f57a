using Platform.Tests.Support;

namespace Platform.Tests.Architecture;

/// <summary>Whose rows of platformdb a transaction sees is set in one place.</summary>
public sealed class ScopeTests
{
    [Fact]
    public void Only_Scope_names_the_settings_of_row_level_security()
    {
        var files = new[] { "Core", "Api", "Worker" }
            .SelectMany(folder => Repository.Files(folder, "*.cs"))
            .Where(file => !file.Contains("Migrations", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file) is var text
                && (text.Contains("app.staff", StringComparison.Ordinal)
                    || text.Contains("app.tenant_id", StringComparison.Ordinal)));

        Assert.Equal(["Scope.cs"], files.Select(Path.GetFileName));
    }
}
