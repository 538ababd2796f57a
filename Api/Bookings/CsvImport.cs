using System.Globalization;
using System.Text.RegularExpressions;
using CsvHelper;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Bookings.Imports;

namespace Platform.Api.Bookings;

/// <summary>
/// Bookings out of a file of separated values (RFC 4180) with a header, as spreadsheets write them. Case, blanks and
/// punctuation of the header do not matter; empty rows and cells at the edges mean nothing.
/// </summary>
internal static partial class CsvImport
{
    private const string OfAnswers = "answers.";
    private const string OfClient = "client.";
    private static readonly char[] Separators = [',', ';', '\t', '|'];

    private static readonly HashSet<string> Columns =
    [
        "start", "end", "durationminutes", "timezone", "service", "resources", "clientname", "clientemail", "clientphone",
        "partysize", "status", "note", "externalid",
    ];

    private static readonly Dictionary<string, string> OtherNames = new()
    {
        ["serviceid"] = "service",
        ["resource"] = "resources",
        ["resourceids"] = "resources",
        ["name"] = "clientname",
        ["email"] = "clientemail",
        ["phone"] = "clientphone",
        ["uid"] = "externalid",
    };

    /// <param name="locale">Of the tenant, for dates as people write them.</param>
    public static BookingFile Read(string text, string locale, int maxRows)
    {
        var (hint, content) = SeparatorHint(text);
        var separator = hint ?? SeparatorOf(content);
        var (records, broken) = Records(content, separator, hint is null ? 0 : 1, maxRows + 1);
        if (broken is not null) return BookingFile.Unreadable(broken);
        if (records is not [var header, .. var rows]) return BookingFile.Unreadable("The file is empty.");

        var names = header.Cells.Select(NameOf).ToList();
        if (header.Malformed is not null || !names.Contains("start"))
        {
            return BookingFile.Unreadable("The first line must name a column 'start'.");
        }

        if (names.Where(IsKnown).GroupBy(n => n).FirstOrDefault(n => n.Count() > 1) is { Key: var twice })
        {
            return BookingFile.Unreadable($"The header names the column '{twice}' twice.");
        }

        if (rows.Count > maxRows) return BookingFile.TooMany(maxRows);

        int[] timed = [.. new[] { "start", "end" }.Select(name => names.IndexOf(name)).Where(i => i >= 0)];
        var times = new CsvTimes(
            locale, rows.SelectMany(row => timed.Where(i => i < row.Cells.Count).Select(i => row.Cells[i].Trim())));
        return new(
            [.. rows.Select((record, i) => Row(new(i + 1, record.Line), record, header.Cells, names, times))],
            [.. header.Cells.Where((cell, i) => !IsKnown(names[i]) && !string.IsNullOrWhiteSpace(cell))],
            null);
    }

