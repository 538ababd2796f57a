using Platform.Contracts;

namespace Platform.Core.Catalogue;

/// <summary>
/// Which amounts there are: ISO 4217 currencies of circulation, with at most as many decimals as they have.
/// </summary>
public static class MoneyRules
{
    /// <summary>ISO 4217, list one, without funds, metals and test codes.</summary>
    private static readonly HashSet<string> Currencies = [.. """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
        CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
        HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA
        MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD
        RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
        USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
        """.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)];

    private static readonly HashSet<string> WithoutDecimals = [.. """
        BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF
        """.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)];

    /// <param name="field">The member of the request that is the amount of money.</param>
    public static Rejection? Check(Money? money, string field)
    {
        if (money is null) return null;

        var unknown = Currencies.Contains(money.Currency)
            ? null
            : new Rejection(
                RejectionKind.Invalid, Codes.UnknownCurrency, "The currency must be an ISO 4217 code.",
                $"{field}.currency");
        var decimals = WithoutDecimals.Contains(money.Currency) ? 0 : 2;
        var wrong = money.Amount is >= 0 and <= Money.Max && decimal.Round(money.Amount, decimals) == money.Amount
            ? null
            : new Rejection(
                RejectionKind.Invalid, Codes.InvalidAmount,
                $"The amount must be 0 to {Money.Max} with at most {decimals} decimals.", $"{field}.amount");
        return Rejection.All(unknown, wrong);
    }
}
