using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Platform.Admin.Web;

/// <summary>Pictures that the server draws: SVG whose colours are classes of the style sheet.</summary>
internal static class Charts
{
    private const int BarWidth = 8, BarGap = 2, Height = 28;

    /// <summary>One bar for each value; the last one is the present period.</summary>
    /// <param name="label">What it shows, for those who do not see it.</param>
    public static IHtmlContent Bars(IReadOnlyList<int> values, string label)
    {
        var most = Math.Max(values.DefaultIfEmpty().Max(), 1);
        var picture = Picture("spark", (values.Count * (BarWidth + BarGap)) - BarGap, Height, label);
        picture.Attributes["preserveAspectRatio"] = "xMinYMid";
        for (var i = 0; i < values.Count; i++)
        {
            var height = values[i] == 0 ? 1 : Math.Max(2, Height * values[i] / most);
            var bar = Shape("rect", i == values.Count - 1 ? "now" : null);
            bar.Attributes["x"] = Text(i * (BarWidth + BarGap));
            bar.Attributes["y"] = Text(Height - height);
            bar.Attributes["width"] = Text(BarWidth);
            bar.Attributes["height"] = Text(height);
            picture.InnerHtml.AppendHtml(bar);
        }

        return picture;
    }

    /// <summary>An empty picture of that size in units of its own.</summary>
    public static TagBuilder Picture(string cssClass, double width, double height, string label)
    {
        var picture = Shape("svg", cssClass);
        picture.Attributes["viewBox"] = $"0 0 {Text(width)} {Text(height)}";
        picture.Attributes["role"] = "img";
        picture.Attributes["aria-label"] = label;
        return picture;
    }

    public static TagBuilder Shape(string name, string? cssClass)
    {
        var shape = new TagBuilder(name);
        if (cssClass is not null) shape.AddCssClass(cssClass);
        return shape;
    }

    public static string Text(double number) => Math.Round(number, 1).ToString(CultureInfo.InvariantCulture);
}
