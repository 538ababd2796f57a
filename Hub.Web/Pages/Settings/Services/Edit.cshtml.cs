using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts.Catalogue;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Pages.Settings.Services;

/// <summary>A new service, or one that is there.</summary>
public sealed class EditModel(SettingsTools tools) : SettingsPage<ServiceForm>(tools)
{
    private const int MaxRequirements = 20, MaxQuestions = 50, MaxReminders = 5;

    private static readonly Dictionary<string, string> Fields = new()
    {
        ["durationsMinutes"] = "Input.Durations",
        ["minimumNoticeMinutes"] = "Input.MinimumNotice.Amount",
        ["cancellation.deadlineMinutes"] = "Input.CancellationDeadline.Amount",
        ["cancellation.fee"] = "Input.CancellationFee",
        ["checkIn.opensMinutesBefore"] = "Input.CheckInOpens.Amount",
        ["checkIn.releaseMinutesAfter"] = "Input.CheckInReleases.Amount",
        ["remindersMinutes"] = "Input.Reminders[0].Amount",
        ["price"] = "Input.Price",
    };

    protected override string Needs => Permissions.CatalogueWrite;

    /// <summary>Null for a new one.</summary>
    public ServiceResponse? Service { get; private set; }

    public string Currency { get; private set; } = "";

    public IReadOnlyList<CategoryResponse> Categories { get; private set; } = [];

    public IReadOnlyList<ResourceResponse> Resources { get; private set; } = [];

    public SelectListItem[] Kinds => CatalogueItems.Of(Categories);

    public async Task<IActionResult> OnGetAsync(long? id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;

        if (Service is { } service) Input = ServiceForm.Of(service);
        else if (Categories.Count > 0) Input.Requirements.Add(
            new() { CategoryId = Categories[0].Id, Assignment = "client" });
        if (Service is null) Input.Reminders = [SpanInput.Of(1440), SpanInput.Of(120)];
        return Page();
    }

    /// <param name="add">The list that gets another row; nothing is saved then.</param>
    /// <param name="remove">The row that goes: <c>Questions:2</c>.</param>
    public async Task<IActionResult> OnPostAsync(long? id, string? add, string? remove, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        if (add is not null || remove is not null)
        {
            Add(add);
            Remove(remove);
            return Redrawn();
        }

        if (CatalogueItems.Numbers(Input.Durations) is null or [])
        {
            ModelState.AddModelError("Input.Durations", Text["Setup.Service.Durations.Wrong"]);
        }

        if (!ModelState.IsValid) return Refused();
        return id is null ? await CreateAsync(ct) : await ChangeAsync(id.Value, ct);
    }

    public async Task<IActionResult> OnPostActiveAsync(long id, bool active, CancellationToken ct)
    {
        var changed = await Api.PatchAsync<ServiceResponse>(
            $"services/{id}", new ChangeServiceRequest { Active = active }, null, ct);
        if (!changed.Ok) return await AgainAsync(id, changed.Problem, ct);

        return Done(Text[active ? "Setup.Activated" : "Setup.Deactivated", changed.Data.Name], $"services/{id}");
    }

    public async Task<IActionResult> OnPostDeleteAsync(long id, long version, CancellationToken ct)
    {
        var deleted = await Api.DeleteAsync($"services/{id}", version, ct);
        if (!deleted.Ok) return await AgainAsync(id, deleted.Problem, ct);

        return Done(Text["Setup.Deleted"], "services");
    }

    private async Task<IActionResult> CreateAsync(CancellationToken ct)
    {
        var created = await Api.PostAsync<ServiceResponse>("services", Input.ToCreate(Currency), ct, Input.Key);
        return created.Ok
            ? Done(Text["Setup.Created", created.Data.Name], $"services/{created.Data.Id}")
            : Refused(created.Problem, Fields);
    }

    private async Task<IActionResult> ChangeAsync(long id, CancellationToken ct)
    {
        var changed = await Api.PatchAsync<ServiceResponse>(
            $"services/{id}", Input.ToChange(Currency), Input.Version, ct);
        if (changed.Ok) return Done(Text["Setup.Saved"], $"services/{id}");

        return changed.Problem.Status == StatusCodes.Status412PreconditionFailed
            ? RefusedAsStale(Service!, Service!.Version)
            : Refused(changed.Problem, Fields);
    }

    private async Task<IActionResult> AgainAsync(long id, Platform.Contracts.Problem problem, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } failed) return failed;
        ModelState.Clear();
        Input = ServiceForm.Of(Service!);
        return Refused(problem);
    }

    private async Task<IActionResult?> LoadAsync(long? id, CancellationToken ct)
    {
        var settings = await Api.GetAsync<SettingsResponse>("settings", ct);
        if (!settings.Ok) return settings.Problem.ToPage();
        var categories = await Api.AllAsync<CategoryResponse>("categories", ct);
        if (!categories.Ok) return categories.Problem.ToPage();
        var resources = await Api.AllAsync<ResourceResponse>("resources", ct);
        if (!resources.Ok) return resources.Problem.ToPage();

        (Currency, Categories, Resources) = (settings.Data.Currency, categories.Data, resources.Data);
        if (id is null) return null;

        var service = await Api.GetAsync<ServiceResponse>($"services/{id}", ct);
        if (!service.Ok) return service.Problem.ToPage();
        Service = service.Data;
        return null;
    }

    private void Add(string? list)
    {
        if (list == "Requirements" && Input.Requirements.Count < MaxRequirements) Input.Requirements.Add(new());
        if (list == "Questions" && Input.Questions.Count < MaxQuestions) Input.Questions.Add(new());
        if (list == "Reminders" && Input.Reminders.Count < MaxReminders) Input.Reminders.Add(SpanInput.Of(null));
    }

    private void Remove(string? row)
    {
        if (row?.Split(':') is not [var list, var text] || !int.TryParse(text, out var index) || index < 0) return;

        if (list == "Requirements" && index < Input.Requirements.Count) Input.Requirements.RemoveAt(index);
        if (list == "Questions" && index < Input.Questions.Count) Input.Questions.RemoveAt(index);
        if (list == "Reminders" && index < Input.Reminders.Count) Input.Reminders.RemoveAt(index);
    }
}
