using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Platform.Api.Http;

/// <summary>Where a page of a list that is sorted by number ends. Opaque to clients.</summary>
internal sealed record IdCursor(long Id)
{
    public override string ToString() => CursorText.Of(Id);

    public static bool TryParse(string? text, out IdCursor? cursor)
    {
        cursor = CursorText.Read(text) is [var id] ? new(id) : null;
        return cursor is not null;
    }
}

/// <summary>Where a page of a list that is sorted by time and number ends. Opaque to clients.</summary>
internal sealed record TimeCursor(DateTimeOffset At, long Id)
{
    public override string ToString() => CursorText.Of(At.UtcTicks, Id);

    public static bool TryParse(string? text, out TimeCursor? cursor)
    {
        cursor = CursorText.Read(text) is [var ticks, var id] && ticks <= DateTime.MaxValue.Ticks
            ? new(new(ticks, TimeSpan.Zero), id)
            : null;
        return cursor is not null;
    }
}

/// <summary>How the numbers of a cursor are written.</summary>
internal static class CursorText
{
    /// <summary>More than the numbers of any need.</summary>
    private const int MaxLength = 100;

    public static string Of(params long[] numbers) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('.', numbers)));

    /// <returns>Null if it is not a cursor of ours.</returns>
    public static long[] Read(string? text)
    {
        if (text is not { Length: > 0 and < MaxLength } || !Base64Url.IsValid(text)) return [];

        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('.');
        var numbers = new long[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])) return [];
        }

        return numbers;
    }
}
