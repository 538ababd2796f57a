using System.Globalization;
using Platform.Contracts.Billing;

namespace Platform.Admin.Web.Pages.Billing;

internal static class Months
{
    /// <summary>In the reader's language: <c>novembro de 2026</c>; what is no month stays as it is.</summary>
    public static string NameOf(string month) =>
        DateOnly.TryParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day.ToString("Y", CultureInfo.CurrentCulture)
            : month;

    /// <summary><c>open</c>, <c>partly</c> or <c>closed</c>.</summary>
    public static string StatusOf(BillingMonthResponse month) =>
        month.IsClosed ? "closed" : month.Closed > 0 ? "partly" : "open";
}
