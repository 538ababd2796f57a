using Platform.Contracts;

namespace Platform.Hub.Web;

/// <summary>Where in a numbered list a page is, for "1–25 of 72" and the links beside it.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Link">The URL of another page of the same list.</param>
public sealed record Paging(int Number, int Size, int Shown, long Total, Func<int, string?> Link)
{
    public static readonly IReadOnlyList<int> Sizes = [25, 50, 100];

    /// <summary>The deepest page that the API numbers.</summary>
    private const int MaxRows = 10_000;

    public long First => Shown == 0 ? 0 : ((Number - 1L) * Size) + 1;

    public long Last => ((Number - 1L) * Size) + Shown;

    public string? Previous => Number > 1 ? Link(Number - 1) : null;

    public string? Next => Last < Total && (Number + 1) * Size <= MaxRows ? Link(Number + 1) : null;

    public static Paging Of(PageInfo? info, int number, int size, int shown, Func<int, string?> link) =>
        new(number, size, shown, info?.Total ?? shown, link);

    /// <summary>A number that somebody typed, as one that the API takes.</summary>
    public static int Bounded(int? number, int size) => Math.Clamp(number ?? 1, 1, MaxRows / size);
}
