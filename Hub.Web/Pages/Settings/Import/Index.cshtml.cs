using System.Net.Http.Headers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Import;

/// <summary>Bookings from a file: first what would happen to each row, then for good.</summary>
[RequestSizeLimit(MaxBytes)]
[RequestFormLimits(MultipartBodyLengthLimit = MaxBytes, ValueLengthLimit = MaxBytes)]
public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    /// <summary>The form contains the checked file, so that the same content is imported.</summary>
    private const int MaxBytes = 12 * 1024 * 1024, MaxFile = 5 * 1024 * 1024;

    protected override string Needs => Permissions.BookingsImport;

    public ImportReport? Report { get; private set; }

    /// <summary>The file that was checked, in base64.</summary>
    public string? Checked { get; private set; }

    public string FileName { get; private set; } = "";

    public long? ServiceId { get; private set; }

    public long? ResourceId { get; private set; }

    public IReadOnlyList<SelectListItem> Services { get; private set; } = [];

    public SelectListItem[] Resources { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    /// <param name="file">To be checked.</param>
    /// <param name="content">What was checked, to be imported.</param>
    public async Task<IActionResult> OnPostAsync(
        IFormFile? file, string? content, string? name, long? serviceId, long? resourceId, CancellationToken ct)
    {
        (ServiceId, ResourceId) = (serviceId, resourceId);
        if (await LoadAsync(ct) is { } failed) return failed;

        var isDryRun = content is null;
        var bytes = await BytesAsync(file, content, ct);
        FileName = file?.FileName ?? name ?? "";
        if (bytes is null or []) ModelState.AddModelError("file", Text["Setup.Import.NoFile"]);
        else if (bytes.Length > MaxFile) ModelState.AddModelError("file", UiText["Problem.PAYLOAD_TOO_LARGE"]);
        if (!ModelState.IsValid) return Refused();

        using var body = new ByteArrayContent(bytes!);
        body.Headers.ContentType = new MediaTypeHeaderValue(
            FileName.EndsWith(".ics", StringComparison.OrdinalIgnoreCase) ? "text/calendar" : "text/csv");
        var query = QueryString.Create(new Dictionary<string, string?>
        {
            ["dryRun"] = isDryRun ? "true" : "false",
            ["serviceId"] = serviceId is { } service ? CatalogueItems.Text(service) : null,
            ["resourceId"] = resourceId is { } resource ? CatalogueItems.Text(resource) : null,
        }.Where(pair => pair.Value is not null));
        var report = await Api.UploadAsync<ImportReport>($"bookings/import{query}", body, ct);
        if (!report.Ok) return Refused(report.Problem, new Dictionary<string, string> { ["file"] = "file" });

        Report = report.Data;
        Checked = isDryRun && Report.Imported + Report.Updated > 0 ? Convert.ToBase64String(bytes!) : null;
        return Page();
    }

    public string Explain(string code)
    {
        var known = UiText[$"Problem.{code}"];
        return known.ResourceNotFound ? UiText["Problem.OTHER"] : known;
    }

    private static async Task<byte[]?> BytesAsync(IFormFile? file, string? content, CancellationToken ct)
    {
        if (content is not null)
        {
            var buffer = new byte[content.Length];
            return Convert.TryFromBase64String(content, buffer, out var length) ? buffer[..length] : null;
        }

        if (file is null) return null;
        using var memory = new MemoryStream();
        await file.CopyToAsync(memory, ct);
        return memory.ToArray();
    }

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var services = await Api.AllAsync<ServiceResponse>("services", ct);
        if (!services.Ok) return services.Problem.ToPage();
        var resources = await Api.AllAsync<ResourceResponse>("resources", ct);
        if (!resources.Ok) return resources.Problem.ToPage();

        Services = [.. services.Data.Select(s => new SelectListItem(s.Name, CatalogueItems.Text(s.Id)))];
        Resources = CatalogueItems.Of(resources.Data);
        return null;
    }
}
