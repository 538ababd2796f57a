using Npgsql;

namespace Platform.Mail;

/// <summary>
/// The mails that are owed, in a table of the process's own database; any number of processes share it. A mail is
/// <c>pending </c>, <c>sending </c> (claimed until <c>next_attempt_at </c>), <c>sent </c>, <c>failed </c> or
/// <c>superseded </c>.
/// </summary>
/// <remarks>
/// Mails of one topic leave in the order of their versions. Only the oldest one that is owed can be claimed, and its
/// row is what two claims of a topic compete for. It is due as soon as any of its topic is: what waits for another
/// attempt does not hold up what is newer, but is found overtaken and dropped.
/// </remarks>
/// <param name="name">Of the table.</param>
/// <param name="owner">The column of the tenant or account.</param>
/// <param name="key">The column that names a mail beyond this database.</param>
/// <param name="keepsText">Whether subject and text stay on record.</param>
public sealed class MailTable(NpgsqlDataSource database, string name, string owner, string key, bool keepsText = true)
{
    private const int ErrorMaxLength = 500;

    /// <summary>Due mails that may wait for an older one, beside those that are claimed.</summary>
    private const int Waiting = 50;

    private readonly string _claim =
        $"""
        with due as (
            select id, topic from {name}
            where status in ('pending', 'sending') and next_attempt_at <= now()
            order by next_attempt_at limit $1 + {Waiting}
        ), heads as (
            select distinct coalesce((
                select h.id from {name} h
                where h.topic = due.topic and h.status in ('pending', 'sending')
                order by h.version, h.id limit 1), due.id) as id
            from due
        ), claimed as (
            select m.id from {name} m
            where m.id in (select id from heads)
                and (m.status = 'pending' or $3 and m.status = 'sending' and m.next_attempt_at <= now())
            order by m.next_attempt_at limit $1 for update of m skip locked
        )
        update {name} m
        set status = 'sending', attempts = m.attempts + 1, next_attempt_at = now() + $2, updated_at = now()
        from claimed
        where m.id = claimed.id
        returning m.id, m.{key}::text, m.{owner}, m.kind, m.recipient, m.data::text, m.attempts, m.created_at, m.traceparent,
            not exists (select from {name} o where o.topic = m.topic and o.status = 'sent'),
            exists (
                select from {name} o
                where o.topic = m.topic and o.status in ('pending', 'sent') and (o.version, o.id) > (m.version, m.id))
        """;

    /// <summary>Only by who claimed it last: another process may have taken it over.</summary>
    private readonly string _mark =
        $"""
        update {name}
        set status = $3, next_attempt_at = now() + $4, last_error = $5, attempts = attempts - $6,
            subject = coalesce($7, subject), body = coalesce($8, body),
            sent_at = case when $3 = 'sent' then now() end, updated_at = now()
        where id = $1 and attempts = $2 and status = 'sending'
        """;

    /// <param name="lease">How long nobody else claims them.</param>
    /// <param name="takeOver">Also claims what another process was sending when its lease ran out.</param>
    public async Task<List<OwedMail>> ClaimAsync(int limit, TimeSpan lease, bool takeOver, CancellationToken ct)
    {
        await using var command = database.CreateCommand(_claim);
        command.Parameters.Add(new() { Value = limit });
        command.Parameters.Add(new() { Value = lease });
        command.Parameters.Add(new() { Value = takeOver });

        await using var reader = await command.ExecuteReaderAsync(ct);
        List<OwedMail> mails = [];
        while (await reader.ReadAsync(ct)) mails.Add(Read(reader));
        return mails;
    }

    public async Task MarkAsync(OwedMail mail, MailMark mark, CancellationToken ct)
    {
        await using var command = database.CreateCommand(_mark);
        command.Parameters.Add(new() { Value = mail.Id });
        command.Parameters.Add(new() { Value = mail.Attempts });
        command.Parameters.Add(new() { Value = mark.Status });
        command.Parameters.Add(new() { Value = mark.Wait });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = Shortened(mark.Reason) });
        command.Parameters.Add(new() { Value = mark.Uncounted });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = keepsText ? mark.Content?.Subject : null });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = keepsText ? mark.Content?.Text : null });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string? Shortened(string? reason) =>
        reason?.Length > ErrorMaxLength ? reason[..ErrorMaxLength] : reason;

    private static OwedMail Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetString(1),
        reader.GetValue(2) as long?,
        reader.GetString(3),
        reader.GetString(4),
        reader.GetValue(5) as string,
        reader.GetInt32(6),
        reader.GetFieldValue<DateTimeOffset>(7),
        reader.GetValue(8) as string,
        reader.GetBoolean(9),
        reader.GetBoolean(10));
}

/// <summary>How an attempt ended.</summary>
/// <param name="Wait">Until the next one.</param>
/// <param name="Uncounted">Attempts that were none.</param>
public sealed record MailMark(string Status, TimeSpan Wait, string? Reason, MailContent? Content = null, int Uncounted = 0)
{
    public static MailMark Sent(MailContent content) => new("sent", TimeSpan.Zero, null, content);

    public static MailMark Superseded(string reason) => new("superseded", TimeSpan.Zero, reason);

    public static MailMark Failed(MailContent? content, string reason) => new("failed", TimeSpan.Zero, reason, content);

    public static MailMark Retry(MailContent? content, string reason, TimeSpan wait) => new("pending", wait, reason, content);

    /// <summary>Back to where it was: the attempt did not happen.</summary>
    public static MailMark Released(string reason) => new("pending", TimeSpan.Zero, reason, Uncounted: 1);
}
