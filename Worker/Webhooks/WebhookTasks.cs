using Npgsql;
using NpgsqlTypes;
using Platform.Contracts.Audit;
using Platform.Contracts.Events;
using Platform.Contracts.Webhooks;
using Platform.Core.Audit;
using Platform.Core.Outbox;
using Platform.Core.Storage;
using Platform.Core.Webhooks;

namespace Platform.Worker.Webhooks;

/// <summary>A delivery that this process has taken.</summary>
/// <param name="Attempts">This one included.</param>
/// <param name="Data">JSON.</param>
internal sealed record WebhookTask(
    long Id,
    long TenantId,
    long EndpointId,
    Guid EventId,
    string EventType,
    DateTimeOffset OccurredAt,
    string Data,
    int Attempts,
    string? TraceParent,
    string Url,
    string Secret,
    string? PreviousSecret,
    DateTimeOffset? PreviousSecretEndsAt)
{
    /// <summary>As they are stored.</summary>
    public IEnumerable<string> SecretsAt(DateTimeOffset now) =>
        PreviousSecret is not null && PreviousSecretEndsAt > now ? [Secret, PreviousSecret] : [Secret];
}

/// <summary>The statements of the sender.</summary>
internal sealed class WebhookTasks(EventsDatabase database, TimeProvider clock)
{
    /// <summary>Of one endpoint at once; of one that fails, one: it must not keep others from being tried.</summary>
    private const int PerEndpoint = 4;

    /// <summary>
    /// Takes what is due, of the endpoints after the given one: in turn, so that none is left out while there is more
    /// to do than can be done. A delivery waits for the earlier ones of its aggregate to its endpoint. Taking moves
    /// the next attempt out of the way: should the process die, another one tries again by then.
    /// </summary>
    /// <param name="running">How many attempts of which endpoint are under way here.</param>
    public async Task<List<WebhookTask>> TakeAsync(
        long after, int limit, IReadOnlyDictionary<long, int> running, TimeSpan taken, CancellationToken ct)
    {
        await using var command = database.Pool.CreateCommand(
            """
            with due as materialized (
                select d.id from platform.webhook_endpoints e
                left join unnest($3, $4) r (endpoint_id, running) on r.endpoint_id = e.id
                cross join lateral (
                    select d.id from platform.webhook_deliveries d
                    where d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at <= now()
                        and not exists (
                            select from platform.webhook_deliveries f
                            where f.endpoint_id = d.endpoint_id and f.aggregate_type = d.aggregate_type
                                and f.aggregate_id = d.aggregate_id and f.status = 'pending' and f.id < d.id)
                    order by d.next_attempt_at
                    limit greatest(0, case when e.failing_since is null then $6 else 1 end - coalesce(r.running, 0))
                    for update of d skip locked
                ) d
                where e.id > $1 and e.enabled and (e.paused_until is null or e.paused_until <= now())
                order by e.id limit $2
            )
            update platform.webhook_deliveries d set attempts = attempts + 1, next_attempt_at = now() + $5
            from due, platform.webhook_endpoints e
            where d.id = due.id and e.id = d.endpoint_id
            returning d.id, d.tenant_id, d.endpoint_id, d.event_id, d.event_type, d.occurred_at, d.data::text, d.attempts,
                d.traceparent, e.url, e.secret, e.previous_secret, e.previous_secret_ends_at
            """);
        object[] values = [after, limit, running.Keys.ToArray(), running.Values.ToArray(), taken, PerEndpoint];
        foreach (var value in values) command.Parameters.Add(new() { Value = value });

        await using var reader = await command.ExecuteReaderAsync(ct);
        var tasks = new List<WebhookTask>();
        while (await reader.ReadAsync(ct))
        {
            tasks.Add(new(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetGuid(3), reader.GetString(4),
                reader.GetFieldValue<DateTimeOffset>(5), reader.GetString(6), reader.GetInt32(7),
                reader.GetValue(8) as string, reader.GetString(9), reader.GetString(10), reader.GetValue(11) as string,
                reader.GetValue(12) is DateTime end ? new DateTimeOffset(end) : null));
        }

        return tasks;
    }

