using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Options;
using Platform.Contracts.Calendars;
using Platform.Core.Calendars;
using Platform.ServiceDefaults.Http;

namespace Platform.Worker.Calendars;

/// <summary>What an outside calendar has answered.</summary>
/// <param name="Status">Null where there was no answer.</param>
/// <param name="Error">Of <see cref="CalendarProblems"/>; null where the status is to be looked at.</param>
internal sealed record CalendarAnswer(
    int? Status, string? Error = null, string Text = "", string? ETag = null, string? LastModified = null, Uri? Location = null)
{
    public bool IsSuccess => Error is null && Status is >= 200 and < 300;

    /// <summary>What it is if it is no success.</summary>
    public string Problem => Error ?? Status switch
    {
        401 or 403 => CalendarProblems.Unauthorized,
        404 => CalendarProblems.NotFound,
        410 => CalendarProblems.Gone,
        _ => CalendarProblems.Refused,
    };
}

/// <summary>One request to a server that a tenant names, whatever it answers: bounded in time and size.</summary>
internal sealed class CalendarHttp(PublicConnections connections, IOptions<CalendarOptions> options) : IDisposable
{
    private readonly HttpClient _http = new(connections.NewHandler(options.Value.Timeout))
    {
        Timeout = Timeout.InfiniteTimeSpan, // a request has one of its own, that of its answer included
    };

    public async Task<CalendarAnswer> SendAsync(
        HttpMethod method, string url, CalendarAccess access, CancellationToken ct, Action<HttpRequestMessage>? with = null)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(options.Value.Timeout);
        try
        {
            using var request = new HttpRequestMessage(method, url);
            request.Headers.UserAgent.ParseAdd("Platform-Calendars/1.0");
            request.Headers.AcceptEncoding.ParseAdd("gzip");
            request.Headers.ConnectionClose = true; // an HTTP/1.0 server closes without a header
            if (access is { UserName: { } name, Password: { } password })
            {
                var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"));
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", pair);
            }

            with?.Invoke(request);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            var text = response.IsSuccessStatusCode ? await ReadAsync(response.Content, timeout.Token) : "";
            return text is null
                ? new((int)response.StatusCode, CalendarProblems.TooLarge)
                : new(
                    (int)response.StatusCode, null, text, response.Headers.ETag?.ToString(),
                    response.Content.Headers.TryGetValues("Last-Modified", out var changed) ? changed.First() : null,
                    response.Headers.Location);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is HttpRequestException or IOException
            or OperationCanceledException or UriFormatException or NotSupportedException or InvalidOperationException
            or InvalidDataException or FormatException)
        {
            return new(null, timeout.IsCancellationRequested ? CalendarProblems.Timeout
                : e.GetBaseException() is AddressNotAllowedException ? CalendarProblems.NotAllowed
                : CalendarProblems.Unreachable);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <returns>Null where it is too large.</returns>
    private async Task<string?> ReadAsync(HttpContent content, CancellationToken ct)
    {
        await using var body = await content.ReadAsStreamAsync(ct);
        var isPacked = content.Headers.ContentEncoding.LastOrDefault() is { } coding
            && coding.Equals("gzip", StringComparison.OrdinalIgnoreCase);
        await using var stream = isPacked ? new GZipStream(body, CompressionMode.Decompress) : body;
        using var text = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0;)
        {
            if (text.Length + read > options.Value.MaxBytes) return null;
            text.Write(buffer, 0, read);
        }

        text.Position = 0;
        using var reader = new StreamReader(text, EncodingOf(content), detectEncodingFromByteOrderMarks: true);
        return await reader.ReadToEndAsync(ct);
    }

    private static Encoding EncodingOf(HttpContent content) =>
        content.Headers.ContentType?.CharSet?.Trim('"').ToUpperInvariant() is "ISO-8859-1" or "LATIN1"
            ? Encoding.Latin1
            : Encoding.UTF8;
}
