using System.Text.Json;
using Npgsql;
using Platform.Contracts.Messages;
using Platform.Core.Storage;

namespace Platform.Core.Messages;

/// <summary>Mails that a request asks for; the Worker writes and sends them.</summary>
public static class QueuedMails
{
    public static NpgsqlBatchCommand Test(long tenantId, string recipient, TestMessage message)
    {
        var id = Guid.CreateVersion7();
        return TenantSql.Statement(
            """
            insert into platform.notifications (tenant_id, event_id, kind, recipient, locale, topic, data, status)
            values ($1, $2, $3, $4, $5, $6, $7::jsonb, 'pending')
            """,
            tenantId, id, TestMessage.MailKind, recipient, message.Locale, $"{tenantId}:message_test:{id}",
            JsonSerializer.Serialize(message, JsonSerializerOptions.Web));
    }
}
