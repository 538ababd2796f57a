namespace Platform.Core.Scim;

/// <summary>Why a request of a directory is malformed. It is answered with 400.</summary>
/// <param name="type">Of <see cref="ScimErrorTypes"/>.</param>
public sealed class ScimException(string type, string detail) : Exception(detail)
{
    public string Type => type;
}

/// <summary>RFC 7644, section 3.12.</summary>
public static class ScimErrorTypes
{
    public const string InvalidFilter = "invalidFilter";
    public const string InvalidPath = "invalidPath";
    public const string InvalidSyntax = "invalidSyntax";
    public const string InvalidValue = "invalidValue";
    public const string NoTarget = "noTarget";
    public const string Mutability = "mutability";
    public const string Uniqueness = "uniqueness";
}
