using Platform.Contracts.Catalogue;

namespace Platform.Hub.Web.Settings;

/// <summary>One of the steps to a published booking page. Its texts are <c>Setup.Step.{Key}</c>.</summary>
/// <param name="Path">Where it is done, below <c>/settings</c>.</param>
public sealed record FirstStep(string Key, string Path, bool IsDone);

/// <summary>What a new organisation lacks until clients can book.</summary>
public static class FirstHour
{
    public static IReadOnlyList<FirstStep> StepsOf(
        SettingsResponse settings, IReadOnlyList<CategoryResponse> categories, IReadOnlyList<ResourceResponse> resources,
        IReadOnlyDictionary<long, ScheduleResponse> schedules, IReadOnlyList<ServiceResponse> services)
    {
        var isOpen = settings.OpeningHours.Count > 0 || schedules.Values.Any(s => s is { Own: true, Rules.Count: > 0 });
        var bookable = services.Where(s => s.Requirements.Count > 0).ToList();
        return
        [
            new("Category", "categories/new", categories.Count > 0),
            new("Resource", "resources/new", resources.Count > 0),
            new("Hours", "hours", isOpen),
            new("Service", "services/new", bookable.Count > 0),
            new("Publish", bookable is [var first, ..] ? $"services/{first.Id}" : "services", bookable.Any(s => s.Public)),
        ];
    }

    /// <summary>Whether this row came with the sample data: its name says so, in any language.</summary>
    public static bool IsSample(string name) => name.EndsWith(" (exemplo)", StringComparison.Ordinal)
        || name.EndsWith(" (sample)", StringComparison.Ordinal);
}
