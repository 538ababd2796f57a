using System.Globalization;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Bookings;

/// <summary>Which bookings a list shows; what is null does not matter.</summary>
public sealed record BookingListFilter(
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    string? Status = null,
    string? Text = null,
    long? ServiceId = null,
    long? ResourceId = null,
    long? ClientId = null,
    string? Sort = null,
    int? Page = null,
    int? Size = 25)
{
    public Dictionary<string, string?> ToQuery() => new()
    {
        ["from"] = From?.ToIso(),
        ["to"] = To?.ToIso(),
        ["status"] = Status,
        ["q"] = Text,
        ["serviceId"] = ServiceId?.ToString(CultureInfo.InvariantCulture),
        ["resourceId"] = ResourceId?.ToString(CultureInfo.InvariantCulture),
        ["clientId"] = ClientId?.ToString(CultureInfo.InvariantCulture),
        ["sort"] = Sort,
        ["page"] = Page?.ToString(CultureInfo.InvariantCulture),
        ["size"] = Size?.ToString(CultureInfo.InvariantCulture),
    };
}
