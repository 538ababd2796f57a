using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts.Licensing;
using Platform.Ui.Localization;

namespace Platform.Admin.Web.Pages.Applications;

/// <summary>A row of the picture: the prices of one kind of user in one currency.</summary>
/// <param name="Prices">By start.</param>
public sealed record PriceRow(string Label, IReadOnlyList<PriceResponse> Prices);

/// <summary>The prices of an application along time, as a picture. The table below it has the same as text.</summary>
public static class PriceTimeline
{
    private const double Width = 1000, Gutter = 190, Right = 8, Top = 26, RowHeight = 34, BarHeight = 22, TextWidth = 64;

    private static readonly TimeSpan MaxPast = TimeSpan.FromDays(730), Ahead = TimeSpan.FromDays(120);

    /// <summary>The time that the picture shows: all there is, but no more than two years back, and some time ahead.</summary>
    public static (DateTimeOffset From, DateTimeOffset To) RangeOf(IEnumerable<PriceResponse> prices, DateTimeOffset now)
    {
        var instants = prices.SelectMany(p => new[] { p.ValidFrom, p.ValidTo }).OfType<DateTimeOffset>().Append(now).ToList();
        var (first, last) = (instants.Min(), instants.Max());
        var from = first < now - MaxPast ? now - MaxPast : first;
        if (now - from < Ahead) from = now - Ahead;
        return (from, (last > now ? last : now) + Ahead);
    }

    /// <param name="label">Names the picture.</param>
    /// <param name="today">The word at the present instant.</param>
    /// <param name="priceText">The text of a price.</param>
    public static IHtmlContent Draw(
        IReadOnlyList<PriceRow> rows, DateTimeOffset now, string label, string today, Func<PriceResponse, string> priceText)
    {
        var (from, to) = RangeOf(rows.SelectMany(row => row.Prices), now);
        var height = Top + (rows.Count * RowHeight) + 4;
        var picture = Charts.Picture("timeline", Width, height, label);

        foreach (var tick in TicksOf(from, to))
        {
            Line("tick", X(tick), Top - 6);
            Write("tick-text", X(tick) + 3, 12, tick.ToString("MMM yyyy", CultureInfo.CurrentCulture));
        }

        for (var i = 0; i < rows.Count; i++)
        {
            var y = Top + (i * RowHeight);
            Write(null, 0, y + 16, rows[i].Label);
            foreach (var price in rows[i].Prices.Where(p => p.ValidTo is null || p.ValidTo > from)) DrawPrice(price, y);
        }

        Line("now", X(now), Top - 6);
        Write("now-text", X(now) + 3, Top - 2, today);
        return picture;

        double X(DateTimeOffset at) =>
            Gutter + ((Width - Gutter - Right) * Math.Clamp((at - from) / (to - from), 0, 1));

        void DrawPrice(PriceResponse price, double y)
        {
            var (left, right) = (X(price.ValidFrom), X(price.ValidTo ?? to));
            var bar = Charts.Shape("rect", $"bar {price.Status}");
            Set(bar, ("x", left), ("y", y), ("width", Math.Max(right - left, 2)), ("height", BarHeight), ("rx", 4));
            var title = Charts.Shape("title", null);
            title.InnerHtml.Append(priceText(price));
            bar.InnerHtml.AppendHtml(title);
            picture.InnerHtml.AppendHtml(bar);
            if (right - left >= TextWidth) Write(null, left + 7, y + 16, Short(price, right - left));
        }

        string Short(PriceResponse price, double width) =>
            width > 2.2 * TextWidth ? priceText(price) : MoneyText.Of(new(price.Price, price.Currency));

        void Write(string? cssClass, double x, double y, string text)
        {
            var shape = Charts.Shape("text", cssClass);
            Set(shape, ("x", x), ("y", y));
            shape.InnerHtml.Append(text);
            picture.InnerHtml.AppendHtml(shape);
        }

        void Line(string cssClass, double x, double y)
        {
            var shape = Charts.Shape("line", cssClass);
            Set(shape, ("x1", x), ("x2", x), ("y1", y), ("y2", height));
            picture.InnerHtml.AppendHtml(shape);
        }
    }

    /// <summary>First days of months, at most eight of them.</summary>
    private static IEnumerable<DateTimeOffset> TicksOf(DateTimeOffset from, DateTimeOffset to)
    {
        var months = ((to.Year - from.Year) * 12) + to.Month - from.Month;
        var step = Math.Max(1, (int)Math.Ceiling(months / 8.0));
        var first = new DateTimeOffset(from.Year, from.Month, 1, 0, 0, 0, TimeSpan.Zero);
        for (var tick = first.AddMonths(1); tick < to; tick = tick.AddMonths(step)) yield return tick;
    }

    private static void Set(TagBuilder shape, params ReadOnlySpan<(string Name, double Value)> values)
    {
        foreach (var (name, value) in values) shape.Attributes[name] = Charts.Text(value);
    }
}
