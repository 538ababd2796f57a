using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Licensing;
using Platform.Ui.Localization;

namespace Platform.Admin.Web.Pages.Applications.Prices;

/// <summary>A price as it is typed: the amount as the reader's language writes it, times in UTC.</summary>
public sealed class PriceInput
{
    [Required]
    public string UserType { get; set; } = "operations";

    [Required]
    public string Currency { get; set; } = "BRL";

    [Required, StringLength(20)]
    public string Price { get; set; } = "";

    [Required]
    public string BillingCycle { get; set; } = BillingCycles.Monthly;

    /// <summary>Empty is now.</summary>
    public string? From { get; set; }

    /// <summary>Empty is open.</summary>
    public string? To { get; set; }

    public bool Supersede { get; set; }

    public static PriceInput Of(PriceResponse price) => new()
    {
        UserType = price.UserType,
        Currency = price.Currency,
        Price = price.Price.ToString("N2", CultureInfo.CurrentCulture),
        BillingCycle = price.BillingCycle,
        From = UtcTimes.ToField(price.ValidFrom),
        To = price.ValidTo is { } end ? UtcTimes.ToField(end) : null,
    };

    /// <summary>What the fields say; what cannot be read is in the model state.</summary>
    internal ReadPrice? Read(ModelStateDictionary state, IStringLocalizer<UiText> uiText)
    {
        if (!decimal.TryParse(Price, NumberStyles.Number, CultureInfo.CurrentCulture, out var amount) && Price.Length > 0)
        {
            state.AddModelError("Input.Price", uiText["Validation.Number"]);
        }

        if (!UtcTimes.TryRead(From, out var from)) state.AddModelError("Input.From", uiText["Validation.Invalid"]);
        if (!UtcTimes.TryRead(To, out var to)) state.AddModelError("Input.To", uiText["Validation.Invalid"]);
        return state.IsValid ? new(amount, from, to) : null;
    }

    /// <summary>The fields by the members of the request.</summary>
    internal static readonly Dictionary<string, string> Fields = new()
    {
        ["price"] = "Input.Price",
        ["currency"] = "Input.Currency",
        ["userType"] = "Input.UserType",
        ["billingCycle"] = "Input.BillingCycle",
        ["validFrom"] = "Input.From",
        ["validTo"] = "Input.To",
    };
}

internal sealed record ReadPrice(decimal Amount, DateTimeOffset? From, DateTimeOffset? To);
