using System.Reflection;
using System.Text.RegularExpressions;

namespace Aspire.Hosting.Portable;

internal static partial class ResourceNames
{
    public static void Check(string name)
    {
        if (name.Length is 0 or > 64 || !Allowed.IsMatch(name))
        {
            throw new ArgumentException(
                $"The resource name '{name}' is invalid: 1 to 64 ASCII letters, digits and single hyphens, starting with a "
                + "letter and not ending with a hyphen.", nameof(name));
        }
    }

    /// <summary>As part of an environment variable's name.</summary>
    public static string AsVariable(string name) => NotOfVariables.Replace(name, "_").ToUpperInvariant();

    [GeneratedRegex("^[a-zA-Z](-?[a-zA-Z0-9])*$")]
    private static partial Regex Allowed { get; }

    [GeneratedRegex("[^a-zA-Z0-9]")]
    private static partial Regex NotOfVariables { get; }
}

internal static class ProjectFolders
{
    /// <summary>Where the AppHost's project file is; for a process without an AppHost, where it was started.</summary>
    public static string OfAppHost(Assembly? assembly) => Metadata(assembly, "apphostprojectpath") ?? Environment.CurrentDirectory;

    public static string? Metadata(Assembly? assembly, string key) =>
        assembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(entry => entry.Key == key)?.Value;

    /// <summary>The top of the checkout: the nearest folder above that has a solution or a git folder.</summary>
    public static string Checkout(string from)
    {
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            var isTop = Path.Exists(Path.Combine(folder.FullName, ".git"))
                || folder.EnumerateFiles("*.sln").Any() || folder.EnumerateFiles("*.slnx").Any();

            if (isTop) return folder.FullName;
        }

        return from;
    }
}
