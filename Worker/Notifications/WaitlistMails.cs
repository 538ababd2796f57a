using System.Text.Json;
using Npgsql;
using Platform.Contracts.Bookings;
using Platform.Contracts.Events;
using Platform.Contracts.Messages;
using Platform.Core.Storage;
using Platform.Core.Tenants;
using Platform.Mail;
using Platform.Mail.Messages;
using Platform.Mail.Templates;

namespace Platform.Worker.Notifications;

/// <summary>Writes to clients who have joined the waitlist, with the link by which they leave it.</summary>
internal sealed class WaitlistMails(
    EventsDatabase database, TenantDirectory tenants, ClientLinks links, MessageWriter writer)
{
    public async Task<MailDraft> WriteAsync(OwedMail owed, CancellationToken ct)
    {
        var entry = JsonSerializer.Deserialize<WaitlistSnapshot>(owed.Data!, JsonSerializerOptions.Web)!;
        if (owed.OwnerId is not { } id || await tenants.FindAsync(id, ct) is not { } tenant)
        {
            return MailDraft.Drop("The tenant is gone.");
        }

        var (status, own) = await FindAsync(tenant.Id, entry, ct);
        if (status != WaitlistStatuses.Waiting) return MailDraft.Drop($"The entry is {status ?? "gone"} by now.");

        var message = new ClientMessage(
            MessageKinds.Joined, entry.Locale, entry.ClientName, entry.ServiceName, [],
            MessageTimes.Range(entry.From, entry.To, entry.TimeZone, entry.Locale), Reference: null,
            new(Waitlist: links.OfWaitlist(tenant, entry.WaitlistId)));
        var written = writer.Write(id, message, tenant.ToMessageBrand(), own);
        return MailDraft.Of(new(
            $"{owed.Key}.{owed.Kind}", owed.Recipient, written.Subject, written.Text, written.Html));
    }

    private async Task<(string? Status, MailText? Own)> FindAsync(long tenant, WaitlistSnapshot entry, CancellationToken ct)
    {
        var schema = TenantContext.SchemaOf(tenant);
        await using var command = database.Pool.CreateCommand(
            $"""
            select w.status, t.subject, t.text
            from (select $1::bigint as id) wanted
            left join {schema}.waitlist_entries w on w.id = wanted.id
            left join {schema}.message_templates t on t.kind = $2 and t.locale = $3
            """);
        command.Parameters.Add(new() { Value = entry.WaitlistId });
        command.Parameters.Add(new() { Value = MessageKinds.Joined });
        command.Parameters.Add(new() { Value = MessageWriter.LocaleOf(entry.Locale) });
        try
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            return (
                reader.GetValue(0) as string,
                await reader.IsDBNullAsync(1, ct) ? null : new(reader.GetString(1), reader.GetString(2), IsOwn: true));
        }
        catch (PostgresException e)
            when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return default; // the tenant is being purged with its mails
        }
    }
}
