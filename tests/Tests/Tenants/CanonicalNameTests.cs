using Platform.Core;
using Platform.Core.Tenants;

namespace Platform.Tests.Tenants;

public sealed class CanonicalNameTests
{
    [Theory]
    [InlineData("Agenda.Aurora.Example", "agenda.aurora.example")]
    [InlineData("agenda.aurora.example.", "agenda.aurora.example")]
    [InlineData("agenda.aurora.example:8443", "agenda.aurora.example")]
    [InlineData("AGENDA.aurora.example.:443", "agenda.aurora.example")]
    [InlineData("clínica.example", "xn--clnica-4va.example")]
    [InlineData("cli\u0301nica.example", "xn--clnica-4va.example")]
    [InlineData("agenda.aurora.example:http", null)]
    [InlineData("agenda.aurora.example..", null)]
    [InlineData("[::1]:80", null)]
    [InlineData("a b.example", null)]
    [InlineData("", null)]
    [InlineData(".", null)]
    public void A_host_name_is_compared_in_one_form(string text, string? host) =>
        Assert.Equal(host, HostNames.Canonical(text));

    [Theory]
    [InlineData("America/Sao_Paulo", "en", "BR")]
    [InlineData("Brazil/East", "en", "BR")]
    [InlineData("Europe/Lisbon", "pt-BR", "PT")]
    [InlineData("Etc/UTC", "pt-BR", "BR")]
    [InlineData("Etc/UTC", "en", null)]
    public void A_tenant_is_in_the_country_of_its_zone_else_of_its_language(string zone, string locale, string? country) =>
        Assert.Equal(country, TenantCountries.Of(zone, locale));
}
