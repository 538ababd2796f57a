using Microsoft.AspNetCore.Mvc;
using Platform.Contracts.Bookings;
using Platform.Ui.Time;

namespace Platform.Hub.Web.Public;

/// <summary>A page about a visitor's own booking, by the secret in its URL.</summary>
public abstract class OwnBookingPage(PublicApi api, TimeProvider clock) : PublicPage(api)
{
    public PublicBookingResponse Booking { get; private set; } = null!;

    public string Token { get; private set; } = "";

    /// <summary>The zone in which the booking was made, unless the visitor chooses another.</summary>
    public TimeZoneInfo Zone => Request.Query.ContainsKey("tz") ? Site.Zone : TimeZoneInfo.Named(Booking.TimeZone);

    public DateTimeOffset Now => clock.GetUtcNow();

    public string ManageUrl => Site.Links.Of($"manage/{Token}");

    protected override bool MayBeFramed => false; // nobody else's page lies over a button that cancels

    /// <returns>What to answer instead of this page, or null when it can be shown.</returns>
    protected async Task<IActionResult?> LoadAsync(string token, CancellationToken ct)
    {
        var booking = await Api.BookingAsync(Slug, token, ct);
        if (!booking.Ok) return Notice(booking.Problem, "NoBooking");

        Accept(token, booking.Data);
        return null;
    }

    protected void Accept(string token, PublicBookingResponse booking) => (Token, Booking) = (token, booking);
}
