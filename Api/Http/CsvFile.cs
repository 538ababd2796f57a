using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Microsoft.Net.Http.Headers;
using Platform.Contracts;

namespace Platform.Api.Http;

/// <param name="Name">The header cell: camelCase, as in JSON.</param>
internal sealed record CsvColumn<T>(string Name, Func<T, object?> Value);

/// <summary>
/// Rows as a file of comma-separated values (RFC 4180) in UTF-8, with a header. Texts that a spreadsheet would take for
/// a formula begin with an apostrophe.
/// </summary>
/// <param name="rows">Read already: the transaction of the request is over when they are written.</param>
internal sealed class CsvFile<T>(IReadOnlyList<T> rows, IReadOnlyList<CsvColumn<T>> columns, string fileName)
    : IResult, IStatusCodeHttpResult, IContentTypeHttpResult
{
    private const char Apostrophe = '\'';

    private static readonly CsvConfiguration Rfc4180 = new(CultureInfo.InvariantCulture) { NewLine = "\r\n" };

    public int? StatusCode => StatusCodes.Status200OK;

    public string ContentType => "text/csv; charset=utf-8; header=present";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = ContentType;
        response.Headers.ContentDisposition =
            new ContentDispositionHeaderValue("attachment") { FileName = fileName }.ToString();

        await using var text = new StreamWriter(response.Body, new UTF8Encoding(false), leaveOpen: true);
        await using var csv = new CsvWriter(text, Rfc4180);

        foreach (var column in columns) csv.WriteField(column.Name);
        await csv.NextRecordAsync();

        foreach (var row in rows)
        {
            httpContext.RequestAborted.ThrowIfCancellationRequested();
            foreach (var column in columns) csv.WriteField(Cell(column.Value(row)));
            await csv.NextRecordAsync();
        }
    }

    private static string Cell(object? value) => value switch
    {
        null => "",
        string text => text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? Apostrophe + text : text,
        DateTimeOffset instant => PlatformJson.WriteInstant(instant),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"A cell cannot hold a {value.GetType().Name}.", nameof(value)),
    };
}

internal static class CsvAnswers
{
    private const string Csv = "text/csv";

    extension(HttpContext context)
    {
        /// <summary>Whether <c>Accept</c> names <c>text/csv</c> and nothing that it would rather have.</summary>
        public bool WantsCsv
        {
            get
            {
                context.Response.Headers.Vary = HeaderNames.Accept;
                var best = context.Request.GetTypedHeaders().Accept.MaxBy(type => type.Quality ?? 1);
                return best is { Quality: null or > 0 } && best.MediaType.Equals(Csv, StringComparison.OrdinalIgnoreCase);
            }
        }
    }
}
