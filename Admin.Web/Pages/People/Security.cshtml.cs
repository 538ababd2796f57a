using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Audit;
using Platform.Contracts.People;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.People;

/// <summary>How a person signs in, where they are signed in, and what happened at the door.</summary>
public sealed class SecurityModel(AdminApi api, IStringLocalizer<AdminText> text) : PersonPage(api)
{
    private const int LoginsShown = 25;

    /// <summary>Null where Identity does not answer, or the person has no account.</summary>
    public AccountSecurityResponse? Security { get; private set; }

    /// <summary>Why it is not shown.</summary>
    public string? Away { get; private set; }

    public IReadOnlyList<LoginResponse>? Logins { get; private set; }

    /// <summary>Why staff act on the account; it is recorded.</summary>
    [BindProperty, Required, StringLength(500)]
    public string Reason { get; set; } = "";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    /// <param name="session">All of them where it is absent.</param>
    public async Task<IActionResult> OnPostEndAsync(string? session, CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;

        ModelState.Clear(); // this form has no reason
        var ended = await Api.EndSessionAsync(Id, session, ct);
        return Done(ended, text[session is null ? "Security.AllEnded" : "Security.Ended"]);
    }

    public Task<IActionResult> OnPostLockAsync(CancellationToken ct) => ActAsync("lock", ct);

    public Task<IActionResult> OnPostUnlockAsync(CancellationToken ct) => ActAsync("unlock", ct);

    public Task<IActionResult> OnPostResetFactorsAsync(CancellationToken ct) => ActAsync("reset-factors", ct);

    private async Task<IActionResult> ActAsync(string act, CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;
        if (Reason is not { Length: >= 5 })
        {
            ModelState.Remove(nameof(Reason));
            ModelState.AddModelError(nameof(Reason), text["Security.ReasonMissing"]);
            return this.ShowAgain();
        }

        return Done(await Api.ActOnAccountAsync(Id, act, Reason, ct), text[$"Security.Did.{act}"]);
    }

    private IActionResult Done(Answer<AccountSecurityResponse> answer, string notice)
    {
        if (!answer.Ok)
        {
            return this.ShowAgain(answer.Problem, new Dictionary<string, string> { ["reason"] = nameof(Reason) });
        }

        this.Notice(notice);
        return RedirectToPage("Security", new { id = Id });
    }

    /// <summary>Identity may be unavailable: the page says so, and shows the rest.</summary>
    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        if (await LoadPersonAsync(ct) is { } failed) return failed;

        var security = Api.SecurityAsync(Id, ct);
        var logins = Api.TrailAsync<LoginResponse>("logins", [new("userId", $"{Id}"), new("limit", $"{LoginsShown}")], ct);
        if (await security is { Ok: false, Problem: { } problem })
        {
            if (problem.Status is 401 or 403) return problem.ToPage();

            Away = text[problem.Status == 404 ? "Security.NoAccount" : "Security.Away"];
        }

        Security = (await security).Data;
        Logins = (await logins).Data;
        return null;
    }
}
