using System.Globalization;
using System.Reflection;
using System.Text;
using CsvHelper;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using Platform.Contracts;

namespace Platform.Api.Http;

/// <param name="Name">The header cell: camelCase, as in JSON.</param>
internal sealed record CsvColumn<T>(string Name, Func<T, object?> Value);

/// <summary>
/// The one writer of CSV: rows as a file of separated values (RFC 4180) in UTF-8 with a byte order mark and a header,
/// so that a spreadsheet opens it as it is. Cells that look like a formula begin with an apostrophe.
/// </summary>
/// <param name="rows">Must not need the transaction of the request: it is over when they are written.</param>
/// <param name="separator">What the caller asked for; null leaves it to <c>Accept-Language</c>.</param>
internal sealed class CsvFile<T>(
    IAsyncEnumerable<T> rows, IReadOnlyList<CsvColumn<T>> columns, string fileName, CsvSeparator? separator)
    : IResult, IStatusCodeHttpResult, IContentTypeHttpResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new AnswersFile("text/csv"));

    public CsvFile(IReadOnlyList<T> rows, IReadOnlyList<CsvColumn<T>> columns, string fileName, CsvSeparator? separator)
        : this(rows.ToAsyncEnumerable(), columns, fileName, separator)
    {
    }

    public int? StatusCode => StatusCodes.Status200OK;

    public string ContentType => "text/csv; charset=utf-8; header=present";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, ct) = (httpContext.Response, httpContext.RequestAborted);
        var chosen = separator ?? CsvSeparator.Of(httpContext.Request);
        response.ContentType = ContentType;
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptLanguage);
        response.Headers.ContentDisposition =
            new ContentDispositionHeaderValue("attachment") { FileName = fileName }.ToString();

        await using var csv = CsvWriter.Create(
            response.Body, new CsvWriterOptions { Separator = chosen.Value, WriteByteOrderMark = true }, leaveOpen: true);

        foreach (var column in columns) csv.WriteField(column.Name);
        await csv.EndRecordAsync(ct);

        await foreach (var row in rows.WithCancellation(ct))
        {
            ct.ThrowIfCancellationRequested();
            foreach (var column in columns) csv.WriteField(Cell(column.Value(row), chosen.Numbers));
            await csv.EndRecordAsync(ct);
        }

        await csv.FlushAsync(ct);
    }

    private static string Cell(object? value, NumberFormatInfo numbers) => value switch
    {
        null => "",
        string text => Formulas.Defuse(text),
        DateTimeOffset instant => PlatformJson.WriteInstant(instant),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, numbers),
        _ => throw new ArgumentException($"A cell cannot hold a {value.GetType().Name}.", nameof(value)),
    };
}

/// <summary>
/// The separator of the cells of a CSV file, and with it how numbers are written: people whose decimal sign is the
/// comma have spreadsheets that expect semicolons.
/// </summary>
[OneOf(",", ";", "tab")]
internal sealed record CsvSeparator(char Value)
{
    private static readonly CsvSeparator Comma = new(','), Semicolon = new(';'), Tab = new('\t');

    private static readonly NumberFormatInfo DecimalComma =
        NumberFormatInfo.ReadOnly(new NumberFormatInfo { NumberDecimalSeparator = "," });

    public NumberFormatInfo Numbers => Value == ';' ? DecimalComma : NumberFormatInfo.InvariantInfo;

    /// <summary>By the language that the caller prefers.</summary>
    public static CsvSeparator Of(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .Where(language => language.Quality is null or > 0)
        .OrderByDescending(language => language.Quality ?? 1)
        .Select(language => CultureOf(language.Value.Value))
        .FirstOrDefault(culture => culture is not null) is { NumberFormat.NumberDecimalSeparator: "," }
            ? Semicolon
            : Comma;

    public static bool TryParse(string? text, out CsvSeparator? value)
    {
        value = text switch { "," => Comma, ";" => Semicolon, "tab" or "\t" => Tab, _ => null };
        return value is not null;
    }

    private static CultureInfo? CultureOf(string? language)
    {
        if (language is null or "*") return null;

        try
        {
            return CultureInfo.GetCultureInfo(language, predefinedOnly: true);
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>
/// Texts that a spreadsheet would run, as OWASP lists their beginnings: at the start, and of every line.
/// </summary>
internal static class Formulas
{
    private const char Apostrophe = '\'';

    public static string Defuse(string text)
    {
        var safe = new StringBuilder(text.Length + 1);
        for (var i = 0; i < text.Length; i++)
        {
            if (IsStart(text, i) && BeginsFormula(text, i)) safe.Append(Apostrophe);
            safe.Append(text[i]);
        }

        return safe.Length == text.Length ? text : safe.ToString();
    }

    /// <summary>What <see cref="Defuse"/> was given.</summary>
    public static string Restore(string text)
    {
        if (!text.Contains(Apostrophe)) return text;

        var restored = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var isGuard = text[i] == Apostrophe && IsStart(text, i) && i + 1 < text.Length && BeginsFormula(text, i + 1, i == 0);
            if (!isGuard) restored.Append(text[i]);
        }

        return restored.ToString();
    }

    private static bool IsStart(string text, int i) => i == 0 || text[i - 1] is '\r' or '\n';

    private static bool BeginsFormula(string text, int i) => BeginsFormula(text, i, i == 0);

    /// <summary>Within a text a CR only ends another line.</summary>
    private static bool BeginsFormula(string text, int i, bool isFirst) =>
        text[i] is '=' or '+' or '-' or '@' or '\t' or '＝' or '＋' or '－' or '＠' || (isFirst && text[i] is '\r' or '\n');
}
