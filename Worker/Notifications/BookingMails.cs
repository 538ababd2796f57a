using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Contracts.Messages;
using Platform.Core.Storage;
using Platform.Core.Tenants;
using Platform.Mail;
using Platform.Mail.Messages;
using Platform.Mail.Templates;

namespace Platform.Worker.Notifications;

/// <summary>Writes the mails about bookings, in the client's language and the booking's time zone.</summary>
internal sealed class BookingMails(
    EventsDatabase database, TenantDirectory tenants, ClientLinks links, MessageWriter writer, IOptions<MailOptions> options,
    TimeProvider clock) : IMailWriter
{
    public async Task<MailDraft> WriteAsync(OwedMail owed, CancellationToken ct)
    {
        var mail = JsonSerializer.Deserialize<BookingMail>(owed.Data!, JsonSerializerOptions.Web)!;
        var kind = BookingMailRules.TemplateOf(mail, owed.IsFirst);
        var state = await FindAsync(owed.OwnerId, mail.Booking.BookingId, kind, mail.Booking.Locale, ct);
        if (state.IsKnown && BookingMailRules.Untrue(mail, state.Present, clock.GetUtcNow()) is { } reason)
        {
            return MailDraft.Drop(reason);
        }

        var tenant = owed.OwnerId is { } id ? await tenants.FindAsync(id, ct) : null;
        var can = tenant is null || kind == MessageKinds.Offered ? null : links.Of(tenant, mail.Booking.BookingId);
        var message = ClientMessage.Of(
            kind, mail.Booking, LinksOf(kind, mail, tenant, can), mail.Reason, mail.ExpiresAt, mail.HoldToken);
        var written = writer.Write(owed.OwnerId, message, BrandOf(mail, tenant), state.Own);

        var isReminder = kind == MessageKinds.Reminder;
        return MailDraft.Of(new(
            $"{owed.Key}.{owed.Kind}", owed.Recipient, written.Subject, written.Text, written.Html,
            isReminder ? null : BookingInvitation.Of(mail.Booking, options.Value.From, clock.GetUtcNow()),
            isReminder ? can?.StopReminders : null));
    }

    /// <returns>Whether the tenant has tables, the booking if it is there, and the tenant's own text.</returns>
    private async Task<(bool IsKnown, PresentBooking? Present, MailText? Own)> FindAsync(
        long? tenantId, long bookingId, string kind, string locale, CancellationToken ct)
    {
        if (tenantId is not { } tenant) return default;

        var schema = TenantContext.SchemaOf(tenant);
        await using var command = database.Pool.CreateCommand(
            $"""
            select b.status, b.start_at, b.end_at, t.subject, t.text
            from (select $1::bigint as id) wanted
            left join {schema}.bookings b on b.id = wanted.id
            left join {schema}.message_templates t on t.kind = $2 and t.locale = $3
            """);
        command.Parameters.Add(new() { Value = bookingId });
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = MessageWriter.LocaleOf(locale) });
        try
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            return (
                true,
                await reader.IsDBNullAsync(0, ct)
                    ? null
                    : new(
                        reader.GetString(0),
                        await reader.GetFieldValueAsync<DateTimeOffset>(1, ct),
                        await reader.GetFieldValueAsync<DateTimeOffset>(2, ct)),
                await reader.IsDBNullAsync(3, ct) ? null : new(reader.GetString(3), reader.GetString(4), IsOwn: true));
        }
        catch (PostgresException e)
            when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return default; // the tenant is on another cell, or is being purged with its mails
        }
    }

    /// <summary>What has ended is only looked at; an offer has links of its own.</summary>
    private MessageLinks LinksOf(string kind, BookingMail mail, TenantEntry? tenant, BookingLinks? can) => kind switch
    {
        MessageKinds.Offered => new(
            Offer: tenant is not null && mail.WaitlistId is { } entry ? links.OfWaitlist(tenant, entry) : null),
        MessageKinds.Cancelled or MessageKinds.Rejected => new(can?.Page),
        MessageKinds.Reminder => new(can?.Page, can?.Calendar, can?.Reminders),
        _ => new(can?.Page, can?.Calendar),
    };

    private static MessageBrand BrandOf(BookingMail mail, TenantEntry? tenant) =>
        tenant?.ToMessageBrand() ?? new(new(mail.Booking.TenantName ?? mail.Booking.ServiceName), new());
}
