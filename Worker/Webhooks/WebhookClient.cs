using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Platform.Core.Webhooks;
using Platform.ServiceDefaults.Http;
using Platform.ServiceDefaults.KeyRing;

namespace Platform.Worker.Webhooks;

/// <param name="StatusCode">Null where there was no answer.</param>
/// <param name="Error">Why it failed, where the status does not say so.</param>
/// <param name="ResponseBody">Its beginning.</param>
internal sealed record AttemptResult(
    DateTimeOffset At, TimeSpan Latency, int? StatusCode, string? Error, string? ResponseBody, TimeSpan? RetryAfter)
{
    public bool IsSuccess => Error is null && StatusCode is >= 200 and < 300;
}

/// <summary>Makes one attempt to hand an event to a receiver, whatever the receiver does.</summary>
internal sealed class WebhookClient(
    PublicConnections connections, TenantSecrets secrets, IOptions<WebhookOptions> options, TimeProvider clock) : IDisposable
{
    private const int MaxResponseBytes = 4096, MaxErrorLength = 300;

    private readonly HttpClient _http = new(connections.NewHandler(options.Value.Timeout))
    {
        Timeout = Timeout.InfiniteTimeSpan, // an attempt has one of its own, that of its answer included
    };

    public async Task<AttemptResult> SendAsync(WebhookTask task, CancellationToken ct)
    {
        var (at, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(options.Value.Timeout);
        int? status = null;
        TimeSpan? retryAfter = null;

        try
        {
            using var request = RequestOf(task, at);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            status = (int)response.StatusCode;
            retryAfter = WaitOf(response.Headers.RetryAfter, at);
            var body = await BeginningAsync(response.Content, timeout.Token);
            return new(at, clock.GetElapsedTime(started), status, null, body, retryAfter);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is HttpRequestException or IOException
            or OperationCanceledException or UriFormatException or NotSupportedException or InvalidOperationException
            or CryptographicException)
        {
            var error = timeout.IsCancellationRequested
                ? $"No full answer within {options.Value.Timeout.TotalSeconds:0.#} s."
                : e.GetBaseException().Message;
            if (error.Length > MaxErrorLength) error = error[..MaxErrorLength];
            return new(at, clock.GetElapsedTime(started), status, error, null, retryAfter);
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage RequestOf(WebhookTask task, DateTimeOffset at)
    {
        var id = task.EventId.ToString();
        var timestamp = at.ToUnixTimeSeconds();
        var body = WebhookMessage.Body(task.EventType, task.OccurredAt, task.Data);
        var request = new HttpRequestMessage(HttpMethod.Post, task.Url)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.ParseAdd("Platform-Webhooks/1.0");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookMessage.Sign(
            task.SecretsAt(at).Select(stored => Read(task.TenantId, stored)), id, timestamp, body));
        return request;
    }

    private string Read(long tenantId, string stored) =>
        secrets.Unprotect(WebhookEndpoint.SecretPurpose, tenantId, stored)
        ?? throw new CryptographicException("The secret of the webhook cannot be read: its key is gone. Rotate the secret.");

    private static TimeSpan? WaitOf(RetryConditionHeaderValue? retryAfter, DateTimeOffset now) =>
        (retryAfter?.Delta ?? retryAfter?.Date - now) is { } wait && wait > TimeSpan.Zero ? wait : null;

    /// <summary>What comes after it is never read: the answer may be endless.</summary>
    private static async Task<string?> BeginningAsync(HttpContent content, CancellationToken ct)
    {
        await using var stream = await content.ReadAsStreamAsync(ct);
        var bytes = new byte[MaxResponseBytes];
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);

        return length == 0 ? null : Encoding.UTF8.GetString(bytes, 0, length).Replace('\0', '\uFFFD'); // what text columns hold
    }
}
