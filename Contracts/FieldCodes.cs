namespace Platform.Contracts;

/// <summary>
/// What may be wrong with one member of a request, in <see cref="FieldError"/>, beside <see cref="Codes"/>.
/// </summary>
public static class FieldCodes
{
    /// <summary>It is missing, or null where a value is needed.</summary>
    public const string Required = "REQUIRED";

    /// <summary>There is no such member or query parameter.</summary>
    public const string Unknown = "UNKNOWN";

    /// <summary>It is there twice.</summary>
    public const string Repeated = "REPEATED";

    /// <summary>It is not of its type: a text for a number, an instant without an offset.</summary>
    public const string Invalid = "INVALID";

    /// <summary>A text that must say something is empty or white space.</summary>
    public const string Blank = "BLANK";

    /// <summary>
    /// A text of one line holds a control character, or one of several lines another than tabs and line ends.
    /// </summary>
    public const string ControlCharacter = "CONTROL_CHARACTER";

    /// <summary>It does not look as it must: an e-mail address, a colour, one of several words.</summary>
    public const string Format = "FORMAT";

    /// <summary>It is too long or too short, or has too many or too few items.</summary>
    public const string Length = "LENGTH";

    /// <summary>The number is too small or too large.</summary>
    public const string Range = "RANGE";
}
