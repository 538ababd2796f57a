using System.Globalization;
using System.Text.Json;

namespace Platform.Bench;

/// <summary>The figures of an earlier run with <c>--json</c>, to compare with.</summary>
internal sealed class EarlierFigures
{
    private readonly Dictionary<string, Figure> _figures = [];

    /// <param name="file">A figure a line; a file of several runs has the last one of each.</param>
    public static EarlierFigures Read(string file)
    {
        var earlier = new EarlierFigures();
        foreach (var line in File.ReadLines(file).Where(line => line.StartsWith('{')))
        {
            var figure = JsonSerializer.Deserialize<Figure>(line, JsonSerializerOptions.Web)!;
            earlier._figures[figure.Name] = figure;
        }

        return earlier;
    }

    /// <summary>By how much the ratio to the limit changed; rates of two runs cannot be compared.</summary>
    public string ChangeOf(Figure figure)
    {
        if (!_figures.TryGetValue(figure.Name, out var before)) return ", not measured before";

        var change = before.Ratio == 0 ? 0 : (figure.Ratio / before.Ratio) - 1;
        return string.Create(CultureInfo.InvariantCulture, $", was {before.Ratio:0.00} ({change:+0 %;-0 %;no change})");
    }
}
