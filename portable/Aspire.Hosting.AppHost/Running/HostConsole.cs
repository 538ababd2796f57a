using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Portable;

/// <summary>What a person in front of the terminal sees: each change as a line, and a table whenever all has settled.</summary>
internal sealed partial class HostConsole(DistributedApplicationOptions options, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly bool _colours = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;

    /// <summary>Stands below each table.</summary>
    public string? Footer { get; set; }

    /// <summary>Tests want no output; what failed is in their exceptions.</summary>
    private bool IsQuiet => options.ThrowAway;

    public void Say(string text) => Line("host", text, null);

    public void Problem(string who, string text) => Line(who, text, KnownResourceStateStyles.Error);

    public void Line(string who, string text, string? style)
    {
        if (IsQuiet) return;

        var time = clock.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

        lock (_gate)
        {
            Console.Out.WriteLine($"{Paint(time, "90")}  {who,-20} {Paint(text, Colour(style))}");
            Console.Out.Flush();
        }
    }

    /// <summary>From now on there are no more tables.</summary>
    public bool IsStopping { get; set; }

    public void Table(IReadOnlyCollection<ResourceEvent> events)
    {
        if (IsQuiet || IsStopping) return;

        (string Name, string State, string? Style, string Urls)[] rows =
            [.. events.Where(e => !e.Snapshot.IsHidden).Select(e => Row(e, events.Count(other => other.Resource == e.Resource) > 1))];
        var (name, state) = (rows.Max(row => row.Name.Length), rows.Max(row => row.State.Length));
        var text = new StringBuilder().AppendLine();

        text.AppendLine(Paint($"  {"RESOURCE".PadRight(name)}  {"STATE".PadRight(state)}  URL", "1"));

        foreach (var row in rows)
        {
            var line = $"  {row.Name.PadRight(name)}  {Paint(row.State.PadRight(state), Colour(row.Style))}  {row.Urls}";
            text.AppendLine(line.TrimEnd());
        }

        if (Footer is not null) text.AppendLine().AppendLine("  " + Footer);

        lock (_gate)
        {
            Console.Out.WriteLine(text.ToString());
            Console.Out.Flush();
        }
    }

    public static string Describe(CustomResourceSnapshot snapshot) => snapshot switch
    {
        { State.Text: "Running", HealthStatus: HealthStatus.Healthy } => "Running",
        { State.Text: "Running" } => "Running, not healthy",
        { State: { } state, ExitCode: { } code } => $"{state.Text} ({code})",
        { State: { } state } => state.Text,
        _ => "Unknown",
    };

    private static (string Name, string State, string? Style, string Urls) Row(ResourceEvent e, bool isReplica)
    {
        var reason = e.Snapshot.Properties.FirstOrDefault(property => property.Name == "reason")?.Value as string;
        var urls = string.Join("  ", e.Snapshot.Urls.Where(url => !url.IsInternal)
            .Select(url => url.Name is null ? url.Url : $"{url.Url} ({url.Name})"));

        return (isReplica ? e.ResourceId : e.Resource.Name, Describe(e.Snapshot), StyleOf(e.Snapshot), reason ?? urls);
    }

    public static string? StyleOf(CustomResourceSnapshot snapshot) => snapshot switch
    {
        { State.Style: { } style } => style,
        { HealthStatus: HealthStatus.Healthy } => KnownResourceStateStyles.Success,
        { State.Text: "Running" } => KnownResourceStateStyles.Warn,
        { State.Text: "Finished", ExitCode: 0 } => KnownResourceStateStyles.Success,
        { State.Text: "Finished" or "Exited" or "FailedToStart" or "ValueMissing" } => KnownResourceStateStyles.Error,
        _ => null,
    };

    private static string? Colour(string? style) => style switch
    {
        "success" => "32",
        "warn" => "33",
        "error" => "31",
        _ => null,
    };

    /// <summary>Aspire asks processes to colour their output; files and pipes are better without.</summary>
    public static string WithoutColours(string line) => line.Contains('\e') ? Colours.Replace(line, "") : line;

    [GeneratedRegex("\\e\\[[0-9;]*m")]
    private static partial Regex Colours { get; }

    private string Paint(string text, string? code) => _colours && code is not null ? $"\e[{code}m{text}\e[0m" : text;
}
