using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Catalogue;

namespace Platform.Hub.Web.Settings;

/// <summary>
/// A small organisation to try things out with: a category, two people with hours, and a service. Names say that they are
/// samples; removing them deletes what nobody has booked, and retires the rest.
/// </summary>
internal sealed class SampleData(SettingsApi api, IStringLocalizer<HubText> text, string currency)
{
    private static readonly string[] Weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday"];

    /// <returns>What the API refused; null if all of it is there.</returns>
    public async Task<Problem?> LoadAsync(CancellationToken ct)
    {
        var category = await api.PostAsync<CategoryResponse>(
            "categories", new CreateCategoryRequest(text["Setup.Sample.Category"]), ct);
        if (!category.Ok) return category.Problem;

        foreach (var name in new[] { "Setup.Sample.First", "Setup.Sample.Second" })
        {
            var resource = await api.PostAsync<ResourceResponse>(
                "resources", new CreateResourceRequest(category.Data.Id, text[name]), ct);
            if (!resource.Ok) return resource.Problem;

            var hours = new PutScheduleRequest([new(Weekdays, "09:00", "12:00"), new(Weekdays, "13:00", "18:00")]);
            var schedule = await api.PutAsync<ScheduleResponse>(
                $"resources/{resource.Data.Id}/schedule", hours, null, ct);
            if (!schedule.Ok) return schedule.Problem;
        }

        var service = await api.PostAsync<ServiceResponse>(
            "services",
            new CreateServiceRequest(
                text["Setup.Sample.Service"], [30, 60], text["Setup.Sample.Description"], Price: new(50, currency),
                Requirements: [new(category.Data.Id, Assignment: "client")], Public: true),
            ct);
        return service.Problem;
    }

    /// <summary>In the order in which rows depend on each other.</summary>
    public async Task<Problem?> RemoveAsync(CancellationToken ct)
    {
        var services = await api.AllAsync<ServiceResponse>("services?active=all", ct);
        if (!services.Ok) return services.Problem;
        foreach (var service in services.Data.Where(s => FirstHour.IsSample(s.Name)))
        {
            var problem = await RemoveAsync($"services/{service.Id}", new ChangeServiceRequest { Active = false }, ct);
            if (problem is not null) return problem;
        }

        var resources = await api.AllAsync<ResourceResponse>("resources?active=all", ct);
        if (!resources.Ok) return resources.Problem;
        foreach (var resource in resources.Data.Where(r => FirstHour.IsSample(r.Name)))
        {
            var problem = await RemoveAsync($"resources/{resource.Id}", new ChangeResourceRequest { Active = false }, ct);
            if (problem is not null) return problem;
        }

        var categories = await api.AllAsync<CategoryResponse>("categories", ct);
        if (!categories.Ok) return categories.Problem;
        foreach (var category in categories.Data.Where(c => FirstHour.IsSample(c.Name)))
        {
            var deleted = await api.DeleteAsync($"categories/{category.Id}", null, ct);
            if (deleted.Problem is { Code: not (Codes.InUse or Codes.NotFound) } problem) return problem;
        }

        return null;
    }

    /// <summary>Rows in use are retired instead.</summary>
    private async Task<Problem?> RemoveAsync(string path, object retire, CancellationToken ct)
    {
        var deleted = await api.DeleteAsync(path, null, ct);
        if (deleted.Ok || deleted.Problem.Code == Codes.NotFound) return null;
        if (deleted.Problem.Code != Codes.InUse) return deleted.Problem;

        return (await api.PatchAsync<Platform.Ui.Http.Done>(path, retire, null, ct)).Problem;
    }
}
