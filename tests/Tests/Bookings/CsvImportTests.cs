using System.Text;
using Platform.Api.Bookings;
using Platform.Contracts;

namespace Platform.Tests.Bookings;

/// <summary>Files as Excel, LibreOffice and Google Sheets write them in Brazil and elsewhere.</summary>
public sealed class CsvImportTests
{
    private const string Encodings = "start;clientName\n2026-03-03T10:00:00Z;João Ávila";

    [Theory]
    [InlineData("start,note\n2026-03-03T10:00:00Z,\"a;b\"")]
    [InlineData("start;note\n2026-03-03T10:00:00Z;a;b", "The row has more than the 2 cells of the header.")]
    [InlineData("\"note; or not, really\";start\nx;2026-03-03T10:00:00Z")]
    [InlineData("\"a,b,c\"\tstart\tnote\nx\t2026-03-03T10:00:00Z\ty")]
    [InlineData("sep=;\r\nstart;a,b,c,d\r\n2026-03-03T10:00:00Z;x")]
    [InlineData("start|note\n2026-03-03T10:00:00Z|x")]
    [InlineData("start\n2026-03-03T10:00:00Z")]
    [InlineData("start;\n2026-03-03T10:00:00Z;;;;")]
    public void The_separator_is_the_one_by_which_the_header_names_columns(string text, string? why = null)
    {
        var row = Assert.Single(Read(text).Rows);

        Assert.Equal(why, row.Unreadable?.Detail);
        if (why is null) Assert.Equal("2026-03-03T10:00:00Z", row.Start.ToString());
    }

    [Theory]
    [InlineData("start;answers.plan;Client.size;colour\n03/03/2026 10:00; A;'=x;red")]
    [InlineData("start\tANSWERS.plan\tclient.size\tcolour\n3/3/2026 10:00\tA\t'=x\tred\n\t\t\t\n")]
    [InlineData("\"start, or not\"\t\"a,b,c\"\tanswers.plan\tclient.size\tcolour\tstart\nx\t\tA\t'=x\tred\t3/3/2026 10:00")]
    public void Columns_of_fields_are_read_as_spreadsheets_write_them(string text)
    {
        var file = Read(text);

        var row = Assert.Single(file.Rows);
        Assert.Null(row.Unreadable);
        Assert.Equal([("plan", "A")], row.Answers!.Select(field => (field.Key, field.Value)));
        Assert.Equal([("size", "=x")], row.ClientFields!.Select(field => (field.Key, field.Value)));
        Assert.Equal("colour", file.IgnoredColumns[^1]);
    }

    [Fact]
    public void Empty_rows_are_skipped_and_lines_still_count_them()
    {
        var file = Read("sep=;\r\nstart;note;\r\n;;\r\n2026-03-03T10:00:00Z;\"a\r\nb\";\r\n\r\n2026-03-04T10:00:00Z;;\r\n;;\r\n ; ;\r\n");

        Assert.Equal([(1, 4), (2, 7)], file.Rows.Select(row => (row.Number, row.Line)));
        Assert.Empty(file.IgnoredColumns);
    }

    [Theory]
    [InlineData("pt-BR", "29/03/2026 09:00", "2026-03-29T09:00:00")]
    [InlineData("pt-BR", "03/04/2026 9:05:07", "2026-04-03T09:05:07")]
    [InlineData("pt-BR", "3.4.2026 09:00", "2026-04-03T09:00:00")]
    [InlineData("pt-BR", "2026-4-3 9:00", "2026-04-03T09:00:00")]
    [InlineData("pt-BR", "2026/04/03 09:00", "2026-04-03T09:00:00")]
    [InlineData("pt-BR", "03/29/2026 09:00", null)]
    [InlineData("pt-BR", "31/02/2026 09:00", null)]
    [InlineData("pt-BR", "29/03/26 09:00", null)]
    [InlineData("pt-BR", "29/03/2026", null)]
    [InlineData("pt-BR", "29/03-2026 09:00", null)]
    [InlineData("pt-BR", "29/03/2026 25:00", null)]
    [InlineData("pt-BR", "46110.375", null)]
    [InlineData("en", "3/29/2026 9:00 PM", "2026-03-29T21:00:00")]
    [InlineData("en", "3/29/2026, 12:00\u202Fam", "2026-03-29T00:00:00")]
    [InlineData("en", "29/03/2026 09:00", "2026-03-29T09:00:00")]
    [InlineData("en", "4/4/2026 09:00", "2026-04-04T09:00:00")]
    [InlineData("en", "3/29/2026 13:00 PM", null)]
    [InlineData("en", "03/04/2026 09:00", null)]
    [InlineData("en", "0/4/2026 09:00", null)]
    public void A_date_is_read_as_the_tenant_writes_it_unless_it_could_be_another(string locale, string cell, string? start)
    {
        var row = Assert.Single(CsvImport.Read($"start\n\"{cell}\"", locale, 10).Rows);

        Assert.Equal(start, row.Start?.ToString());
        Assert.Equal(start is null ? ("start", 2) : (null, 2), (row.Unreadable?.Field, row.Line));
    }

