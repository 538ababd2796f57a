using System.Globalization;
using Platform.Ui.Localization;
using Platform.Ui.Time;
using Money = Platform.Contracts.Money;

namespace Platform.Tests.Ui;

public sealed class ZoneTextTests
{
    [Fact]
    public void A_zone_is_named_with_its_offset_at_the_time()
    {
        var zone = TimeZoneInfo.Named("America/Sao_Paulo");

        Assert.Equal("America/Sao Paulo, UTC−03:00", zone.NameAt(DateTimeOffset.UnixEpoch.AddYears(56)));
        Assert.Equal("America/Sao Paulo, UTC−02:00", zone.NameAt(DateTimeOffset.UnixEpoch.AddYears(48))); // summer time
    }

    [Theory]
    [InlineData("pt-BR", "BRL", "R$ 1.290,50")]
    [InlineData("en", "BRL", "R$1,290.50")]
    [InlineData("pt-BR", "EUR", "€ 1.290,50")]
    public void Money_keeps_its_currency_in_every_language(string culture, string currency, string text)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);

        Assert.Equal(text, MoneyText.Of(new Money(1290.5m, currency)).Replace('\u00a0', ' '));
    }
}
