using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.People;

/// <summary>Name and language; an address never changes.</summary>
public sealed class EditModel(AdminApi api, IStringLocalizer<AdminText> text) : PersonPage(api)
{
    [BindProperty, Required, StringLength(200)]
    public string Name { get; set; } = "";

    [BindProperty, Required]
    public string Locale { get; set; } = "";

    /// <summary>What the form was filled from; a later change by others refuses it.</summary>
    [BindProperty]
    public long Version { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadPersonAsync(ct) is { } failed) return failed;

        (Name, Locale, Version) = (Person.Name, Person.Locale, Person.Version);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadPersonAsync(ct) is { } failed) return failed;
        if (!ModelState.IsValid) return this.ShowAgain();

        var changed = await Api.ChangePersonAsync(Id, new() { Name = Name, Locale = Locale }, Version, ct);
        if (!changed.Ok)
        {
            return this.ShowAgain(changed.Problem, new Dictionary<string, string> { ["name"] = nameof(Name), ["locale"] = nameof(Locale) });
        }

        this.Notice(text["Person.Saved"]);
        return RedirectToPage("Details", new { id = Id });
    }
}