    [Fact]
    public void Dates_that_contradict_the_order_of_day_and_month_in_the_file_are_unreadable()
    {
        var file = CsvImport.Read("start\n03/04/2026 09:00\n05/05/2026 09:00\n03/29/2026 09:00\n29/03/2026 09:00", "pt-BR", 10);

        Assert.Equal([true, false, true, false], file.Rows.Select(row => row.Unreadable is not null));
    }

    [Theory]
    [InlineData("start,note\n2026-03-03T10:00:00Z,a\"b", "note")]
    [InlineData("start,note\n2026-03-03T10:00:00Z,\"a\"b", "note")]
    public void A_misplaced_quote_is_refused_with_its_column(string text, string column)
    {
        var row = Assert.Single(Read(text).Rows);

        Assert.Equal((column, Codes.ValidationFailed), (row.Unreadable!.Field, row.Unreadable.Code));
    }

    [Fact]
    public void A_quote_that_is_never_closed_makes_the_file_unreadable()
    {
        var file = Read("start,note\n2026-03-03T10:00:00Z,x\n2026-03-03T11:00:00Z,\"y\n2026-03-03T12:00:00Z,z\n");

        Assert.Equal(Codes.InvalidFile, file.Rejection!.Code);
        Assert.Contains("Line 3", file.Rejection.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_the_writer_escaped_are_read_back_unchanged()
    {
        var row = Assert.Single(Read("start,note,clientPhone\n2026-03-03T10:00:00Z,\"'=a\n'+b\",'+5511987654321").Rows);

        Assert.Equal(("=a\n+b", "+5511987654321"), (row.Note, row.Client!.Phone));
    }

    [Theory]
    [InlineData("utf-8", null)]
    [InlineData("utf-8", "utf-8")]
    [InlineData("windows-1252", null)]
    [InlineData("windows-1252", "utf-8")]
    [InlineData("windows-1252", "iso-8859-1")]
    [InlineData("utf-16", null)]
    [InlineData("utf-16BE", null)]
    public void Text_is_read_in_the_encoding_it_has(string encoding, string? charset)
    {
        var bytes = EncodingOf(encoding).GetBytes(Encodings);

        foreach (var mark in (byte[][])[[], .. encoding == "windows-1252" ? Array.Empty<byte[]>() : [EncodingOf(encoding).GetPreamble()]])
        {
            Assert.Equal(Encodings, ImportText.Read([.. mark, .. bytes], charset).Text);
        }
    }

    [Theory]
    [InlineData("start\nã and \u00e3", true, "Line 2, character 7 is not in UTF-8, while others are.")]
    [InlineData("start\nx\u0081", false, "Line 2, character 2 is no character.")]
    public void Ambiguous_text_is_refused_with_its_position(string text, bool isMixed, string detail)
    {
        var bytes = isMixed
            ? [.. Encoding.UTF8.GetBytes(text[..^1]), 0xE3]
            : Encoding.Latin1.GetBytes(text);

        var (read, problem) = ImportText.Read(bytes, null);

        Assert.Null(read);
        Assert.Equal((400, detail), (problem!.Status, problem.Detail));
    }

    [Fact]
    public void An_unknown_charset_returns_415() =>
        Assert.Equal(415, ImportText.Read("start"u8, "utf-9").Problem!.Status);

    private static BookingFile Read(string text) => CsvImport.Read(text, "pt-BR", 100);

    private static Encoding EncodingOf(string name) =>
        CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
}
