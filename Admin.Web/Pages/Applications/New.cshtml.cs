using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Licensing;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Applications;

public sealed class NewModel(AdminApi api) : AdminPage(api)
{
    private static readonly Dictionary<string, string> Fields = new()
    {
        ["slug"] = "Slug",
        ["name"] = "Input.Name",
        ["description"] = "Input.Description",
        ["launchUrl"] = "Input.LaunchUrl",
    };

    [BindProperty]
    public ApplicationInput Input { get; set; } = new();

    [BindProperty, Required, RegularExpression(CreateApplicationRequest.SlugPattern, ErrorMessage = "Validation.Slug")]
    public string Slug { get; set; } = "";

    [BindProperty]
    public string Key { get; set; } = IdempotencyKeys.New();

    public void OnGet()
    {
        // An empty form.
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid) return this.ShowAgain();

        var created = await Api.CreateApplicationAsync(
            new(Slug, Input.Name, Input.Description, Input.Licensable, Input.LaunchUrl), Key, ct);
        if (!created.Ok)
        {
            Key = this.KeyAfter(created.Problem, nameof(Key), Key);
            return this.ShowAgain(created.Problem, Fields);
        }

        this.NoticeOf(created.Code);
        return RedirectToPage("Prices/Index", new { id = created.Data.Id });
    }
}
