using System.Text;

namespace Platform.Core.ICalendar;

/// <summary>A line of iCalendar once it is unfolded: <c>NAME;PARAMETER=value:value</c>.</summary>
/// <param name="Number">Of its first physical line, from 1.</param>
/// <param name="Text">Cut off where it is too long.</param>
internal readonly record struct ContentLine(int Number, string Text, bool IsTooLong)
{
    /// <summary>In UTF-16 units; ten times a long description.</summary>
    public const int MaxLength = 100_000;

    /// <summary>Line by line, whatever the text is. Ends of lines may lack their CR, as they often do.</summary>
    public static IEnumerable<ContentLine> In(string text)
    {
        var line = new StringBuilder();
        var (number, first, length) = (0, 0, 0L);

        for (var at = text.StartsWith('\uFEFF') ? 1 : 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at);
            var next = end < 0 ? text.Length : end + 1;
            if (end < 0) end = text.Length;
            if (end > at && text[end - 1] == '\r') end--;
            number++;

            var isFolded = first > 0 && text[at] is ' ' or '\t';
            if (!isFolded)
            {
                if (first > 0) yield return new(first, line.ToString(), length > MaxLength);
                line.Clear();
                (first, length) = (number, 0);
            }

            var from = isFolded ? at + 1 : at;
            var count = Math.Max(end - from, 0); // a lone blank before CRLF holds nothing
            line.Append(text, from, Math.Min(count, MaxLength - line.Length));
            length += count;
            at = next;
        }

        if (first > 0) yield return new(first, line.ToString(), length > MaxLength);
    }

    /// <summary>BEGIN or END of a part, whose name is in upper case; null for any other line.</summary>
    public (bool Begins, string Part)? ToMarker()
    {
        const StringComparison anyCase = StringComparison.OrdinalIgnoreCase;
        return Text.StartsWith("BEGIN:", anyCase) ? (true, Text["BEGIN:".Length..].Trim().ToUpperInvariant())
            : Text.StartsWith("END:", anyCase) ? (false, Text["END:".Length..].Trim().ToUpperInvariant())
            : null;
    }

    /// <summary>Null for what is no line of iCalendar.</summary>
    public Property? ToProperty()
    {
        var end = Text.AsSpan().IndexOfAny(';', ':');
        if (end <= 0) return null;

        var name = Text[..end].ToUpperInvariant();
        var parameters = new Dictionary<string, string>();

        while (Text[end] == ';')
        {
            var equals = Text.IndexOf('=', end);
            if (equals < 0) return null;

            var next = EndOfParameter(equals + 1);
            if (next < 0) return null;

            var value = Text[(equals + 1)..next].Replace("\"", "", StringComparison.Ordinal);
            parameters.TryAdd(Text[(end + 1)..equals].ToUpperInvariant(), CalendarText.UnescapeParameter(value));
            end = next;
        }

        return new(name, parameters, Text[(end + 1)..], Text);
    }

    /// <summary>The next semicolon or colon outside quotes; -1 if not found.</summary>
    private int EndOfParameter(int from)
    {
        var isQuoted = false;

        for (var i = from; i < Text.Length; i++)
        {
            if (Text[i] == '"') isQuoted = !isQuoted;
            else if (!isQuoted && Text[i] is ';' or ':') return i;
        }

        return -1;
    }
}

/// <param name="Name">In upper case, like the names of its parameters.</param>
/// <param name="Value">Not yet unescaped.</param>
/// <param name="Line">The whole line as written in the file.</param>
internal sealed record Property(string Name, IReadOnlyDictionary<string, string> Parameters, string Value, string Line)
{
    public string? this[string parameter] => Parameters.GetValueOrDefault(parameter);
}
