using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using Platform.Contracts;

namespace Platform.Api.Http;

/// <summary>A file that a route answers when <c>Accept</c> asks for it, for its description.</summary>
internal sealed record AnswersFile(string MediaType);

/// <summary>Rows as lines of JSON, each sent when it is there.</summary>
internal sealed class NdjsonFile<T>(IAsyncEnumerable<T> rows, string fileName)
    : IResult, IStatusCodeHttpResult, IContentTypeHttpResult, IEndpointMetadataProvider
{
    public const string MediaType = "application/x-ndjson";

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new AnswersFile(MediaType));

    /// <summary>Lines are buffered; slow producers send each line at once.</summary>
    private const int LinesAtOnce = 100;

    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    public int? StatusCode => StatusCodes.Status200OK;

    public string ContentType => MediaType;

    /// <summary>Whether each line is sent at once, because the caller follows the progress.</summary>
    public bool ReportsProgress { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, ct) = (httpContext.Response, httpContext.RequestAborted);
        response.ContentType = MediaType;
        response.Headers.ContentDisposition =
            new ContentDispositionHeaderValue("attachment") { FileName = fileName }.ToString();

        var count = 0;
        await foreach (var row in rows.WithCancellation(ct))
        {
            await JsonSerializer.SerializeAsync(response.Body, row, PlatformJson.Options, ct);
            await response.Body.WriteAsync(LineEnd, ct);
            if (ReportsProgress || ++count % LinesAtOnce == 0) await response.Body.FlushAsync(ct);
        }
    }
}

internal static class FileAnswers
{
    private const string Csv = "text/csv";

    extension(HttpContext context)
    {
        /// <summary>Whether <c>Accept</c> names <c>text/csv</c> and nothing that it would rather have.</summary>
        public bool WantsCsv => context.Accepts(Csv);

        /// <summary>Likewise <c>application/x-ndjson</c>.</summary>
        public bool WantsNdjson => context.Accepts(NdjsonFile<object>.MediaType);

        private bool Accepts(string mediaType)
        {
            context.Response.Headers.Vary = HeaderNames.Accept;
            var best = context.Request.GetTypedHeaders().Accept.MaxBy(type => type.Quality ?? 1);
            return best is { Quality: null or > 0 } && best.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase);
        }
    }
}
