using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Ui.Localization;
using Platform.Ui.Time;

namespace Platform.Hub.Web;

/// <summary>A member of a booking that was altered, in words.</summary>
internal static class BookingChangeText
{
    public static string Of(BookingFieldChange change, IStringLocalizer<HubText> text, TimeZoneInfo zone)
    {
        var name = text[$"Change.{change.Field}"];
        var field = name.ResourceNotFound ? change.Field : name.Value;
        return (Value(change.Before), Value(change.After)) switch
        {
            (null, null) => field,
            (null, var after) => text["Change.To", field, after],
            (var before, null) => text["Change.From", field, before],
            var (before, after) => text["Change.FromTo", field, before, after],
        };

        string? Value(JsonElement? value) => value is not { } json ? null : change.Field switch
        {
            "start" or "end" => zone.At(json.GetDateTimeOffset()).ToString("g", CultureInfo.CurrentCulture),
            "status" => text[$"Status.{json.GetString()}"],
            "price" => MoneyText.Of(json.Deserialize<Money>(PlatformJson.Options)!),
            "resources" => string.Join(", ", json.Deserialize<List<BookedResource>>(PlatformJson.Options)!.Select(r => r.Name)),
            _ => json.ToString(),
        };
    }
}