    /// <summary>Notes the attempt and what follows of it, in one transaction.</summary>
    /// <returns>Whether the endpoint was disabled by it.</returns>
    public async Task<bool> NoteAsync(WebhookTask task, AttemptResult result, CancellationToken ct)
    {
        var wait = result.IsSuccess ? null : WebhookRules.WaitAfter(task.Attempts, Random.Shared.NextDouble());
        var pause = result.IsSuccess ? null : WebhookRules.PauseAfter(result.StatusCode, result.RetryAfter);
        if (wait < pause) wait = pause;

        await using var connection = await database.Pool.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction);

        // The endpoint is locked before its deliveries: disabling it changes all of them.
        batch.BatchCommands.Add(result.IsSuccess ? Works(task.EndpointId) : Fails(task.EndpointId, result, pause));
        batch.BatchCommands.Add(Attempt(task, result));
        batch.BatchCommands.Add(Outcome(task, result.IsSuccess, wait));
        (string Reason, long Version)? disabled = null;
        await using (var reader = await batch.ExecuteReaderAsync(ct))
        {
            if (await reader.ReadAsync(ct) && reader.GetValue(0) is string reason) disabled = (reason, reader.GetInt64(1));
        }

        if (disabled is var (why, version)) await GiveUpAsync(task, why, version, connection, transaction, ct);

        await transaction.CommitAsync(ct);
        return disabled is not null;
    }

    private static NpgsqlBatchCommand Attempt(WebhookTask task, AttemptResult result) => TenantSql.Statement(
        """
        insert into platform.webhook_attempts (delivery_id, attempted_at, url, status_code, latency_milliseconds, error,
            response_body)
        select $1, $2, $3, $4, $5, $6, $7 where exists (select from platform.webhook_deliveries where id = $1)
        """,
        task.Id, result.At, task.Url, Nullable(NpgsqlDbType.Integer, result.StatusCode),
        (int)result.Latency.TotalMilliseconds, Nullable(NpgsqlDbType.Text, result.Error),
        Nullable(NpgsqlDbType.Text, result.ResponseBody));

    /// <summary>A delivery that was given up concurrently stays so.</summary>
    private static NpgsqlBatchCommand Outcome(WebhookTask task, bool success, TimeSpan? wait) => TenantSql.Statement(
        """
        update platform.webhook_deliveries
        set status = $2, next_attempt_at = now() + $3, delivered_at = case when $2 = 'delivered' then now() end, updated_at = now()
        where id = $1 and (status = 'pending' or $2 = 'delivered')
        """,
        task.Id,
        success ? WebhookDeliveryStatuses.Delivered
            : wait is null ? WebhookDeliveryStatuses.Failed : WebhookDeliveryStatuses.Pending,
        wait ?? TimeSpan.Zero);

    private static NpgsqlBatchCommand Works(long endpoint) => TenantSql.Statement(
        """
        update platform.webhook_endpoints set failing_since = null, paused_until = null
        where id = $1 and (failing_since is not null or paused_until is not null)
        returning null::text, version
        """,
        endpoint);

    private static NpgsqlBatchCommand Fails(long endpoint, AttemptResult result, TimeSpan? pause) => TenantSql.Statement(
        """
        update platform.webhook_endpoints
        set failing_since = coalesce(failing_since, now()), paused_until = coalesce(now() + $2, paused_until),
            enabled = ended.reason is null, disabled_reason = ended.reason,
            disabled_at = case when ended.reason is not null then now() end
        from (
            select id, case when $3 then 'gone' when failing_since < now() - $4 then 'failing' end as reason
            from platform.webhook_endpoints where id = $1 and enabled for update
        ) ended
        where webhook_endpoints.id = ended.id
        returning ended.reason, version
        """,
        endpoint, Nullable(NpgsqlDbType.Interval, pause), result.StatusCode == 410, WebhookRules.FailingTooLong);

    private async Task GiveUpAsync(
        WebhookTask task, string reason, long version, NpgsqlConnection connection, NpgsqlTransaction transaction,
        CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(DeliveryStatements.GiveUp(task.EndpointId));
        batch.BatchCommands.Add(AuditChange
            .Of(task.TenantId, AuditActions.WebhookDisabled, task.EndpointId, null, new { enabled = false, reason })
            .ToOutboxStatement(new("system"), now));
        batch.BatchCommands.Add(OutboxMessage.Of(
            new WebhookDisabled(task.EndpointId, task.Url, reason), task.TenantId,
            new(task.EndpointId, version, now, "system")).ToStatement());
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter Nullable(NpgsqlDbType type, object? value) =>
        new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
}
