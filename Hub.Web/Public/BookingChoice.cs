using Platform.Contracts.Catalogue;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Public;

/// <summary>What a visitor has chosen so far, as the URLs of the pages carry it.</summary>
/// <param name="With">A resource; any if null.</param>
/// <param name="Minutes">Another length than the service's first.</param>
/// <param name="Party">How many come, where seats are shared.</param>
public sealed record BookingChoice(ServiceResponse Service, long? With, int? Minutes, int? Party)
{
    /// <summary>More than that is agreed by phone.</summary>
    private const int MaxParty = 20;

    public int Length => Minutes ?? Service.DurationsMinutes[0];

    /// <summary>Whether several people share a session, so that seats are counted.</summary>
    public bool IsGroup => Service.Capacity > 1;

    public int PartyLimit => Math.Min(Service.Capacity, MaxParty);

    public string Key => ServiceKeys.Of(Service);

    public string? WithName => Service.Choices?.FirstOrDefault(choice => choice.Id == With)?.Name;

    /// <summary>Values that the service does not offer count as not chosen: a link is whatever somebody typed.</summary>
    public static BookingChoice Of(ServiceResponse service, long? with, int? minutes, int? party) => new(
        service,
        service.Choices?.Any(choice => choice.Id == with) == true ? with : null,
        service.DurationsMinutes.Skip(1).Any(length => length == minutes) ? minutes : null,
        service.Capacity > 1 && party is > 1 && party <= service.Capacity ? party : null);

    public PublicSlotQuery Question(TimeZoneInfo zone) => new(Service.Id, With, Minutes, Party, zone);

    public IReadOnlyList<(string Name, string? Value)> Query =>
        [("with", PublicLinks.Text(With)), ("minutes", PublicLinks.Text(Minutes)), ("party", PublicLinks.Text(Party))];

    public string Times(PublicLinks links, DateOnly? day = null) => links.Of(Key, [("day", day?.ToIso()), .. Query]);

    public string Details(PublicLinks links, DateTimeOffset slot, string? hold) =>
        links.Of($"{Key}/details", [("slot", slot.ToIso()), ("hold", hold), .. Query]);

    public string Waitlist(PublicLinks links, DateOnly? day) =>
        links.Of($"{Key}/waitlist", [("day", day?.ToIso()), .. Query]);
}
