using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Platform.Api.Http;
using Platform.Contracts;

namespace Platform.Api.Bookings;

/// <summary>
/// The text of a file that a spreadsheet or a calendar wrote: UTF-16 or UTF-8 by its byte order mark, else the charset
/// of the request, UTF-8 or Windows-1252. Ambiguous text is refused, with its place.
/// </summary>
internal static class ImportText
{
    private static readonly Encoding Utf8 = new UTF8Encoding(false, throwOnInvalidBytes: true);

    /// <summary>What Windows-1252 has no character for becomes one of these.</summary>
    private static readonly SearchValues<char> Undefined = SearchValues.Create("\0\u0081\u008D\u008F\u0090\u009D");

    public static (string? Text, ProblemDetails? Problem) Read(ReadOnlySpan<byte> bytes, string? charset)
    {
        if (EncodingOf(bytes, charset) is not { } encoding)
        {
            return (null, Problems.Of(
                StatusCodes.Status415UnsupportedMediaType, Codes.UnsupportedMediaType, $"The charset {charset} is unknown."));
        }

        if (encoding.Equals(Utf8) && FirstInvalid(bytes) is { } at)
        {
            if (HasUtf8(bytes)) return (null, Malformed(Utf8.GetString(bytes[..at]), "is not in UTF-8, while others are"));
            encoding = ByName("windows-1252")!;
        }

        try
        {
            var text = encoding.GetString(bytes).TrimStart('\uFEFF');
            return text.AsSpan().IndexOfAny(Undefined) is >= 0 and var bad ? (null, Malformed(text[..bad], "is no character"))
                : PlatformJson.IsStorable(text) ? (text, null)
                : (null, Malformed("", "begins what is no text"));
        }
        catch (DecoderFallbackException)
        {
            return (null, Malformed("", $"begins what is not in {encoding.WebName}"));
        }
    }

    /// <summary>UTF-16 without a mark has zeros beside the letters of its header.</summary>
    private static Encoding? EncodingOf(ReadOnlySpan<byte> bytes, string? charset) => bytes switch
    {
        [0xFF, 0xFE, 0, 0, ..] => ByName("utf-32"),
        [0xFF, 0xFE, ..] or [not 0, 0, not 0, 0, ..] => ByName("utf-16"),
        [0xFE, 0xFF, ..] or [0, not 0, 0, not 0, ..] => ByName("utf-16BE"),
        [0xEF, 0xBB, 0xBF, ..] => Utf8,
        _ => charset?.Trim('"').ToLowerInvariant() switch
        {
            null or "" or "utf-8" or "utf8" or "us-ascii" => Utf8,
            "iso-8859-1" => ByName("windows-1252"), // as everybody means it
            var name => ByName(name),
        },
    };

    private static Encoding? ByName(string name)
    {
        var (encode, decode) = (EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name, encode, decode)
                ?? Encoding.GetEncoding(name, encode, decode);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static int? FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            if (Rune.DecodeFromUtf8(bytes[at..], out _, out var length) is not OperationStatus.Done) return at;
            at += length;
        }

        return null;
    }

    /// <summary>Whether some character beyond ASCII is in UTF-8; those of Windows-1252 hardly ever look so.</summary>
    private static bool HasUtf8(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            if (Rune.DecodeFromUtf8(bytes[at..], out _, out var length) is OperationStatus.Done && length > 1) return true;
            at += length;
        }

        return false;
    }

    private static ProblemDetails Malformed(string before, string what)
    {
        var line = before.Count(c => c == '\n') + 1;
        var column = before.Length - before.LastIndexOf('\n');
        return Problems.Of(
            StatusCodes.Status400BadRequest, Codes.MalformedRequest, $"Line {line}, character {column} {what}.");
    }
}
