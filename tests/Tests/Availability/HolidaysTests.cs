using NodaTime;
using NodaTime.Text;
using Platform.Core.Availability;

namespace Platform.Tests.Availability;

public sealed class HolidaysTests
{
    [Theory]
    [InlineData("1598-03-22")] // the earliest day there is
    [InlineData("1761-03-22")]
    [InlineData("1818-03-22")]
    [InlineData("1886-04-25")] // the latest
    [InlineData("1943-04-25")]
    [InlineData("1954-04-18")] // exceptions of the lunar tables
    [InlineData("1981-04-19")]
    [InlineData("2000-04-23")]
    [InlineData("2018-04-01")]
    [InlineData("2019-04-21")]
    [InlineData("2020-04-12")]
    [InlineData("2021-04-04")]
    [InlineData("2022-04-17")]
    [InlineData("2023-04-09")]
    [InlineData("2024-03-31")]
    [InlineData("2025-04-20")]
    [InlineData("2026-04-05")]
    [InlineData("2027-03-28")]
    [InlineData("2028-04-16")]
    [InlineData("2029-04-01")]
    [InlineData("2030-04-21")]
    [InlineData("2038-04-25")]
    [InlineData("2076-04-19")]
    public void Easter_matches_the_tables_of_the_church(string date)
    {
        var expected = Date(date);

        Assert.Equal(expected, Holidays.Easter(expected.Year));
    }

    [Fact]
    public void Easter_is_always_a_Sunday_between_22_March_and_25_April() =>
        Assert.All(Enumerable.Range(1583, 9999 - 1583 + 1), year =>
        {
            var easter = Holidays.Easter(year)!.Value;
            Assert.Equal(IsoDayOfWeek.Sunday, easter.DayOfWeek);
            Assert.InRange(easter, new(year, 3, 22), new(year, 4, 25));
        });

    /// <summary>Carnival Tuesday, Good Friday and Corpus Christi, as both countries published them.</summary>
    [Theory]
    [InlineData("2018-02-13", "2018-03-30", "2018-05-31")]
    [InlineData("2019-03-05", "2019-04-19", "2019-06-20")]
    [InlineData("2020-02-25", "2020-04-10", "2020-06-11")]
    [InlineData("2021-02-16", "2021-04-02", "2021-06-03")]
    [InlineData("2022-03-01", "2022-04-15", "2022-06-16")]
    [InlineData("2023-02-21", "2023-04-07", "2023-06-08")]
    [InlineData("2024-02-13", "2024-03-29", "2024-05-30")]
    [InlineData("2025-03-04", "2025-04-18", "2025-06-19")]
    [InlineData("2026-02-17", "2026-04-03", "2026-06-04")]
    [InlineData("2027-02-09", "2027-03-26", "2027-05-27")]
    [InlineData("2028-02-29", "2028-04-14", "2028-06-15")]
    [InlineData("2029-02-13", "2029-03-30", "2029-05-31")]
    [InlineData("2030-03-05", "2030-04-19", "2030-06-20")]
    public void Days_that_move_with_Easter_are_in_both_countries(
        string carnival, string goodFriday, string corpusChristi)
    {
        var year = Date(carnival).Year;

        var brazil = Holidays.Of("BR", year)!.ToLookup(h => h.EnglishName, h => (h.Date, h.IsOptional));
        var portugal = Holidays.Of("PT", year)!.ToLookup(h => h.EnglishName, h => (h.Date, h.IsOptional));

        Assert.Equal([(Date(carnival).PlusDays(-1), true)], brazil["Carnival Monday"]);
        Assert.Equal([(Date(carnival), true)], brazil["Carnival Tuesday"]);
        Assert.Equal([(Date(goodFriday), false)], brazil["Good Friday"]);
        Assert.Equal([(Date(corpusChristi), true)], brazil["Corpus Christi"]);
        Assert.Equal([(Date(carnival), true)], portugal["Carnival Tuesday"]);
        Assert.Equal([(Date(goodFriday), false)], portugal["Good Friday"]);
        Assert.Equal([(Date(goodFriday).PlusDays(2), false)], portugal["Easter Sunday"]);
        Assert.Equal([(Date(corpusChristi), false)], portugal["Corpus Christi"]);
    }

    [Theory]
    [InlineData("BR", "01-01 04-03 04-21 05-01 09-07 10-12 11-02 11-15 11-20 12-25")]
    [InlineData("pt", "01-01 04-03 04-05 04-25 05-01 06-04 06-10 08-15 10-05 11-01 12-01 12-08 12-25")]
    public void The_year_2026_has_the_holidays_that_the_law_names(string country, string days)
    {
        var holidays = Holidays.Of(country, 2026)!;

        var byLaw = holidays.Where(h => !h.IsOptional).Select(h => $"{h.Date.Month:00}-{h.Date.Day:00}");
        Assert.Equal(days, string.Join(' ', byLaw));
        Assert.Equal(holidays.OrderBy(h => h.Date), holidays);
    }

    [Theory]
    [InlineData(2023, false)]
    [InlineData(2024, true)]
    public void Consciencia_Negra_is_a_national_holiday_since_2024(int year, bool isHoliday) =>
        Assert.Equal(isHoliday, Holidays.Of("br", year)!.Any(h => h.Date == new LocalDate(year, 11, 20)));

    [Theory]
    [InlineData(1582)]
    [InlineData(10_000)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_year_without_a_Gregorian_Easter_has_no_holidays(int year)
    {
        Assert.Equal([], Holidays.Of("BR", year));
        Assert.Null(Holidays.Easter(year));
    }

    [Theory]
    [InlineData(1583)]
    [InlineData(9999)]
    public void The_first_and_the_last_year_have_holidays(int year) => Assert.NotEmpty(Holidays.Of("PT", year)!);

    [Theory]
    [InlineData("")]
    [InlineData("XX")]
    [InlineData("BRA")]
    public void An_unknown_country_has_no_list(string country) => Assert.Null(Holidays.Of(country, 2026));

    private static LocalDate Date(string text) => LocalDatePattern.Iso.Parse(text).Value;
}
