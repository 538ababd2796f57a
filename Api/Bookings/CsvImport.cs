using System.Globalization;
using System.Text.RegularExpressions;
using CsvHelper;
using CsvHelper.Configuration;
using Platform.Contracts;
using Platform.Core;
using Platform.Core.Bookings;

namespace Platform.Api.Bookings;

/// <summary>
/// Bookings out of a file of comma-separated values (RFC 4180) with a header. Case, blanks and punctuation of the header
/// do not matter; semicolons do where it has no comma, as spreadsheets write them in some countries.
/// </summary>
internal static partial class CsvImport
{
    private const string OfAnswers = "answers.";
    private const string OfClient = "client.";

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

    public static ImportedFile Read(string text, int maxRows)
    {
        var isBad = false;
        var header = text.AsSpan(0, text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? end : text.Length);
        using var reader = new StringReader(text);
        using var csv = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = header.Contains(',') || !header.Contains(';') ? "," : ";",
            BadDataFound = _ => isBad = true,
        });

        if (!csv.Read()) return ImportedFile.Unreadable("It is empty.");
        var names = csv.Record!.Select(NameOf).ToList();
        var ignored = csv.Record!.Where((_, i) => !IsKnown(names[i])).ToList();
        if (isBad || !names.Contains("start")) return ImportedFile.Unreadable("Its first line names no column 'start'.");
        if (names.Where(IsKnown).GroupBy(n => n).FirstOrDefault(n => n.Count() > 1) is { Key: var twice })
        {
            return ImportedFile.Unreadable($"It has two columns '{twice}'.");
        }

        List<ImportRow> rows = [];
        for (var line = csv.RawRow + 1; csv.Read(); line = csv.RawRow + 1)
        {
            if (rows.Count == maxRows) return ImportedFile.TooMany(maxRows);

            isBad = false;
            var cells = csv.Record!;
            var row = new ImportRow(rows.Count + 1, line);
            rows.Add(isBad ? row with { Unreadable = Invalid(null, "A quote stands where none may.") }
                : cells.Length > names.Count ? row with { Unreadable = Invalid(null, "It has more cells than the header.") }
                : Row(row, names.Zip(cells).Where(c => IsKnown(c.First)).ToDictionary(c => c.First, c => c.Second)));
        }

        return new(rows, ignored, null);
    }

    private static ImportRow Row(ImportRow row, IReadOnlyDictionary<string, string> cells)
    {
        Rejection? wrong = null;
        var (start, end) = (MomentOf("start"), MomentOf("end"));
        var (minutes, party) = (NumberOf("durationminutes", "durationMinutes"), NumberOf("partysize", "partySize"));
        var (name, email, phone) = (Cell("clientname"), Cell("clientemail"), Cell("clientphone"));

        return row with
        {
            ExternalId = Cell("externalid"),
            Start = start,
            End = end,
            DurationMinutes = minutes,
            TimeZone = Cell("timezone"),
            Service = Cell("service"),
            Resources = Cell("resources")?.Split(
                ';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
            Client = (name ?? email ?? phone) is { } called ? new(called, email, phone) : null,
            PartySize = party,
            Status = Cell("status"),
            Note = Cell("note"),
            Answers = FieldsOf(OfAnswers),
            ClientFields = FieldsOf(OfClient),
            Unreadable = wrong,
        };

        Dictionary<string, string>? FieldsOf(string prefix)
        {
            var fields = cells.Keys.Where(column => column.StartsWith(prefix, StringComparison.Ordinal))
                .Select(column => (Key: column[prefix.Length..], Text: Cell(column)))
                .Where(field => field.Text is not null).ToDictionary(field => field.Key, field => field.Text!);
            return fields.Count > 0 ? fields : null;
        }

        // What our own files guard against spreadsheets is meant without its apostrophe.
        string? Cell(string column) => cells.GetValueOrDefault(column)?.Trim() switch
        {
            null or "" => null,
            ['\'', '=' or '+' or '-' or '@', ..] guarded => guarded[1..],
            var cell => cell,
        };

        Moment? MomentOf(string column)
        {
            if (Cell(column) is not { } cell) return null;
            if (Moment.TryParse(cell.Replace(' ', 'T'), out var moment)) return moment;

            wrong ??= Invalid(column, "A time is 2026-03-29T09:00:00Z, or 2026-03-29T09:00 beside a time zone.");
            return null;
        }

        int? NumberOf(string column, string field)
        {
            if (Cell(column) is not { } cell) return null;
            if (int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;

            wrong ??= Invalid(field, "It is no whole number.");
            return null;
        }
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
}

/// <summary>What a reader has made of a file, or why it is none.</summary>
internal sealed record ImportedFile(
    IReadOnlyList<ImportRow> Rows, IReadOnlyList<string> IgnoredColumns, Rejection? Rejection)
{
    public static ImportedFile Unreadable(string why) =>
        new([], [], new(RejectionKind.Invalid, Codes.InvalidFile, why));

    public static ImportedFile TooMany(int most) =>
        new([], [], new(RejectionKind.Invalid, Codes.TooManyRows, $"A file has at most {most} rows; split it."));
}
