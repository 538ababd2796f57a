using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Platform.Mail;

/// <summary>
/// Sends what is due, any number of processes side by side, each over a few connections. A mail is claimed before it is
/// sent and marked right after the server's receipt, again and again until PostgreSQL has it. Only a process that ends
/// between the two leaves open whether it was sent; it is sent again when the claim runs out, with the same Message-ID.
/// </summary>
internal sealed class MailSender<TWriter>(
    MailTable table, SmtpTransport transport, IServiceScopeFactory scopes, IOptions<MailOptions> options,
    TimeProvider clock,
    ILogger<MailSender<TWriter>> log)
    : BackgroundService
    where TWriter : IMailWriter
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MarkRetry = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// After an outage of PostgreSQL nobody takes over what others were sending, until they could mark it.
    /// </summary>
    private static readonly TimeSpan MarkingTime = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _done = new(0);

    /// <summary>Mails that are being sent.</summary>
    private int _busy;

    /// <summary>Since when PostgreSQL has answered.</summary>
    private long _answeringSince;

    /// <summary>Connections to the mail server that failed one after the other.</summary>
    private int _unavailable;

    private int Slots => options.Value.Connections;

    /// <summary>An attempt begins at most a timeout after the claim and takes at most another one.</summary>
    private TimeSpan Lease => (options.Value.Timeout * 2) + MarkingTime;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Url is null)
        {
            log.LogWarning("Mails are not sent: there is no Mail:Url");
            return;
        }

        _answeringSince = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var claimed = await ClaimAsync(stoppingToken);
                if (_unavailable > 0) await Task.Delay(Pause, clock, stoppingToken);
                else if (claimed == 0 || Volatile.Read(ref _busy) >= Slots) await _done.WaitAsync(Poll, stoppingToken);
            }
            catch (NpgsqlException e)
            {
                log.LogWarning(e, "Mails wait for PostgreSQL");
                _answeringSince = clock.GetTimestamp() + (long)(Poll.TotalSeconds * clock.TimestampFrequency);
                await Task.Delay(Poll, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }

        // A mail is marked before it is sent, or it would be sent twice.
        while (Volatile.Read(ref _busy) > 0) await _done.WaitAsync(Poll, CancellationToken.None);
    }

    /// <summary>Longer with each connection that failed.</summary>
    private TimeSpan Pause => TimeSpan.FromTicks(Math.Min(
        MaxPause.Ticks, (long)(options.Value.RetryAfter.Ticks / 30.0 * Math.Pow(2, Math.Min(_unavailable, 10) - 1))));

    private async Task<int> ClaimAsync(CancellationToken ct)
    {
        var free = (_unavailable > 0 ? 1 : Slots) - Volatile.Read(ref _busy);
        if (free <= 0) return 0;

        var takeOver = clock.GetElapsedTime(_answeringSince) > MarkingTime;
        var claimedAt = clock.GetTimestamp();
        var mails = await table.ClaimAsync(free, Lease, takeOver, ct);
        foreach (var mail in mails)
        {
            Interlocked.Increment(ref _busy);
            _ = SendInSlotAsync(mail, claimedAt, ct);
        }

        return mails.Count;
    }

    private async Task SendInSlotAsync(OwedMail mail, long claimedAt, CancellationToken stopping)
    {
        await Task.Yield(); // the others begin
        try
        {
            await SendAsync(mail, claimedAt, stopping);
        }
        catch (Exception e)
        {
            log.LogError(e, "Mail {Id} ({Kind}) is left until its claim runs out", mail.Id, mail.Kind);
        }
        finally
        {
            Interlocked.Decrement(ref _busy);
            if (_done.CurrentCount == 0) _done.Release(); // one is enough to look again
        }
    }

    private async Task SendAsync(OwedMail mail, long claimedAt, CancellationToken stopping)
    {
        using var span = MailTelemetry.Source.StartActivity("mail send", ActivityKind.Client, mail.TraceParent!);

        MailMark mark;
        try
        {
            var draft = mail.IsOvertaken ? MailDraft.Drop("A newer mail replaces it.") : await WriteAsync(mail);
            if (clock.GetElapsedTime(claimedAt) > options.Value.Timeout) return; // asleep: others may have claimed it
            mark = await TrySendAsync(mail, draft, span);
        }
        catch (NpgsqlException e)
        {
            mark = MailMark.Released(e.Message) with { Wait = MarkingTime };
        }
        catch (Exception e) when (!SmtpTransport.IsFault(e))
        {
            log.LogError(e, "Mail {Id} ({Kind}) could not be written", mail.Id, mail.Kind);
            mark = Failed(mail, null, e, isFinal: false);
        }

        await MarkAsync(mail, mark, stopping);
    }

    private async Task<MailDraft> WriteAsync(OwedMail mail)
    {
        await using var scope = scopes.CreateAsyncScope();
        using var limit = new CancellationTokenSource(options.Value.Timeout, clock);
        return await scope.ServiceProvider.GetRequiredService<TWriter>().WriteAsync(mail, limit.Token);
    }

    private async Task<MailMark> TrySendAsync(OwedMail mail, MailDraft draft, Activity? span)
    {
        if (draft.Content is not { } content)
        {
            MailTelemetry.Superseded.Add(1);
            return MailMark.Superseded(draft.Superseded ?? "Not needed any more.");
        }

        try
        {
            await transport.SendAsync(content, CancellationToken.None);
            Volatile.Write(ref _unavailable, 0);
            MailTelemetry.Sent.Add(1);
            return MailMark.Sent(content);
        }
        catch (MailServerUnavailableException e)
        {
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            if (Interlocked.Increment(ref _unavailable) == 1) log.LogWarning(e, "Mails wait for the mail server");
            return MailMark.Released(e.Message);
        }
        catch (Exception e) when (SmtpTransport.IsFault(e))
        {
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            Volatile.Write(ref _unavailable, 0); // it answers
            return Failed(mail, content, e, SmtpTransport.IsFinal(e));
        }
    }

    private MailMark Failed(OwedMail mail, MailContent? content, Exception e, bool isFinal)
    {
        MailTelemetry.Failed.Add(1);
        log.LogWarning(
            "Mail {Id} ({Kind}) was not sent, attempt {Attempt}: {Reason}",
            mail.Id, mail.Kind, mail.Attempts, e.GetType().Name);
        var reason = e is OperationCanceledException or TimeoutException
            ? "The mail server did not answer in time." : e.Message;
        return isFinal || mail.Attempts >= options.Value.Attempts
            ? MailMark.Failed(content, reason)
            : MailMark.Retry(content, reason, options.Value.RetryAfter * Math.Pow(4, mail.Attempts - 1));
    }

    /// <summary>Until PostgreSQL has it; a process that is stopped gives up in the end.</summary>
    private async Task MarkAsync(OwedMail mail, MailMark mark, CancellationToken stopping)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await table.MarkAsync(mail, mark, CancellationToken.None);
                return;
            }
            catch (NpgsqlException) when (!stopping.IsCancellationRequested || clock.GetElapsedTime(started) < MarkingTime)
            {
                await Task.Delay(MarkRetry, clock, CancellationToken.None);
            }
        }
    }
}
