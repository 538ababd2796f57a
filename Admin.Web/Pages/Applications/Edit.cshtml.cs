using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Licensing;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Applications;

/// <summary>Name and description, and whether it is offered.</summary>
public sealed class EditModel(AdminApi api, IStringLocalizer<AdminText> text) : ApplicationPage(api)
{
    private static readonly Dictionary<string, string> Fields = new()
    {
        ["name"] = "Input.Name",
        ["description"] = "Input.Description",
        ["launchUrl"] = "Input.LaunchUrl",
    };

    [BindProperty]
    public ApplicationInput Input { get; set; } = new();

    /// <summary>What the form was filled from; a later change by others refuses it.</summary>
    [BindProperty]
    public long Version { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadApplicationAsync(ct) is { } failed) return failed;

        Input = new()
        {
            Name = Application.Name,
            Description = Application.Description,
            LaunchUrl = Application.LaunchUrl,
            Licensable = Application.Licensable,
        };
        Version = Application.Version;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadApplicationAsync(ct) is { } failed) return failed;
        if (!ModelState.IsValid) return this.ShowAgain();

        return await ChangeAsync(
            new()
            {
                Name = Input.Name,
                Description = Input.Description,
                LaunchUrl = Input.LaunchUrl,
                Licensable = Input.Licensable,
            },
            Version, null, ct);
    }

    /// <summary>No more licences and grants of it, and nobody enters it any more; that can be taken back.</summary>
    public async Task<IActionResult> OnPostRetireAsync(CancellationToken ct)
    {
        if (await LoadApplicationAsync(ct) is { } failed) return failed;

        var retired = await Api.RetireApplicationAsync(Id, ct);
        return Done(retired, Url.Page(null, "Restore", new { id = Id }));
    }

    public async Task<IActionResult> OnPostRestoreAsync(CancellationToken ct)
    {
        if (await LoadApplicationAsync(ct) is { } failed) return failed;

        return await ChangeAsync(new() { Active = true }, null, text["Application.Restored"], ct);
    }

    private async Task<IActionResult> ChangeAsync(
        ChangeApplicationRequest request, long? version, string? notice, CancellationToken ct)
    {
        var changed = await Api.ChangeApplicationAsync(Id, request, version, ct);
        return Done(changed, null, notice ?? text["Application.Changed"]);
    }

    private IActionResult Done(Answer<ApplicationResponse> answer, string? undoUrl, string? notice = null)
    {
        if (!answer.Ok) return this.ShowAgain(answer.Problem, Fields);

        this.NoticeOf(answer.Code, undoUrl);
        if (notice is not null) this.Notice(notice);
        return RedirectToPage("Prices/Index", new { id = Id });
    }
}