    /// <summary>The first line <c>sep=;</c>, which names the separator for Excel.</summary>
    private static (char? Separator, string Content) SeparatorHint(string text)
    {
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        return end == 5 && text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase)
            ? (text[4], text[(text.AsSpan(end).StartsWith("\r\n") ? end + 2 : end + 1)..])
            : (null, text);
    }

    /// <summary>The one by which the header names most columns that we know, or has most cells at all.</summary>
    private static char SeparatorOf(string text) => Separators.MaxBy(separator =>
    {
        using var csv = CsvReader.FromText(text, Options(separator));
        return csv.Read() ? (Cells(csv).Count(cell => IsKnown(NameOf(cell))), csv.FieldCount) : (0, 0);
    });

    private static CsvReaderOptions Options(char separator) =>
        new() { Separator = separator, HasHeader = false, TrackLineNumbers = true };

    private static List<string> Cells(CsvReader csv) => [.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)];

    /// <summary>All non-empty rows, or why the end of a row cannot be found.</summary>
    /// <param name="skipped">Lines before <paramref name="text"/>.</param>
    /// <param name="max">After so many it is enough.</param>
    private static (List<Record> Records, string? Broken) Records(string text, char separator, int skipped, int max)
    {
        string? malformed = null, broken = null;
        using var csv = CsvReader.FromText(text, Options(separator) with
        {
            OnMalformedRecord = record =>
            {
                malformed = "A quote is not allowed here.";
                if (record.Reason is not CsvMalformedReason.UnterminatedQuote) return;
                broken = $"Line {record.LineNumber + skipped}: a quote is opened there, or on a line after it, and never closed.";
            },
        });

        List<Record> records = [];
        while (records.Count <= max && csv.Read())
        {
            var cells = Cells(csv);
            if (cells.Exists(cell => !string.IsNullOrWhiteSpace(cell)))
            {
                records.Add(new((int)csv.LineNumber + skipped, cells, malformed is null ? null : FirstMalformed(csv)));
            }

            malformed = null;
        }

        return (records, broken);
    }

    /// <summary>The cell, from 0, in which a quote is neither around everything nor doubled.</summary>
    private static int FirstMalformed(CsvReader csv)
    {
        for (var i = 0; i < csv.FieldCount; i++)
        {
            var raw = csv.GetRawSpan(i);
            if (raw is [(byte)'"', .. var inner, (byte)'"'] ? (inner.Count((byte)'"') % 2) != 0 : raw.Contains((byte)'"')) return i;
        }

        return 0;
    }

    private static ImportRow Row(
        ImportRow row, Record record, List<string> header, List<string> names, CsvTimes times)
    {
        if (record.Malformed is { } at)
        {
            return row with { Unreadable = Invalid(header.ElementAtOrDefault(at), "A quote is not allowed here.") };
        }

        if (record.Cells.Skip(names.Count).Any(cell => !string.IsNullOrWhiteSpace(cell)))
        {
            return row with
            {
                Unreadable = Invalid(null, $"The row has more than the {names.Count} cells of the header."),
            };
        }

        return new RowReader(
            names.Zip(record.Cells).Where(c => IsKnown(c.First)).ToDictionary(c => c.First, c => c.Second),
            times).Read(row);
    }

    private static string NameOf(string cell)
    {
        var name = string.Concat(cell.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
        name = OtherNames.GetValueOrDefault(name, name);
        return !Columns.Contains(name) && FieldName().Match(cell.Trim()) is { Success: true } field
            ? $"{field.Groups["of"].Value.ToLowerInvariant()}.{field.Groups["key"].Value}"
            : name;
    }

    private static bool IsKnown(string name) => Columns.Contains(name) || name.Contains('.', StringComparison.Ordinal);

    /// <summary>A column of answers or of the organisation's own fields; the case of its key matters.</summary>
    [GeneratedRegex(
        "^(?<of>answers|client)[.](?<key>[a-z][a-z0-9_]{0,49})$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex FieldName();

    private static Rejection Invalid(string? field, string detail) =>
        new(RejectionKind.Invalid, Codes.ValidationFailed, detail, field);

    /// <param name="Malformed">The cell, from 0, whose quotes cannot be read.</param>
    private sealed record Record(int Line, List<string> Cells, int? Malformed);

    /// <summary>What the cells of one row mean.</summary>
    private sealed class RowReader(IReadOnlyDictionary<string, string> cells, CsvTimes times)
    {
        private Rejection? _wrong;

        public ImportRow Read(ImportRow row)
        {
            var (name, email, phone) = (Cell("clientname"), Cell("clientemail"), Cell("clientphone"));
            if (email is not null) email = EmailAddresses.Canonical(email);
            return row with
            {
                ExternalId = Cell("externalid"),
                Start = MomentOf("start"),
                End = MomentOf("end"),
                DurationMinutes = NumberOf("durationminutes", "durationMinutes"),
                TimeZone = Cell("timezone"),
                Service = Cell("service"),
                Resources = Cell("resources")?.Split(
                    ';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
                Client = (name ?? email ?? phone) is { } called ? new(called, email, phone) : null,
                PartySize = NumberOf("partysize", "partySize"),
                Status = Cell("status"),
                Note = Cell("note"),
                Answers = FieldsOf(OfAnswers),
                ClientFields = FieldsOf(OfClient),
                Unreadable = _wrong,
            };
        }

        private Dictionary<string, string>? FieldsOf(string prefix)
        {
            var fields = cells.Keys.Where(column => column.StartsWith(prefix, StringComparison.Ordinal))
                .Select(column => (Key: column[prefix.Length..], Text: Cell(column)))
                .Where(field => field.Text is not null).ToDictionary(field => field.Key, field => field.Text!);
            return fields.Count > 0 ? fields : null;
        }

        private string? Cell(string column) => cells.GetValueOrDefault(column)?.Trim() switch
        {
            null or "" => null,
            var cell => Http.Formulas.Restore(cell),
        };

        private Moment? MomentOf(string column)
        {
            if (Cell(column) is not { } cell) return null;

            var (moment, why) = times.Read(cell);
            if (moment is null) _wrong ??= Invalid(column, why!);
            return moment;
        }

        private int? NumberOf(string column, string field)
        {
            if (Cell(column) is not { } cell) return null;
            if (int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;

            _wrong ??= Invalid(field, "The value must be a whole number.");
            return null;
        }
    }
}

/// <summary>The rows of a file, or why it cannot be read.</summary>
internal sealed record BookingFile(
    IReadOnlyList<ImportRow> Rows, IReadOnlyList<string> IgnoredColumns, Rejection? Rejection)
{
    public static BookingFile Unreadable(string why) =>
        new([], [], new(RejectionKind.Invalid, Codes.InvalidFile, why));

    public static BookingFile TooMany(int most) =>
        new([], [], new(RejectionKind.Invalid, Codes.TooManyRows, $"A file has at most {most} rows; split it."));
}
