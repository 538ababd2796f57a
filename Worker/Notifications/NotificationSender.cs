using System.Diagnostics;
using System.Net.Mail;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Platform.Worker.Notifications;

/// <summary>
/// Sends what is due, any number of workers side by side. A message is taken by moving its next attempt out of the way
/// before it is sent: should the worker die on it, another one tries again when that time comes. Dying between the
/// server's receipt and the note of it sends a message twice, with the same Message-Id.
/// </summary>
internal sealed class NotificationSender(
    EventsDatabase database, Mailer mailer, IOptions<MailOptions> options, TimeProvider clock, ILogger<NotificationSender> log)
    : BackgroundService
{
    private const int BatchSize = 5;

    private const int ErrorMaxLength = 500;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(2);

    /// <summary>Long enough to try each message of a batch, one after the other.</summary>
    private TimeSpan Taken => options.Value.Timeout * (BatchSize + 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var due = await TakeDueAsync(stoppingToken);
                foreach (var notification in due) await SendAsync(notification, stoppingToken);
                if (due.Count < BatchSize) await Task.Delay(Poll, clock, stoppingToken);
            }
            catch (NpgsqlException e)
            {
                log.LogWarning(e, "Notifications wait for PostgreSQL");
                await Task.Delay(AfterOutage, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<List<Notification>> TakeDueAsync(CancellationToken ct)
    {
        await using var command = database.Pool.CreateCommand(
            """
            update platform.notifications n
            set attempts = n.attempts + 1, next_attempt_at = now() + $1, updated_at = now()
            from (
                select id from platform.notifications
                where status = 'pending' and next_attempt_at <= now()
                order by next_attempt_at limit $2 for update skip locked
            ) due
            where n.id = due.id
            returning n.id, n.event_id, n.kind, n.recipient, n.subject, n.body, n.calendar, n.attempts, n.traceparent
            """);
        command.Parameters.Add(new() { Value = Taken });
        command.Parameters.Add(new() { Value = BatchSize });

        await using var reader = await command.ExecuteReaderAsync(ct);
        var due = new List<Notification>();
        while (await reader.ReadAsync(ct))
        {
            due.Add(new(
                reader.GetInt64(0),
                reader.GetGuid(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetString(4),
                reader.GetString(5),
                reader.GetValue(6) as string,
                reader.GetInt32(7),
                reader.GetValue(8) as string));
        }

        return due;
    }

    private async Task SendAsync(Notification notification, CancellationToken ct)
    {
        using var span = Telemetry.Source.StartActivity("mail send", ActivityKind.Client, notification.TraceParent!);

        try
        {
            await mailer.SendAsync(notification, ct);
        }
        catch (Exception e) when (e is SmtpException or FormatException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            await FailAsync(notification, e, ct);
            return;
        }

        await MarkAsync(notification.Id, "sent", TimeSpan.Zero, error: null, ct);
        Telemetry.MailsSent.Add(1);
    }

    private async Task FailAsync(Notification notification, Exception e, CancellationToken ct)
    {
        var final = notification.Attempts >= options.Value.Attempts || IsFinal(e);
        var wait = options.Value.RetryAfter * Math.Pow(4, notification.Attempts - 1);
        var error = e.Message.Length > ErrorMaxLength ? e.Message[..ErrorMaxLength] : e.Message;

        await MarkAsync(notification.Id, final ? "failed" : "pending", wait, error, ct);
        Telemetry.MailsFailed.Add(1);
        log.LogWarning(e, "Notification {Id} was not sent, attempt {Attempt}", notification.Id, notification.Attempts);
    }

    /// <summary>An address that is none, or a server that refuses the message for good (5xx).</summary>
    private static bool IsFinal(Exception e) =>
        e is FormatException || e is SmtpException { StatusCode: >= SmtpStatusCode.CommandUnrecognized };

    private async Task MarkAsync(long id, string status, TimeSpan wait, string? error, CancellationToken ct)
    {
        await using var command = database.Pool.CreateCommand(
            """
            update platform.notifications
            set status = $2, next_attempt_at = now() + $3, last_error = $4, updated_at = now(),
                sent_at = case when $2 = 'sent' then now() end
            where id = $1
            """);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = status });
        command.Parameters.Add(new() { Value = wait });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = error });
        await command.ExecuteNonQueryAsync(ct);
    }
}

/// <param name="Calendar">An iCalendar file to attach.</param>
/// <param name="Attempts">This one included.</param>
internal sealed record Notification(
    long Id,
    Guid EventId,
    string Kind,
    string Recipient,
    string Subject,
    string Body,
    string? Calendar,
    int Attempts,
    string? TraceParent);
