using System.Globalization;

namespace Platform.Api.Http;

/// <summary>
/// Numbers as addresses and headers have them: digits, without leading zeros, signs or blanks, so that one id has one
/// URL.
/// </summary>
internal static class PlainNumber
{
    public static bool TryParse(string? text, out long number)
    {
        number = 0;
        return text is not (null or ['0', _, ..])
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>
    /// The same for a parameter that may be negative, which its own limits refuse with a better message.
    /// </summary>
    public static bool IsPlain(string text) => TryParse(text is ['-', .. var digits] ? digits : text, out _);
}

/// <summary><c>{id:long}</c>: 404 for whatever is not a <see cref="PlainNumber"/>.</summary>
internal sealed class PlainNumberConstraint : IRouteConstraint
{
    public bool Match(
        HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values,
        RouteDirection routeDirection) =>
        PlainNumber.TryParse(Convert.ToString(values[routeKey], CultureInfo.InvariantCulture), out _);
}
