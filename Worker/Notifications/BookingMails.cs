using System.Text.Json;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;
using Platform.Contracts.Events;
using Platform.Core.Storage;
using Platform.Core.Tenants;
using Platform.Mail;
using Platform.Mail.Templates;

namespace Platform.Worker.Notifications;

/// <summary>Writes the mails to clients, in the client's language and the booking's time zone.</summary>
internal sealed class BookingMails(
    EventsDatabase database, TenantDirectory tenants, ClientLinks links, IOptions<MailOptions> options, TimeProvider clock)
    : IMailWriter
{
    public async Task<MailDraft> WriteAsync(OwedMail owed, CancellationToken ct)
    {
        if (owed.Data is null) return MailDraft.Drop("Its content was erased.");

        var mail = JsonSerializer.Deserialize<BookingMail>(owed.Data, JsonSerializerOptions.Web)!;
        var (isKnown, present) = await FindAsync(owed.OwnerId, mail.Booking.BookingId, ct);
        if (isKnown && BookingMailRules.Untrue(mail, present, clock.GetUtcNow()) is { } reason) return MailDraft.Drop(reason);

        var isReminder = mail.Template == BookingTemplates.Reminder;
        var tenant = owed.OwnerId is { } id ? await tenants.FindAsync(id, ct) : null;
        var can = tenant is null || !HasLinks(mail) ? null : links.Of(tenant, mail.Booking.BookingId);
        List<MailLink> shown = [.. LinksOf(mail, tenant, can)];
        var written = MailTemplates.Write(ModelOf(mail, owed.IsFirst, tenant, shown));
        return MailDraft.Of(new(
            $"{owed.Key}.{owed.Kind}", owed.Recipient, written.Subject, written.Text, written.Html,
            isReminder ? null : BookingInvitation.Of(mail.Booking, options.Value.From, clock.GetUtcNow()),
            isReminder ? can?.StopReminders : null));
    }

    /// <returns>Whether the tenant has tables, and the booking if it is there.</returns>
    private async Task<(bool IsKnown, PresentBooking? Present)> FindAsync(long? tenantId, long bookingId, CancellationToken ct)
    {
        if (tenantId is not { } tenant) return (false, null);

        await using var command = database.Pool.CreateCommand(
            $"select status, start_at, end_at from {TenantContext.SchemaOf(tenant)}.bookings where id = $1");
        command.Parameters.Add(new() { Value = bookingId });
        try
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            return (true, await reader.ReadAsync(ct)
                ? new(
                    reader.GetString(0),
                    await reader.GetFieldValueAsync<DateTimeOffset>(1, ct),
                    await reader.GetFieldValueAsync<DateTimeOffset>(2, ct))
                : null);
        }
        catch (PostgresException e)
            when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return (false, null); // the tenant is on another cell, or is being purged with its mails
        }
    }

    /// <summary>Nothing can be done about what has ended, nor by the links of a booking about an offer.</summary>
    private static bool HasLinks(BookingMail mail) => mail.Template is not
        (BookingTemplates.Cancelled or BookingTemplates.Rejected or BookingTemplates.Offered);

    private static MailModel ModelOf(BookingMail mail, bool isFirst, TenantEntry? tenant, IReadOnlyList<MailLink> shown)
    {
        var booking = mail.Booking;
        return new(
            BookingMailRules.TemplateOf(mail, isFirst),
            booking.Locale,
            new(tenant?.Name ?? booking.TenantName ?? booking.ServiceName, ColorOf(tenant)),
            new Dictionary<string, string?>
            {
                ["name"] = booking.ClientName,
                ["service"] = booking.ServiceName,
                ["reason"] = string.IsNullOrWhiteSpace(mail.Reason) ? null : mail.Reason,
                ["until"] = mail.ExpiresAt is { } until ? BookingTimes.Until(until, booking) : null,
            },
            [.. FactsOf(mail)],
            shown);
    }

    /// <summary>As the tenant has chosen it; checked when it was.</summary>
    private static string? ColorOf(TenantEntry? tenant) =>
        tenant?.Branding is { ValueKind: JsonValueKind.Object } branding
        && branding.TryGetProperty("primaryColor", out var color) && color.ValueKind == JsonValueKind.String
            ? color.GetString()
            : null;

    private IEnumerable<MailLink> LinksOf(BookingMail mail, TenantEntry? tenant, BookingLinks? can)
    {
        var isOffer = mail.Template == BookingTemplates.Offered;
        if (isOffer && tenant is not null && mail.WaitlistId is { } entry && links.OfOffer(tenant, entry) is { } offer)
        {
            yield return Link("offer", offer);
        }

        if (can is null) yield break;

        if (can.Page is { } page) yield return Link("manage", page);
        yield return Link("calendar", can.Calendar);
        if (mail.Template == BookingTemplates.Reminder && can.Reminders is { } reminders) yield return Link("reminders", reminders);

        MailLink Link(string label, string url) => new(MailTemplates.TextOf($"label.{label}", mail.Booking.Locale), url);
    }

    private static IEnumerable<MailFact> FactsOf(BookingMail mail)
    {
        var booking = mail.Booking;
        if (booking.TenantName is { } tenant) yield return Fact("where", tenant);
        yield return Fact("service", booking.ServiceName);
        if (booking.ResourceNames.Count > 0) yield return Fact("with", string.Join(", ", booking.ResourceNames));
        yield return Fact("when", BookingTimes.When(booking));
        yield return Fact("reference", mail.HoldToken ?? booking.Uid);

        MailFact Fact(string label, string value) => new(MailTemplates.TextOf($"label.{label}", booking.Locale), value);
    }
}

/// <summary>Times as a client reads them.</summary>
internal static class BookingTimes
{
    public static string Until(DateTimeOffset time, BookingSnapshot booking)
    {
        var local = Instant.FromDateTimeOffset(time).InZone(ZoneOf(booking));
        return $"{local.ToString(ShortPattern(booking), MailTemplates.CultureOf(booking.Locale))} ({local.Zone.Id})";
    }

    public static string When(BookingSnapshot booking)
    {
        var zone = ZoneOf(booking);
        var start = Instant.FromDateTimeOffset(booking.Start).InZone(zone);
        var end = Instant.FromDateTimeOffset(booking.End).InZone(zone);
        var culture = MailTemplates.CultureOf(booking.Locale);
        var date = start.ToString(
            MailTemplates.IsPortuguese(booking.Locale) ? "dddd, d 'de' MMMM 'de' uuuu" : "dddd, d MMMM uuuu", culture);
        var until = end.ToString(end.Date == start.Date ? "HH:mm" : ShortPattern(booking), culture);

        return $"{date}, {start.ToString("HH:mm", culture)}–{until} ({zone.Id})";
    }

    private static string ShortPattern(BookingSnapshot booking) =>
        MailTemplates.IsPortuguese(booking.Locale) ? "d 'de' MMMM, HH:mm" : "d MMMM, HH:mm";

    /// <summary>A time in a zone that the tz database does not have is shown in UTC, with a note.</summary>
    private static DateTimeZone ZoneOf(BookingSnapshot booking) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(booking.TimeZone) ?? DateTimeZone.Utc;
}
