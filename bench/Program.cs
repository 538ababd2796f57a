using System.Globalization;
using System.Text.Json;
using Platform.Bench;

const string Licensing = "licensing"; // asks two processes of the Api
const string Volume = "volume"; // takes long: only when it is named

Dictionary<string, Func<BenchStack, IAsyncEnumerable<Figure>>> suites = new()
{
    ["scheduling"] = SchedulingBench.RunAsync,
    ["identity"] = IdentityBench.RunAsync,
    ["events"] = stack => EventsBench.RunAsync(stack, Option("--events=", 1_000_000)),
    ["webhooks"] = WebhooksBench.RunAsync,
    [Licensing] = LicensingBench.RunAsync,
    [Volume] = VolumeBench.RunAsync,
};

if (args is ["raw-signer", var url]) // started by the identity suite
{
    await RawSigner.RunAsync(url);
    return 0;
}

var json = args.Contains("--json");
if (Text("--compare=") is { } file && !File.Exists(file))
{
    Console.Error.WriteLine($"There is no file {file}. Write one with: ./platform bench --json > {file}");
    return 2;
}

var earlier = Text("--compare=") is { } compared ? EarlierFigures.Read(compared) : null;
var wanted = args.Where(arg => !arg.StartsWith('-')).ToList();
if (wanted.Find(name => !suites.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}'. There are: {string.Join(", ", suites.Keys)}.");
    return 2;
}

foreach (var (name, run) in suites.Where(suite => wanted.Count == 0 ? suite.Key != Volume : wanted.Contains(suite.Key)))
{
    Console.Error.WriteLine($"Starting the stack for '{name}' on throw-away data…");
    await using var stack = await BenchStack.StartAsync(nodes: name == Licensing ? 2 : 1);
    await foreach (var figure in run(stack))
    {
        Console.WriteLine(json
            ? JsonSerializer.Serialize(figure, JsonSerializerOptions.Web)
            : $"{figure.Name,-44} {figure.Value,10:N1} {figure.Unit}, limit {figure.Limit,10:N1}, "
                + $"ratio {figure.Ratio:0.00} (goal {figure.Goal:0.00}{(figure.Met ? "" : ", NOT MET")})"
                + earlier?.ChangeOf(figure));
    }
}

return 0;

string? Text(string name) =>
    args.FirstOrDefault(arg => arg.StartsWith(name, StringComparison.Ordinal)) is { } given ? given[name.Length..] : null;

int Option(string name, int otherwise) => Text(name) is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : otherwise;
