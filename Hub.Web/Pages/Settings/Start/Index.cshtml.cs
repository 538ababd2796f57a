using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Start;

/// <summary>Five steps from nothing to a published booking page, and what is missing.</summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    /// <summary>Enough to know whether anybody is ever open.</summary>
    private const int SchedulesRead = 5;

    protected override string Needs => Permissions.CatalogueWrite;

    public IReadOnlyList<FirstStep> Steps { get; private set; } = [];

    public bool HasSamples { get; private set; }

    public bool IsEmpty { get; private set; }

    public bool IsPublished => Steps.All(step => step.IsDone);

    public string PageUrl => $"{Request.Scheme}://{Request.Host}{Request.PathBase}/{Me.TenantSlug}";

    private string Currency { get; set; } = "";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    public async Task<IActionResult> OnPostLoadAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;
        if (HasSamples) return Redirect(To("start")); // sent twice

        return await new SampleData(Api, Text, Currency).LoadAsync(ct) is { } problem
            ? await AgainAsync(problem, ct)
            : Done(Text["Setup.Sample.Loaded"], "start");
    }

    public async Task<IActionResult> OnPostRemoveAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is { } failed) return failed;

        return await new SampleData(Api, Text, Currency).RemoveAsync(ct) is { } problem
            ? await AgainAsync(problem, ct)
            : Done(Text["Setup.Sample.Removed"], "start");
    }

    private async Task<IActionResult> AgainAsync(Problem problem, CancellationToken ct) =>
        await LoadAsync(ct) ?? Refused(problem);

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var settings = await Api.GetAsync<SettingsResponse>("settings", ct);
        if (!settings.Ok) return settings.Problem.ToPage();
        var categories = await Api.AllAsync<CategoryResponse>("categories", ct);
        if (!categories.Ok) return categories.Problem.ToPage();
        var resources = await Api.AllAsync<ResourceResponse>("resources", ct);
        if (!resources.Ok) return resources.Problem.ToPage();
        var services = await Api.AllAsync<ServiceResponse>("services", ct);
        if (!services.Ok) return services.Problem.ToPage();

        var schedules = new Dictionary<long, ScheduleResponse>();
        foreach (var resource in resources.Data.Take(settings.Data.OpeningHours.Count > 0 ? 0 : SchedulesRead))
        {
            var schedule = await Api.GetAsync<ScheduleResponse>($"resources/{resource.Id}/schedule", ct);
            if (schedule.Ok) schedules[resource.Id] = schedule.Data;
        }

        Currency = settings.Data.Currency;
        Steps = FirstHour.StepsOf(settings.Data, categories.Data, resources.Data, schedules, services.Data);
        HasSamples = services.Data.Any(s => FirstHour.IsSample(s.Name))
            || resources.Data.Any(r => FirstHour.IsSample(r.Name));
        IsEmpty = categories.Data.Count + resources.Data.Count + services.Data.Count == 0;
        return null;
    }
}
