using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Platform.Contracts;

/// <summary>A list that holds nothing twice.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DistinctAttribute() : ValidationAttribute("The field {0} must not contain duplicates.")
{
    public override bool IsValid(object? value)
    {
        if (value is not IEnumerable items) return true;

        var seen = new HashSet<object?>();
        return items.Cast<object?>().All(seen.Add);
    }
}

/// <summary>A list of numbers, each within bounds; or of texts, each of such a length and not blank.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EachAttribute(long minimum, long maximum)
    : ValidationAttribute($"Each of {{0}} must be from {minimum} to {maximum}, or of that many characters.")
{
    public long Minimum => minimum;
    public long Maximum => maximum;

    public override bool IsValid(object? value) => value is not IEnumerable items || items.Cast<object?>().All(item => item switch
    {
        string text => text.Length >= minimum && text.Length <= maximum && !string.IsNullOrWhiteSpace(text),
        null => false,
        _ => Convert.ToInt64(item, CultureInfo.InvariantCulture) is var number && number >= minimum && number <= maximum,
    });
}

/// <summary>An absolute address with https and without a name or password in it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HttpsAddressAttribute() : ValidationAttribute("The field {0} is an address with https.")
{
    public override bool IsValid(object? value) => value is null
        || (value is string text && Uri.TryCreate(text, UriKind.Absolute, out var address)
            && address.Scheme == Uri.UriSchemeHttps && address.UserInfo.Length == 0 && address.Host.Length > 0
            && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '"' or '\'' or '<' or '>' or '\\'));
}

/// <summary>
/// A text that people write in lines, as notes and reasons are: it may be empty, and may hold tabs and line ends. Every
/// other text in a request is one line that says something.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class FreeTextAttribute : Attribute;
