using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Messages;
using Platform.Mail.Messages;

namespace Platform.Tests.Messages;

public sealed class MessageTemplateRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_default_text_is_one_that_a_tenant_could_save()
    {
        Labels[] labels = [new(), new(Booking: new("Consulta", "Consultas"))];
        var texts =
            from kind in MessageKinds.All
            from locale in MessageLocales.All
            from own in labels
            select (kind, text: ClientMessages.DefaultOf(kind, locale, own));

        Assert.All(texts, each => Assert.Empty(MessageTemplateRules.Check(each.kind, each.text)));
    }

    [Theory]
    [InlineData("Hi {{ nmae }}\n{{ links }}", Codes.UnknownVariable, 1, "nmae")]
    [InlineData("Hi\n\n{% if name == surname %}!{% endif %}{{ links }}", Codes.UnknownVariable, 3, "surname")]
    [InlineData("Hi\n{{ name.first }}{{ links }}", Codes.UnknownVariable, 2, "name.first")]
    [InlineData("{{ links }}\n{{ until }}", Codes.UnknownVariable, 2, "until")] // of another kind
    [InlineData("{{ links }}\n{{ name | where: 'a' }}", Codes.InvalidTemplate, 2, "where")]
    [InlineData("{{ links }}\n{% include 'other' %}", Codes.InvalidTemplate, 2, "include")]
    [InlineData("{{ links }}\n{% render 'other' %}", Codes.InvalidTemplate, 2, "render")]
    [InlineData("{{ links }}{% for i in (1..9) %}x{% endfor %}", Codes.InvalidTemplate, 1, "for")]
    [InlineData("{{ links }}{% assign a = name %}", Codes.InvalidTemplate, 1, "assign")]
    [InlineData("{{ links }}{% capture a %}x{% endcapture %}", Codes.InvalidTemplate, 1, "capture")]
    [InlineData("{{ links }}{% liquid echo name %}", Codes.InvalidTemplate, 1, "liquid")]
    [InlineData("{{ links }}\n\n{% if name %}", Codes.InvalidTemplate, 3, null)]
    [InlineData("{{ links }}\n{{ name", Codes.InvalidTemplate, 2, null)]
    [InlineData("Hi", Codes.LinkMissing, null, "manage_url")]
    [InlineData("{% if name %}{{ links }}{% endif %}", Codes.LinkMissing, null, "manage_url")]
    [InlineData("{{ manage_url | truncate: 10 }}", Codes.LinkMissing, null, "manage_url")]
    [InlineData("{% comment %}{{ links }}{% endcomment %}", Codes.LinkMissing, null, "manage_url")]
    [InlineData("{% raw %}{{ links }}{% endraw %}", Codes.LinkMissing, null, "manage_url")]
    public void A_text_that_cannot_be_sent_is_refused_with_line_and_name(string text, string code, int? line, string? name)
    {
        var fault = Assert.Single(MessageTemplateRules.Check(MessageKinds.Confirmed, new("Hello", text)));

        Assert.Equal(("text", code, line, name), (fault.Error.Field, fault.Error.Code, fault.Error.Line, fault.Error.Name));
        if (line is not null) Assert.StartsWith($"Line {line}: ", fault.Detail, StringComparison.Ordinal);
        if (name is not null) Assert.Contains(name, fault.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ manage_url }}")]
    [InlineData("See {{ manage_url }}.{% unless reference %}?{% endunless %}")]
    [InlineData("{% case service %}{% when 'a' %}{{ name | default: 'you' | upcase }}{% else %}{{ when }}{% endcase %}{{ links }}")]
    public void A_text_with_conditions_filters_and_its_link_is_accepted(string text) =>
        Assert.Empty(MessageTemplateRules.Check(MessageKinds.Confirmed, new("{{ service }}", text)));

    [Fact]
    public void A_subject_has_no_blocks_and_a_text_has_a_bounded_number_of_tags()
    {
        Assert.Equal(
            ("subject", "links"),
            Assert.Single(MessageTemplateRules.Check(MessageKinds.Confirmed, new("{{ links }}", "{{ links }}")))
                is { Error: var error } ? (error.Field, error.Name) : default);
        var deep = string.Concat(Enumerable.Repeat("{%if name%}", 200));
        Assert.Equal(Codes.InvalidTemplate, MessageTemplateRules.Check(MessageKinds.Confirmed, new("x", deep))[0].Error.Code);
        var wide = $"{{% if name{string.Concat(Enumerable.Repeat(" and name", 500))} %}}";
        Assert.Equal(Codes.InvalidTemplate, MessageTemplateRules.Check(MessageKinds.Confirmed, new("x", wide))[0].Error.Code);
    }

    [Fact]
    public void An_own_text_is_escaped_and_its_links_can_be_clicked()
    {
        var mail = ClientMessages.Write(
            Sample(MessageKinds.Confirmed) with { Name = "https://evil.example {{ links }}" },
            new(new("Aurora", "#336699", "https://cdn.example/logo.png", "Aurora Ltda"), new()),
            new("Hi\r\nBcc: x@y.example {{ name }}",
                "<script>alert(1)</script> {{ name }}\n\nMap: https://aurora.example/map\n\n{{ facts }}\n\n{{ links }}", IsOwn: true));

        Assert.DoesNotContain('\n', mail.Subject);
        Assert.Contains("<script>alert(1)</script> https://evil.example {{ links }}", mail.Text, StringComparison.Ordinal);
        Assert.EndsWith("-- \nAurora Ltda\n", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", mail.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("href=\"https://evil.example", mail.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"https://aurora.example/map\"", mail.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"https://example.com/manage\"", mail.Html, StringComparison.Ordinal);
        Assert.Contains("src=\"https://cdn.example/logo.png\"", mail.Html, StringComparison.Ordinal);
        Assert.Contains("#336699", mail.Html, StringComparison.Ordinal);
        Assert.Contains("Aurora Ltda", mail.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pt-BR", "Confirmação de consulta: Consulta", "Paciente: Dra. Helena Prado", "Ver, remarcar ou cancelar: ")]
    [InlineData("en", "Your consulta is confirmed: Consultation", "Paciente: Dr Helen Price", "See, move or cancel: ")]
    public void Default_texts_use_the_terms_of_the_tenant(string locale, string subject, string fact, string link)
    {
        var labels = new Labels(Booking: new("Consulta", "Consultas"), Resource: new("Paciente", "Pacientes"));

        var mail = ClientMessages.Write(
            SampleMessage.Of(MessageKinds.Confirmed, locale, "America/Sao_Paulo", Now), new(new("Aurora"), labels));

        Assert.Equal(subject, mail.Subject);
        Assert.Contains(fact, mail.Text, StringComparison.Ordinal);
        Assert.Contains(link, mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("reserva", mail.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("booking", mail.Text, StringComparison.OrdinalIgnoreCase);
    }

    private static ClientMessage Sample(string kind) => SampleMessage.Of(kind, "en", "Europe/Lisbon", Now);
}
