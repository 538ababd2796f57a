using NodaTime;

namespace Platform.Core.Availability;

/// <param name="Name">In the language of the country.</param>
/// <param name="IsOptional">A day that many keep without a law: in Brazil a <i>ponto facultativo</i>.</param>
public sealed record Holiday(LocalDate Date, string Name, string EnglishName, bool IsOptional = false);

/// <summary>
/// National public holidays by the law in force, also for years before it; holidays of states and towns are not among
/// them. Brazil: Leis 662/1949 (as amended by 10.607/2002), 6.802/1980 and 14.759/2023 (since 2024). Portugal: Código
/// do Trabalho, art. 234 and 235, as amended by Lei 8/2016.
/// </summary>
public static class Holidays
{
    /// <summary>The first full year of the Gregorian calendar.</summary>
    private const int FirstYear = 1583, LastYear = 9999;

    /// <summary>When Consciência Negra became a national holiday.</summary>
    private const int ConscienciaNegraFrom = 2024;

    /// <summary>
    /// In order of date; empty for years that have no Gregorian Easter, null for a country that we do not know.
    /// </summary>
    /// <param name="country">ISO 3166-1 alpha-2, in any case: BR, PT.</param>
    public static IReadOnlyList<Holiday>? Of(string country, int year)
    {
        Func<int, IEnumerable<Holiday>>? holidays = country.ToUpperInvariant() switch
        {
            "BR" => Brazil,
            "PT" => Portugal,
            _ => null,
        };
        if (holidays is null) return null;

        return year is < FirstYear or > LastYear ? [] : [.. holidays(year).OrderBy(holiday => holiday.Date)];
    }

    /// <summary>Easter Sunday of the Gregorian calendar; null before 1583 and after 9999.</summary>
    /// <remarks>The anonymous computus (Nature, 1876), with the letters that Meeus gives it.</remarks>
    public static LocalDate? Easter(int year)
    {
        if (year is < FirstYear or > LastYear) return null;

        var a = year % 19; // place in the moon's cycle of 19 years
        var (b, c) = (year / 100, year % 100);
        var f = (b + 8) / 25;
        var g = (b - f + 1) / 3;
        var h = ((19 * a) + b - (b / 4) - g + 15) % 30; // age of the moon
        var l = (32 + (2 * (b % 4)) + (2 * (c / 4)) - h - (c % 4)) % 7; // to the next Sunday
        var m = (a + (11 * h) + (22 * l)) / 451;
        var n = h + l - (7 * m) + 114;

        return new(year, n / 31, (n % 31) + 1);
    }

    private static IEnumerable<Holiday> Brazil(int year)
    {
        var easter = Easter(year)!.Value;

        yield return new(new(year, 1, 1), "Confraternização Universal", "New Year's Day");
        yield return new(easter.PlusDays(-48), "Carnaval", "Carnival Monday", IsOptional: true);
        yield return new(easter.PlusDays(-47), "Carnaval", "Carnival Tuesday", IsOptional: true);
        yield return new(easter.PlusDays(-2), "Sexta-feira Santa", "Good Friday");
        yield return new(new(year, 4, 21), "Tiradentes", "Tiradentes Day");
        yield return new(new(year, 5, 1), "Dia do Trabalho", "Labour Day");
        yield return new(easter.PlusDays(60), "Corpus Christi", "Corpus Christi", IsOptional: true);
        yield return new(new(year, 9, 7), "Independência do Brasil", "Independence Day");
        yield return new(new(year, 10, 12), "Nossa Senhora Aparecida", "Our Lady of Aparecida");
        yield return new(new(year, 11, 2), "Finados", "All Souls' Day");
        yield return new(new(year, 11, 15), "Proclamação da República", "Republic Day");
        yield return new(new(year, 12, 25), "Natal", "Christmas Day");

        if (year >= ConscienciaNegraFrom)
        {
            yield return new(
                new(year, 11, 20), "Dia Nacional de Zumbi e da Consciência Negra", "Black Consciousness Day");
        }
    }

    private static IEnumerable<Holiday> Portugal(int year)
    {
        var easter = Easter(year)!.Value;

        yield return new(new(year, 1, 1), "Ano Novo", "New Year's Day");
        yield return new(easter.PlusDays(-47), "Carnaval", "Carnival Tuesday", IsOptional: true);
        yield return new(easter.PlusDays(-2), "Sexta-feira Santa", "Good Friday");
        yield return new(easter, "Páscoa", "Easter Sunday");
        yield return new(new(year, 4, 25), "Dia da Liberdade", "Freedom Day");
        yield return new(new(year, 5, 1), "Dia do Trabalhador", "Labour Day");
        yield return new(easter.PlusDays(60), "Corpo de Deus", "Corpus Christi");
        yield return new(
            new(year, 6, 10), "Dia de Portugal, de Camões e das Comunidades Portuguesas", "Portugal Day");
        yield return new(new(year, 8, 15), "Assunção de Nossa Senhora", "Assumption Day");
        yield return new(new(year, 10, 5), "Implantação da República", "Republic Day");
        yield return new(new(year, 11, 1), "Dia de Todos os Santos", "All Saints' Day");
        yield return new(new(year, 12, 1), "Restauração da Independência", "Restoration of Independence");
        yield return new(new(year, 12, 8), "Imaculada Conceição", "Immaculate Conception");
        yield return new(new(year, 12, 25), "Natal", "Christmas Day");
    }
}
