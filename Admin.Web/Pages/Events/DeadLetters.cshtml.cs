using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Operations;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Events;

/// <summary>Events that a group could not handle, by group and reason; replayed or discarded one by one or together.</summary>
public sealed class DeadLettersModel(AdminApi api, IStringLocalizer<AdminText> text) : AdminPage(api)
{
    /// <summary>So many of a group are ended with one request of the form.</summary>
    public const int AtOnce = 100;

    public IReadOnlyList<DeadLetterGroup> Groups { get; private set; } = [];

    /// <summary>There are more than were read.</summary>
    public bool HasMore { get; private set; }

    public int Count { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    public Task<IActionResult> OnPostReplayAsync(string id, CancellationToken ct) => EndAsync(id, "replay", ct);

    public Task<IActionResult> OnPostDiscardAsync(string id, CancellationToken ct) => EndAsync(id, "discard", ct);

    /// <summary>All letters of a group with one reason.</summary>
    public Task<IActionResult> OnPostReplayAllAsync(string group, string reason, CancellationToken ct) =>
        EndAllAsync(group, reason, "replay", ct);

    private async Task<IActionResult> EndAsync(string id, string act, CancellationToken ct)
    {
        var ended = await Api.EndDeadLetterAsync(id, act, ct);
        if (!ended.Ok) return await LoadAsync(ct) ?? this.ShowAgain(ended.Problem);

        this.NoticeOf(ended.Code);
        this.Notice(text[act == "replay" ? "DeadLetter.Replayed" : "DeadLetter.Discarded"]);
        return RedirectToPage("DeadLetters");
    }

    private async Task<IActionResult> EndAllAsync(string group, string reason, string act, CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;

        var letters = Groups.FirstOrDefault(g => g.Group == group && g.Reason == reason)?.Letters ?? [];
        var done = 0;
        foreach (var letter in letters.Take(AtOnce))
        {
            var ended = await Api.EndDeadLetterAsync(letter.Id, act, ct);
            if (ended.Ok) done++;
            else if (ended.Problem.Status != 404) return this.ShowAgain(ended.Problem); // somebody else was faster
        }

        this.Notice(text["DeadLetter.ReplayedAll", done, letters.Count]);
        return RedirectToPage("DeadLetters");
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var letters = await Api.DeadLettersAsync(ct);
        if (!letters.Ok) return letters.Problem.ToPage();

        HasMore = letters.Page?.Next is not null;
        Count = letters.Data.Count;
        Groups =
        [
            .. letters.Data.GroupBy(letter => (letter.Group ?? "", letter.Reason ?? ""))
                .Select(g => new DeadLetterGroup(g.Key.Item1, g.Key.Item2, [.. g]))
                .OrderByDescending(g => g.Letters.Count).ThenBy(g => g.Group, StringComparer.Ordinal),
        ];
        return null;
    }
}

/// <param name="Letters">Newest first.</param>
public sealed record DeadLetterGroup(string Group, string Reason, IReadOnlyList<DeadLetterResponse> Letters)
{
    public DateTimeOffset? First => Letters.Min(letter => letter.FailedAt);

    public DateTimeOffset? Last => Letters.Max(letter => letter.FailedAt);
}
