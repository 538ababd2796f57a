namespace Platform.Ui.Frame;

/// <summary>A step of the breadcrumbs, by name; the last one, the page itself, has no URL.</summary>
public sealed record Crumb(string Text, string? Url = null);

/// <summary><c>_Tabs</c>: links to the parts of one thing, each with a URL of its own.</summary>
/// <param name="Label">Names the navigation for screen readers.</param>
public sealed record TabList(string Label, IReadOnlyList<Tab> Tabs);

/// <param name="Count">Shown beside the text.</param>
public sealed record Tab(string Text, string Url, bool IsCurrent, int? Count = null);

/// <summary>
/// <c>_DialogActions</c>: the buttons of a page with the layout <c>_DialogPage</c>. Cancel closes the dialog, or leads
/// back where the page was opened by itself.
/// </summary>
/// <param name="Verb">What the button does, as a verb.</param>
/// <param name="BackUrl">The page that opens the dialog.</param>
/// <param name="IsDanger">Red, and the focus begins on Cancel.</param>
public sealed record DialogActions(string Verb, string BackUrl, bool IsDanger = false);

/// <summary><c>_Confirm</c>: a form that says what will happen before it does.</summary>
/// <param name="Lead">What is about to happen, with the name of the thing.</param>
/// <param name="Effects">The consequences, one sentence each.</param>
/// <param name="TypedName">
/// What has to be typed into <c>TypedName</c>; only where it cannot be undone. The page compares it.
/// </param>
/// <param name="Hidden">Values that the form sends along.</param>
public sealed record Confirm(
    string Lead,
    IReadOnlyList<string> Effects,
    DialogActions Actions,
    string? TypedName = null,
    IReadOnlyDictionary<string, string?>? Hidden = null);
