using Npgsql;
using Platform.Core.Webhooks;

namespace Platform.Worker.Webhooks;

/// <summary>Encrypts the secrets of webhooks from before secrets were encrypted. Until then they are read as they are.</summary>
internal sealed class ProtectWebhookSecrets(
    EventsDatabase database, WebhookSecrets secrets, ILogger<ProtectWebhookSecrets> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var row in await FindAsync(stoppingToken)) await ProtectAsync(row, stoppingToken);
        }
        catch (NpgsqlException e)
        {
            log.LogWarning(e, "Secrets of webhooks are encrypted at the next start");
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // at the next start
        }
    }

    private async Task<List<Row>> FindAsync(CancellationToken ct)
    {
        await using var command = database.Pool.CreateCommand(
            """
            select id, tenant_id, secret, previous_secret from platform.webhook_endpoints
            where secret like 'whsec\_%' or previous_secret like 'whsec\_%'
            """);
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<Row> rows = [];
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetValue(3) as string));
        }

        return rows;
    }

    /// <summary>Unless the secret was rotated in the meantime.</summary>
    private async Task ProtectAsync(Row row, CancellationToken ct)
    {
        await using var command = database.Pool.CreateCommand(
            "update platform.webhook_endpoints set secret = $3, previous_secret = $4 where id = $1 and secret = $2");
        command.Parameters.Add(new() { Value = row.Id });
        command.Parameters.Add(new() { Value = row.Secret });
        command.Parameters.Add(new() { Value = Protected(row.TenantId, row.Secret) });
        command.Parameters.Add(new NpgsqlParameter<string?>
        {
            TypedValue = row.PreviousSecret is { } previous ? Protected(row.TenantId, previous) : null,
        });
        await command.ExecuteNonQueryAsync(ct);
    }

    private string Protected(long tenant, string secret) =>
        WebhookSecrets.IsPlain(secret) ? secrets.Protect(tenant, secret) : secret;

    private sealed record Row(long Id, long TenantId, string Secret, string? PreviousSecret);
}
