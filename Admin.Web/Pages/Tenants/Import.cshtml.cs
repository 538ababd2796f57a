using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>Makes a new tenant from the export of one, and says what has to be done by hand.</summary>
[RequestSizeLimit(MaxBytes), RequestFormLimits(MultipartBodyLengthLimit = MaxBytes)]
public sealed class ImportModel(AdminApi api, IStringLocalizer<AdminText> text) : AdminPage(api)
{
    /// <summary>As the API takes them, with the form around the file.</summary>
    private const long MaxBytes = 513L * 1024 * 1024;

    private static readonly Dictionary<string, string> Fields = new() { ["slug"] = "Slug" };

    [BindProperty, Required, StringLength(63), RegularExpression(TenantPatterns.Slug)]
    public string Slug { get; set; } = "";

    [BindProperty, StringLength(64)]
    public string Key { get; set; } = IdempotencyKeys.New();

    public TenantImportResponse? Result { get; private set; }

    public IActionResult OnGet()
    {
        ModelState.Clear();
        return CanWrite ? Page() : StatusCode(StatusCodes.Status403Forbidden);
    }

    public async Task<IActionResult> OnPostAsync(IFormFile? file, CancellationToken ct)
    {
        if (file is null) ModelState.AddModelError("File", text["Import.NoFile"]);
        if (file is null || !ModelState.IsValid) return this.ShowAgain();

        await using var archive = file.OpenReadStream();
        var imported = await Api.ImportTenantAsync(Slug.Trim(), archive, Key, ct);
        if (!imported.Ok)
        {
            Key = this.KeyAfter(imported.Problem, "Key", Key);
            return this.ShowAgain(imported.Problem, Fields);
        }

        if (imported.Code == Codes.TenantTaskAccepted)
        {
            this.NoticeOf(imported.Code);
            return RedirectToPage("Overview", new { id = imported.Data.GetProperty("tenantId").GetInt64() });
        }

        Result = imported.Data.Deserialize<TenantImportResponse>(JsonSerializerOptions.Web);
        return Page();
    }
}
