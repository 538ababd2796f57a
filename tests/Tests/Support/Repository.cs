namespace Platform.Tests.Support;

/// <summary>The source files of this checkout, for tests that read them.</summary>
public static class Repository
{
    private static readonly string Root = Find();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Source files below a folder, without what builds leave there.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar)
                .Any(part => part is "bin" or "obj" or "node_modules"));

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Platform.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("This is no build inside the repository.");
        }

        return folder.FullName;
    }
}
