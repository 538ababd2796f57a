using System.Globalization;
using Platform.Contracts;

namespace Platform.Ui.Localization;

public static class MoneyText
{
    /// <summary>The currency is the amount's own; the reader's language only decides how it is written.</summary>
    public static string Of(Money money)
    {
        var format = (NumberFormatInfo)CultureInfo.CurrentCulture.NumberFormat.Clone();
        format.CurrencyDecimalDigits = 2;
        format.CurrencySymbol = Symbol(money.Currency);
        return money.Amount.ToString("C", format);
    }

    public static string Symbol(string currency) =>
        currency switch { "BRL" => "R$", "EUR" => "€", "USD" => "US$", var code => code };
}
