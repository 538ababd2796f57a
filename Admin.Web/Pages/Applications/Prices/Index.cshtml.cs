using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Contracts.Operations;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Applications.Prices;

/// <summary>The price matrix of an application, its history, and a picture of both.</summary>
public sealed class IndexModel(AdminApi api, IStringLocalizer<AdminText> text, TimeProvider clock) : ApplicationPage(api)
{
    public static IReadOnlyList<string> Currencies => PlatformCurrencies.All;

    private const int HistoryShown = 60;

    public IReadOnlyList<UserTypeResponse> UserTypes { get; private set; } = [];

    public IReadOnlyList<PriceResponse> Prices { get; private set; } = [];

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The newest first.</summary>
    public IEnumerable<PriceResponse> History =>
        Prices.OrderByDescending(price => price.ValidFrom).ThenBy(price => price.Id).Take(HistoryShown);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadApplicationAsync(ct) is { } failed) return failed;

        var (types, prices) = (Api.UserTypesAsync(ct), Api.PricesAsync(Id, ct));
        if (await types is { Ok: false, Problem: { } noTypes }) return noTypes.ToPage();
        if (await prices is { Ok: false, Problem: { } noPrices }) return noPrices.ToPage();

        UserTypes = (await types).Data!;
        Prices = (await prices).Data!;
        return Page();
    }

    public PriceResponse? Current(string userType, string currency) => Of(userType, currency, PriceStatuses.Active);

    public PriceResponse? Next(string userType, string currency) => Of(userType, currency, PriceStatuses.Pending);

    /// <summary>Only those kinds of user and currencies for which there are prices.</summary>
    public IReadOnlyList<PriceRow> Rows() =>
    [
        .. from type in UserTypes
           from currency in Currencies
           let prices = Prices.Where(p => p.UserType == type.Slug && p.Currency == currency).OrderBy(p => p.ValidFrom).ToList()
           where prices.Count > 0
           select new PriceRow($"{text.Of("UserType", type.Slug)} · {currency}", prices),
    ];

    private PriceResponse? Of(string userType, string currency, string status) => Prices
        .Where(price => price.UserType == userType && price.Currency == currency && price.Status == status)
        .MinBy(price => price.ValidFrom);
}
