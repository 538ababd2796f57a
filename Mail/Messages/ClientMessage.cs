using System.Text.Json;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Events;
using Platform.Contracts.Messages;
using Platform.Mail.Templates;

namespace Platform.Mail.Messages;

/// <summary>What a mail to a client is about.</summary>
/// <param name="Kind">One of <see cref="MessageKinds"/>.</param>
/// <param name="When">As the client reads it.</param>
/// <param name="Until">Until when an offer is held, likewise.</param>
public sealed record ClientMessage(
    string Kind,
    string Locale,
    string? Name,
    string Service,
    IReadOnlyList<string> Resources,
    string When,
    string? Reference,
    MessageLinks Links,
    string? Reason = null,
    string? Until = null)
{
    public static ClientMessage Of(
        string kind, BookingSnapshot booking, MessageLinks links, string? reason = null, DateTimeOffset? until = null,
        string? holdToken = null) => new(
        kind, booking.Locale, booking.ClientName, booking.ServiceName, booking.ResourceNames,
        MessageTimes.Range(booking.Start, booking.End, booking.TimeZone, booking.Locale), holdToken ?? booking.Uid, links,
        string.IsNullOrWhiteSpace(reason) ? null : reason,
        until is { } time ? MessageTimes.At(time, booking.TimeZone, booking.Locale) : null);
}

/// <summary>What a client without an account can do; each is null where it is not to be done, or not configured.</summary>
public sealed record MessageLinks(
    string? Manage = null, string? Calendar = null, string? Reminders = null, string? Offer = null, string? Waitlist = null);

/// <summary>How a tenant looks and speaks in its mails.</summary>
public sealed record MessageBrand(MailBrand Brand, Labels Labels)
{
    /// <param name="branding">As it is stored, like the others: a <see cref="Branding"/>.</param>
    /// <param name="labels">A <see cref="Contracts.Catalogue.Labels"/>.</param>
    /// <param name="page">A <see cref="BookingPage"/>.</param>
    public static MessageBrand Of(string name, JsonElement branding, JsonElement labels, JsonElement page)
    {
        var (look, legal) = (Read<Branding>(branding), Read<BookingPage>(page)?.LegalName);
        return new(
            new(name, look?.PrimaryColor, look?.LogoUrl, legal == name ? null : legal),
            Read<Labels>(labels) ?? new());
    }

    private static T? Read<T>(JsonElement json) where T : class =>
        json.ValueKind == JsonValueKind.Object ? json.Deserialize<T>(JsonSerializerOptions.Web) : null;
}
