using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Platform.Contracts;
using Polly;

namespace Platform.Ui.Http;

/// <summary>
/// The API as a web app sees it: an envelope becomes data, an error becomes a <see cref="Problem"/>, and an API that is
/// slow or away becomes one too, so that a page always has something to show.
/// </summary>
public abstract class ApiClient(HttpClient http, ILogger logger)
{
    /// <param name="bypassCache">Whether the API must not answer from its cache.</param>
    protected Task<Answer<T>> GetAsync<T>(string path, CancellationToken ct, bool bypassCache = false)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (bypassCache) request.Headers.CacheControl = new() { NoCache = true };
        return SendAsync<T>(request, ct);
    }

    /// <summary>Reads as staff in a tenant, which the session of the caller does not name.</summary>
    protected Task<Answer<T>> InTenantAsync<T>(long tenantId, string path, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(Headers.TenantId, $"{tenantId}");
        return SendAsync<T>(request, ct);
    }

    /// <summary>A list to its end, for a screen that shows it whole.</summary>
    protected async Task<Answer<IReadOnlyList<T>>> GetAllAsync<T>(string path, CancellationToken ct)
    {
        List<T> all = [];
        for (var next = path; ;)
        {
            var page = await GetAsync<IReadOnlyList<T>>(next, ct);
            if (!page.Ok) return page;

            all.AddRange(page.Data);
            if (page.Page?.Next is not { } cursor) return new(all, null);

            next = QueryHelpers.AddQueryString(path, "cursor", cursor);
        }
    }

    /// <param name="idempotencyKey">The same for every attempt to do one thing, so that it is done once.</param>
    protected Task<Answer<T>> PostAsync<T>(string path, object body, string? idempotencyKey, CancellationToken ct)
    {
        var content = JsonContent.Create(body, body.GetType());
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (idempotencyKey is not null) request.Headers.Add(Headers.IdempotencyKey, idempotencyKey);
        return SendAsync<T>(request, ct);
    }

    /// <summary>A file, as the API writes it; the caller disposes of it.</summary>
    /// <exception cref="HttpRequestException">The API is unavailable.</exception>
    protected Task<HttpResponseMessage> GetFileAsync(
        string path, string mediaType, CancellationToken ct, (string Name, string? Value)? header = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new(mediaType));
        request.Headers.AcceptLanguage.Add(new(CultureInfo.CurrentUICulture.Name)); // decides separator and numbers
        if (header is var (name, value) && value is not null) request.Headers.TryAddWithoutValidation(name, value);
        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    /// <param name="version">What the change is based on; a later change by others refuses it.</param>
    protected Task<Answer<T>> SendAsync<T>(
        HttpMethod method, string path, object? body, CancellationToken ct, long? version = null, string? idempotencyKey = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: PlatformJson.Options);
        if (version is { } known) request.Headers.IfMatch.Add(new($"\"{known}\""));
        if (idempotencyKey is not null) request.Headers.Add(Headers.IdempotencyKey, idempotencyKey);
        return SendAsync<T>(request, ct);
    }

    /// <summary>Sends a file as it is read.</summary>
    protected Task<Answer<T>> UploadAsync<T>(
        string path, Stream file, MediaTypeHeaderValue type, string idempotencyKey, CancellationToken ct)
    {
        var content = new StreamContent(file) { Headers = { ContentType = type } };
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Add(Headers.IdempotencyKey, idempotencyKey);
        return SendAsync<T>(request, ct);
    }

    /// <summary>A file, as <see cref="ApiFile"/> passes it on; a refusal becomes the error page.</summary>
    /// <param name="accept">The media type of the file.</param>
    protected async Task<IActionResult> FileAsync(HttpMethod method, string path, string accept, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { Accept = { new(accept) } } };
        try
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (response.IsSuccessStatusCode) return new ApiFile(response);

            using (response) return (await ProblemOf(response, ct)).ToPage();
        }
        catch (Exception e) when (e is HttpRequestException or ExecutionRejectedException or IOException
            || e is OperationCanceledException && !ct.IsCancellationRequested)
        {
            logger.LogError(e, "The API did not answer {Path}", path);
            return Away(e.Message).ToPage();
        }
    }

    protected async Task<Answer<T>> SendAsync<T>(HttpRequestMessage request, CancellationToken ct)
    {
        using (request)
        {
            try
            {
                using var response = await http.SendAsync(request, ct);
                if (response.IsSuccessStatusCode) return await DataOf<T>(response, ct);

                var problem = await ProblemOf(response, ct);
                if (problem.Status >= StatusCodes.Status500InternalServerError)
                {
                    logger.LogError(
                        "The API answered {Status} {Code} to {Path}, in its log as {TraceId}",
                        problem.Status, problem.Code, request.RequestUri?.AbsolutePath, problem.TraceId);
                }

                return new(default, problem);
            }
            catch (Exception e)
                when (e is HttpRequestException or JsonException or ExecutionRejectedException or IOException)
            {
                return Away(e);
            }
            catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
            {
                return Away(e); // the client's own time limit
            }
        }

        Answer<T> Away(Exception e)
        {
            logger.LogError(e, "The API did not answer {Path}", request.RequestUri?.AbsolutePath);
            return new(default, ApiClient.Away(e.Message));
        }
    }

    private static async Task<Answer<T>> DataOf<T>(HttpResponseMessage response, CancellationToken ct) =>
        typeof(T) == typeof(Done) ? new((T)(object)new Done(), null)
        : await response.Content.ReadFromJsonAsync<Envelope<T>>(ct) is { Data: { } data } envelope
            ? new(data, null, envelope.Meta.Page, envelope.Meta.Code, envelope.Meta.AsOf)
            : new(default, Away("The answer had no data."));

    private static async Task<Problem> ProblemOf(HttpResponseMessage response, CancellationToken ct)
    {
        var status = (int)response.StatusCode;
        var isProblem = response.Content.Headers.ContentType?.MediaType == "application/problem+json";
        var problem = isProblem ? await response.Content.ReadFromJsonAsync<Problem>(ct) : null;
        return problem is null
            ? new(status, null, response.ReasonPhrase, null, null, null)
            : problem with { Status = status };
    }

    private static Problem Away(string detail) =>
        new(StatusCodes.Status503ServiceUnavailable, Codes.Unavailable, "The API did not answer.", detail, null, null);
}
