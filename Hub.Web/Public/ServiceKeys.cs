using System.Globalization;
using System.Text;
using Platform.Contracts.Catalogue;

namespace Platform.Hub.Web.Public;

/// <summary>
/// Services in URLs: <c>1-consulta</c>. The number decides; a name alone also does if only one service has it.
/// </summary>
public static class ServiceKeys
{
    public static string Of(ServiceResponse service) =>
        NameOf(service.Name) is { Length: > 0 } name
            ? string.Create(CultureInfo.InvariantCulture, $"{service.Id}-{name}")
            : service.Id.ToString(CultureInfo.InvariantCulture);

    public static ServiceResponse? Find(IReadOnlyList<ServiceResponse> services, string key)
    {
        var digits = key.Split('-')[0];
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && services.FirstOrDefault(service => service.Id == id) is { } found)
        {
            return found;
        }

        return services.Where(service => NameOf(service.Name) == NameOf(key)).ToList() is [var only] ? only : null;
    }

    private static string NameOf(string name)
    {
        var letters = name.Normalize(NormalizationForm.FormD).ToLowerInvariant()
            .Where(letter => CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
            .Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-');
        return string.Join('-', string.Concat(letters).Split('-', StringSplitOptions.RemoveEmptyEntries));
    }
}
