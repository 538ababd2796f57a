using System.Text;

namespace Platform.Core.ICalendar;

/// <summary>How iCalendar hides what has a meaning of its own: RFC 5545, 3.3.11, and in parameters RFC 6868.</summary>
internal static class CalendarText
{
    public const string NoAddress = "invalid:nomail";

    public static string OneKindOfNewline(string value) =>
        value.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    public static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace(";", "\\;", StringComparison.Ordinal)
        .Replace(",", "\\,", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>A backslash before anything else stays, as calendars that do not escape well mean it.</summary>
    public static string Unescape(string value) => Replace(value, '\\', next => next switch
    {
        'n' or 'N' => '\n',
        '\\' or ';' or ',' => next,
        _ => null,
    });

    public static string EscapeParameter(string value) => OneKindOfNewline(value)
        .Replace("^", "^^", StringComparison.Ordinal)
        .Replace("\"", "^'", StringComparison.Ordinal)
        .Replace("\n", "^n", StringComparison.Ordinal);

    public static string UnescapeParameter(string value) => Replace(value, '^', next => next switch
    {
        'n' => '\n',
        '^' => '^',
        '\'' => '"',
        _ => null,
    });

    private static string Replace(string value, char sign, Func<char, char?> meaning)
    {
        if (!value.Contains(sign)) return value;

        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            var meant = value[i] == sign && i + 1 < value.Length ? meaning(value[i + 1]) : null;
            text.Append(meant ?? value[i]);
            if (meant is not null) i++;
        }

        return text.ToString();
    }
}
