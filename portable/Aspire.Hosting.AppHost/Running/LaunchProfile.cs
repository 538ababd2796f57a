using System.Net.Sockets;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Portable;

/// <summary>What <c>Properties/launchSettings.json</c> says about running a project.</summary>
internal sealed record LaunchProfile(string Name, IReadOnlyList<Uri> Urls, IReadOnlyDictionary<string, string> Variables)
{
    private static readonly JsonDocumentOptions Lenient =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>
    /// The profile asked for, or else the one the AppHost itself was launched with, or else the first. Null without any.
    /// </summary>
    public static LaunchProfile? Read(string projectFile, string? name)
    {
        var file = Path.Combine(Path.GetDirectoryName(projectFile)!, "Properties", "launchSettings.json");

        if (!File.Exists(file)) return name is null ? null : throw Unknown(projectFile, name);

        using var settings = JsonDocument.Parse(File.ReadAllText(file), Lenient);

        if (!settings.RootElement.TryGetProperty("profiles", out var profiles)) return null;

        var own = Environment.GetEnvironmentVariable("DOTNET_LAUNCH_PROFILE");
        var candidates = profiles.EnumerateObject()
            .Where(profile => Text(profile.Value, "commandName") == "Project").ToList();
        var chosen = candidates.FindIndex(profile => profile.Name == (name ?? own));

        if (chosen < 0 && name is not null) throw Unknown(projectFile, name);

        return candidates.Count == 0 ? null : Read(candidates[Math.Max(chosen, 0)]);
    }

    public IEnumerable<EndpointAnnotation> Endpoints()
    {
        var names = new HashSet<string>();

        foreach (var url in Urls)
        {
            var (name, number) = (url.Scheme, 2);

            while (!names.Add(name)) name = $"{url.Scheme}{number++}";

            yield return new(ProtocolType.Tcp, url.Scheme, name: name, port: url.Port) { FromLaunchProfile = true };
        }
    }

    private static LaunchProfile Read(JsonProperty profile)
    {
        var urls = Text(profile.Value, "applicationUrl")?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var variables = profile.Value.TryGetProperty("environmentVariables", out var entries)
            ? entries.EnumerateObject().ToDictionary(
                entry => entry.Name, entry => Environment.ExpandEnvironmentVariables(entry.Value.GetString() ?? ""))
            : [];

        return new(profile.Name, [.. urls.Select(url => new Uri(url))], variables);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static DistributedApplicationException Unknown(string projectFile, string name) =>
        new($"The project '{projectFile}' has no launch profile named '{name}'.");
}

internal sealed record LaunchProfileAnnotation(LaunchProfile Profile) : IResourceAnnotation;
