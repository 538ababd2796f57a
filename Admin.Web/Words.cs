using System.Globalization;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Ui.Localization;

namespace Platform.Admin.Web;

/// <summary>Words for what the API names by slugs and codes.</summary>
internal static class Words
{
    public const string None = "–";

    extension(IStringLocalizer text)
    {
        /// <summary>The word for a value; the value itself if it has no word.</summary>
        /// <param name="prefix">Of the keys: <c>PriceStatus</c>.</param>
        public string Of(string prefix, string? value)
        {
            if (string.IsNullOrEmpty(value)) return None;

            var known = text[$"{prefix}.{value}"];
            return known.ResourceNotFound ? value : known.Value;
        }

        /// <summary>A price with its cycle: <c>R$ 35,00 por mês</c>.</summary>
        public string PriceOf(decimal amount, string currency, string cycle) =>
            text[$"Price.{cycle}", MoneyText.Of(new Money(amount, currency))];

        public string PriceOf(PriceResponse price) => text.PriceOf(price.Price, price.Currency, price.BillingCycle);

        /// <summary>How long something has waited: <c>3 min</c>.</summary>
        public string Age(double? seconds) => seconds switch
        {
            null => None,
            < 60 => text["Age.Seconds", (int)seconds],
            < 3_600 => text["Age.Minutes", (int)(seconds / 60)],
            < 86_400 => text["Age.Hours", (int)(seconds / 3_600)],
            _ => text["Age.Days", (int)(seconds / 86_400)],
        };

        /// <summary>One thing or several: the keys end with <c>.one</c> and <c>.other</c>.</summary>
        public string Count(string key, long count)
        {
            var isOne = count == 1 || (count == 0 && CultureInfo.CurrentUICulture.Name == Languages.Default);
            return text[$"{key}.{(isOne ? "one" : "other")}", count.ToText()];
        }
    }

    /// <summary>With the separators of the reader's language.</summary>
    public static string ToText(this long number) => number.ToString("N0", CultureInfo.CurrentCulture);

    /// <inheritdoc cref="ToText(long)"/>
    public static string ToText(this int number) => number.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>Several amounts, one for each currency; they are never added.</summary>
    public static string ToText(this IReadOnlyList<Money> amounts) =>
        amounts.Count == 0 ? None : string.Join(" · ", amounts.Select(MoneyText.Of));

    /// <summary>The class of the badge of a status.</summary>
    public static string Badge(string? status) => status switch
    {
        "active" or "enabled" or "delivered" or "sent" or "healthy" or "closed" or "granted" or "done" or "allowed" => "ok",
        "pending" or "sending" or "trial" or "suspended" or "failing" or "degraded" or "partly" or "provisioning" => "warn",
        "failed" or "refused" or "unhealthy" or "expired" or "cancelled" or "provisioning_failed" => "bad",
        _ => "",
    };

    /// <summary>The layer of the decision at which a grant would be refused; null for other reasons.</summary>
    public static int? LayerOf(string? obstacle) => obstacle switch
    {
        null => null,
        Codes.SeatLimitReached or Codes.OverSeatLimit => 2,
        Codes.UserInactive or Codes.NoAccess => 3,
        Codes.RoleTooLow or Codes.UnknownUserType => 4,
        Codes.ApplicationInactive or Codes.TenantInactive or Codes.InvalidTenantStatus => 1,
        _ when obstacle.StartsWith("LICENSE_", StringComparison.Ordinal) => 1,
        _ => null,
    };
}
