using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Ui.Localization;

namespace Platform.Admin.Web.Tenants;

/// <summary>What the selects of forms about tenants offer.</summary>
internal static class TenantChoices
{
    public static readonly IReadOnlyList<string> AddressTypes = ["HQ", "BILLING", "SHIPPING"];

    public static readonly IReadOnlyList<string> ContactTypes = ["ADMIN", "BILLING", "TECH", "LEGAL"];

    private static readonly IReadOnlyList<(string, string)> AllZones =
    [
        .. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id)
            .Where(id => id.Contains('/', StringComparison.Ordinal) && !id.StartsWith("Etc/", StringComparison.Ordinal))
            .Append("Etc/UTC").Order(StringComparer.Ordinal).Select(id => (id, id.Replace('_', ' '))),
    ];

    public static IReadOnlyList<(string Value, string Text)> Zones => AllZones;

    public static IReadOnlyList<(string Value, string Text)> Locales { get; } = [("pt-BR", "Português (Brasil)"), ("en", "English")];

    public static IReadOnlyList<(string Value, string Text)> Currencies { get; } =
        [.. PlatformCurrencies.All.Select(code => (code, $"{code} ({MoneyText.Symbol(code)})"))];

    public static IReadOnlyList<(string Value, string Text)> TypesOf(
        IEnumerable<string> types, IStringLocalizer<AdminText> text) => [.. types.Select(type => (type, text[$"RecordType.{type}"].Value))];
}
