using Platform.Contracts.Events;
using Platform.Tests.Support;

namespace Platform.Tests.Worker;

public sealed class EventDocsTests
{
    [Fact]
    public async Task Every_event_is_listed_with_its_version()
    {
        var types = typeof(IEventData).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IEventData))).ToList();
        var text = await File.ReadAllTextAsync(Repository.PathOf("docs/events.md"));

        Assert.NotEmpty(types);
        Assert.All(types, type => Assert.Contains(
            $"| `{type.GetProperty(nameof(IEventData.EventType))!.GetValue(null)}` | {type.GetProperty(nameof(IEventData.EventVersion))!.GetValue(null)} |",
            text,
            StringComparison.Ordinal));
    }
}
