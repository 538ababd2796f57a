using Platform.Contracts.Events;

namespace Platform.Tests.Architecture;

public sealed class EventTests
{
    [Fact]
    public void Event_names_are_unique_dotted_and_begin_with_their_aggregate()
    {
        var events = typeof(IEventData).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IEventData)))
            .Select(type => (Type: Text(type, nameof(IEventData.EventType)), Of: Text(type, nameof(IEventData.AggregateType))))
            .ToList();

        Assert.NotEmpty(events);
        Assert.Equal(events.Count, events.Select(e => e.Type).Distinct().Count());
        Assert.All(events, e => Assert.Matches($"^{e.Of}\\.[a-z_]+(ed|en|t)$", e.Type));

        static string Text(Type type, string property) => (string)type.GetProperty(property)!.GetValue(null)!;
    }
}
