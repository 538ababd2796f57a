namespace Platform.Admin.Web;

/// <summary><c>_Tile</c>: a figure of the dashboard, which leads to the list behind it.</summary>
/// <param name="More">Lines below the figure.</param>
/// <param name="Weeks">Bars, oldest first; null for none.</param>
/// <param name="State"><c>bad</c> or <c>warn</c> where somebody should look; else null.</param>
/// <param name="WeeksLabel">What the bars show; weeks where it is null.</param>
public sealed record Tile(
    string Icon,
    string Name,
    string Value,
    string Url,
    IReadOnlyList<string> More,
    IReadOnlyList<int>? Weeks = null,
    string? State = null,
    (long Used, long Limit)? Meter = null,
    string? WeeksLabel = null);
