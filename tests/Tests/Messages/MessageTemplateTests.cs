using System.Text.Json;
using Platform.Contracts;
using Platform.Contracts.Messages;
using Platform.Tests.Support;

namespace Platform.Tests.Messages;

public sealed class MessageTemplateTests(PlatformFixture platform)
{
    private const string Path = "/message-templates/booking.confirmed/pt-BR";

    private const string Own = """{ "subject": "Oi, {{ name }}", "text": "Até {{ when }}!\n\n{{ links }}" }""";

    [Fact]
    public async Task A_tenant_writes_its_own_text_and_returns_to_the_default()
    {
        var tenant = await platform.NewTenantAsync();
        var other = await platform.NewTenantAsync();

        var all = await tenant.SentAsync<IReadOnlyList<MessageTemplateResponse>>("GET", "/message-templates");
        Assert.Equal(MessageKinds.All.Count * MessageLocales.All.Count, all.Count);
        using var saved = await tenant.SendAsync("PUT", Path, Own, version: 0);
        var own = await saved.DataAsync<MessageTemplateResponse>();
        Assert.Equal(("Oi, {{ name }}", 1, $"user:{tenant.UserId}", "\"1\""), (own.Own?.Subject, own.Version, own.Own?.CreatedBy, saved.Headers.ETag?.Tag));
        Assert.Contains("{{ links }}", own.Default.Text, StringComparison.Ordinal);

        Assert.Equal((412, Codes.VersionMismatch, null), await tenant.RefusedAsync("PUT", Path, Own.Replace("Oi", "Olá"), version: 0));
        var changed = await tenant.SentAsync<MessageTemplateResponse>("PUT", Path, Own.Replace("Oi", "Olá"));
        Assert.Equal(2, changed.Version);
        Assert.Null((await other.SentAsync<MessageTemplateResponse>("GET", Path)).Own);
        Assert.Null((await tenant.SentAsync<MessageTemplateResponse>("GET", Path.Replace("pt-BR", "en"))).Own);

        Assert.Equal((412, Codes.VersionMismatch, null), await tenant.RefusedAsync("DELETE", Path, version: 1));
        foreach (var version in (long?[])[2, null])
        {
            using var deleted = await tenant.SendAsync("DELETE", Path, version: version);
            Assert.Equal(204, (int)deleted.StatusCode);
        }

        Assert.Equal(0, (await tenant.SentAsync<MessageTemplateResponse>("GET", Path)).Version);
    }

    [Fact]
    public async Task A_text_that_cannot_be_sent_is_refused_and_every_fault_is_named()
    {
        var tenant = await platform.UntouchedTenantAsync();
        const string wrong = """{ "subject": "{{ x }}", "text": "{{ one }}\n{{ two }}" }""";

        foreach (var (method, path) in ((string, string)[])[("PUT", Path), ("POST", $"{Path}/preview"), ("POST", $"{Path}/test")])
        {
            using var response = await tenant.SendAsync(method, path, wrong);
            var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

            Assert.Equal((422, Codes.UnknownVariable), ((int)response.StatusCode, problem.GetProperty("code").GetString()));
            Assert.Contains("Line 2: There is no variable 'two' here.", problem.GetRawText().Replace("\\u0027", "'"), StringComparison.Ordinal);
            Assert.Equal(
                [("subject", "x"), ("text", "one"), ("text", "two"), ("text", "manage_url")],
                problem.GetProperty("templateErrors").EnumerateArray()
                    .Select(e => (e.GetProperty("field").GetString()!, e.GetProperty("name").GetString()!)));
        }

        Assert.Equal((400, Codes.ValidationFailed, "text"), await tenant.RefusedAsync("PUT", Path, $$"""{ "subject": "x", "text": "{{new string('x', 5001)}}" }"""));
        Assert.Equal((400, Codes.ValidationFailed, "subject"), await tenant.RefusedAsync("PUT", Path, """{ "subject": "a\nb", "text": "{{ links }}" }"""));
        Assert.Equal((404, Codes.NotFound, null), await tenant.RefusedAsync("GET", "/message-templates/booking.other/en"));
        Assert.Equal((404, Codes.NotFound, null), await tenant.RefusedAsync("PUT", "/message-templates/booking.confirmed/fr", Own));
    }

    [Fact]
    public async Task A_preview_shows_a_sample_or_a_booking_of_the_tenant_with_its_brand()
    {
        var (tenant, other) = (await platform.NewTenantAsync(), await platform.NewTenantAsync());
        var booking = await tenant.BookedAsync(tenant.AtNoon() with { Client = new("<b>Íris</b>", null) });
        await tenant.SendAsync("PUT", "/settings/branding", """{ "primaryColor": "#0a7c0f" }""");
        await tenant.SendAsync("PUT", "/settings/labels", """{ "booking": { "singular": "Sessão", "plural": "Sessões" } }""");

        var sample = await tenant.SentAsync<MessagePreviewResponse>("POST", $"{Path}/preview");
        var real = await tenant.SentAsync<MessagePreviewResponse>(
            "POST", $"{Path}/preview", $$$"""{ "subject": "{{ name }}", "bookingId": {{{booking.Id}}} }""");

        Assert.Equal("Confirmação de sessão: Consulta", sample.Subject);
        Assert.Contains("#0a7c0f", sample.Html, StringComparison.Ordinal);
        Assert.Equal("<b>Íris</b>", real.Subject);
        Assert.Contains("Olá, <b>Íris</b>!", real.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", real.Html, StringComparison.Ordinal);
        Assert.Equal((404, Codes.NotFound, "bookingId"), await other.RefusedAsync("POST", $"{Path}/preview", $$"""{ "bookingId": {{booking.Id}} }"""));
        Assert.Equal(0L, await tenant.ValueAsync("select count(*) from message_templates"));
    }

    [Fact]
    public async Task A_test_mail_is_queued_for_the_caller_alone()
    {
        var tenant = await platform.NewTenantAsync();

        var sent = await tenant.SentAsync<MessageTestResponse>("POST", $"{Path}/test", """{ "text": "{{ links }}" }""");

        Assert.Equal($"uma@{tenant.Slug}.example", sent.Recipient);
        Assert.Equal(
            $"message.test uma@{tenant.Slug}.example {{{{ links }}}}",
            await tenant.ValueAsync($"""
                select kind || ' ' || recipient || ' ' || (data -> 'own' ->> 'text') from platform.notifications
                where tenant_id = {tenant.Id} and kind = 'message.test'
                """));
    }
}
