using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Platform.Core.Bookings;
using Platform.Core.Tenants;

namespace Platform.Worker.Notifications;

internal sealed class ClientLinkOptions
{
    public const string Section = "ManageLinks";

    /// <summary>
    /// The Api's: signs the links by which clients manage their bookings. Without it mails have none.
    /// </summary>
    [MinLength(32)]
    public string? Key { get; init; }

    /// <summary>Where clients reach the Api. Without it mails have no links.</summary>
    public Uri? Api { get; init; }

    /// <summary>The site with the booking pages. Without it mails link to no page.</summary>
    public Uri? Pages { get; init; }
}

[OptionsValidator]
internal sealed partial class ClientLinkOptionsValidator : IValidateOptions<ClientLinkOptions>;

/// <param name="Page">Where the client sees, moves and cancels the booking.</param>
/// <param name="Calendar">The booking as an iCalendar file.</param>
/// <param name="StopReminders">For a POST.</param>
/// <param name="Reminders">The page that says whether the client is reminded.</param>
internal sealed record BookingLinks(string? Page, string Calendar, string StopReminders, string? Reminders);

/// <summary>The links by which a client without an account manages a booking. Each works without a sign-in.</summary>
internal sealed class ClientLinks(IOptions<ClientLinkOptions> options)
{
    private readonly ManageLinks? _links = options.Value is { Key: { } key, Api: not null } ? new(key) : null;

    /// <returns>Null where nothing is configured.</returns>
    public BookingLinks? Of(TenantEntry tenant, long bookingId)
    {
        if (_links?.Of(tenant.Id, bookingId) is not { } token) return null;

        var booking = $"{options.Value.Api!.ToString().TrimEnd('/')}/public/api/v1/{tenant.Slug}/manage/{token}";
        var page = PageOf(tenant, "manage", token);
        return new(page, $"{booking}/calendar.ics", $"{booking}/reminders/stop", page is null ? null : $"{page}/reminders");
    }

    /// <summary>Where the client sees and leaves the waitlist, and takes or declines an offer.</summary>
    /// <returns>Null where nothing is configured.</returns>
    public string? OfWaitlist(TenantEntry tenant, long waitlistId) =>
        _links is null ? null : PageOf(tenant, "waitlist", _links.OfWaitlist(tenant.Id, waitlistId));

    private string? PageOf(TenantEntry tenant, string page, string token) => options.Value.Pages is { } site
        ? $"{site.ToString().TrimEnd('/')}/{tenant.Slug}/{page}/{token}"
        : null;
}
