using System.Globalization;
using System.Text.Json;

namespace Platform.Core.Scim;

/// <summary>
/// Reads filters and paths by the grammar of RFC 7644, and <c>emails[type eq "work"].value eq "…"</c> of Entra ID.
/// </summary>
public sealed class ScimParser
{
    /// <summary>Characters. It also bounds how deep parentheses nest.</summary>
    private const int MaxLength = 1000;

    private static readonly string[] Operators = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];

    private readonly string _text;
    private readonly string _errorType;
    private int _at;

    private ScimParser(string text, string errorType)
    {
        (_text, _errorType) = (text, errorType);
        if (text.Length > MaxLength) throw Error($"it is longer than {MaxLength} characters");
    }

    /// <exception cref="ScimException">The filter is invalid, <c>invalidFilter</c>.</exception>
    public static ScimFilter Filter(string text)
    {
        var parser = new ScimParser(text, ScimErrorTypes.InvalidFilter);
        var filter = parser.ReadOr();
        return parser.IsAtEnd() ? filter : throw parser.Error("something follows it");
    }

    /// <exception cref="ScimException">The path is invalid, <c>invalidPath</c>.</exception>
    public static ScimPath Path(string text)
    {
        var parser = new ScimParser(text, ScimErrorTypes.InvalidPath);
        var path = parser.ReadPath();
        return parser.IsAtEnd() ? path : throw parser.Error("something follows it");
    }

    private ScimFilter ReadOr()
    {
        var filter = ReadAnd();
        while (TakeWord("or")) filter = new ScimFilter.Or(filter, ReadAnd());
        return filter;
    }

    private ScimFilter ReadAnd()
    {
        var filter = ReadTerm();
        while (TakeWord("and")) filter = new ScimFilter.And(filter, ReadTerm());
        return filter;
    }

    private ScimFilter ReadTerm()
    {
        var start = _at;
        if (TakeWord("not"))
        {
            if (Take('(')) return new ScimFilter.Not(ReadGroup());
            _at = start; // an attribute of this name
        }

        return Take('(') ? ReadGroup() : ReadComparison();
    }

    private ScimFilter ReadGroup()
    {
        var filter = ReadOr();
        return Take(')') ? filter : throw Error("a parenthesis is not closed");
    }

    private ScimFilter ReadComparison()
    {
        var path = ReadPath();
        if (TakeWord("pr")) return new ScimFilter.Present(path);

        var word = ReadWord().ToLowerInvariant();
        if (Operators.Contains(word)) return new ScimFilter.Compare(path, word, ReadValue());
        if (word.Length == 0 && path.Filter is not null) return new ScimFilter.Present(path);

        throw Error("an operator is missing or unknown");
    }

    private ScimPath ReadPath()
    {
        var name = ReadWord();
        var (schema, rest) = Split(name);
        if (rest.Length == 0 && schema is not null) return new(schema, "");

        var (attribute, sub) = rest.Split('.') switch
        {
            [var one] => (one, null),
            [var one, var two] => (one, two),
            _ => throw Error("an attribute has too many parts"),
        };
        if (!IsName(attribute) || (sub is not null && !IsName(sub))) throw Error("a name is missing or malformed");
        if (sub is not null || _at == _text.Length || _text[_at] != '[') return new(schema, attribute, null, sub);

        _at++;
        var filter = ReadOr();
        if (!Take(']')) throw Error("a bracket is not closed");
        if (_at == _text.Length || _text[_at] != '.') return new(schema, attribute, filter);

        _at++;
        sub = ReadWord();
        return IsName(sub) ? new(schema, attribute, filter, sub) : throw Error("the name at its end is malformed");
    }

    /// <summary>The part before the last colon of a URN, unless the whole is that of a schema.</summary>
    private static (string? Schema, string Attribute) Split(string name)
    {
        if (!name.StartsWith("urn:", StringComparison.OrdinalIgnoreCase)) return (null, name);
        if (ScimSchemas.IsKnown(name)) return (name, "");

        var colon = name.LastIndexOf(':');
        return (name[..colon], name[(colon + 1)..]);
    }

    private object? ReadValue()
    {
        SkipSpace();
        if (_at < _text.Length && _text[_at] == '"') return ReadText();

        var start = _at;
        while (_at < _text.Length && _text[_at] is not (' ' or ')' or ']')) _at++;
        var word = _text[start.._at];
        return word.ToLowerInvariant() switch
        {
            "true" => true,
            "false" => false,
            "null" => null,
            _ => decimal.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw Error("a value is missing or is no JSON"),
        };
    }

    private string ReadText()
    {
        var start = _at++;
        while (_at < _text.Length && _text[_at] != '"') _at += _text[_at] == '\\' ? 2 : 1;
        if (_at++ >= _text.Length) throw Error("a text is not closed");

        try
        {
            return JsonSerializer.Deserialize<string>(_text.AsSpan(start, _at - start))!;
        }
        catch (JsonException)
        {
            throw Error("a text is no JSON");
        }
    }

    private string ReadWord()
    {
        SkipSpace();
        var start = _at;
        while (_at < _text.Length && IsOfName(_text[_at])) _at++;
        return _text[start.._at];
    }

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is ':' or '.' or '_' or '-' or '$';

    private bool TakeWord(string word)
    {
        var start = _at;
        if (ReadWord().Equals(word, StringComparison.OrdinalIgnoreCase)) return true;

        _at = start;
        return false;
    }

    private bool Take(char wanted)
    {
        SkipSpace();
        if (_at == _text.Length || _text[_at] != wanted) return false;

        _at++;
        return true;
    }

    private bool IsAtEnd()
    {
        SkipSpace();
        return _at >= _text.Length;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] == ' ') _at++;
    }

    private static bool IsName(string text) =>
        text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '$') && !text.Contains(':');

    private ScimException Error(string reason)
    {
        var what = _errorType == ScimErrorTypes.InvalidFilter ? "filter" : "path";
        return new(_errorType, $"The {what} cannot be read: {reason}.");
    }
}
