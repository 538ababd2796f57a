using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Contracts.Catalogue;
using Platform.Tests.Support;
using Platform.Tests.Ui;
using Platform.Ui.Time;

namespace Platform.Tests.HubWeb;

/// <summary>What a client without an account does on a tenant's public pages: book, with whatever gets in the way.</summary>
public sealed class PublicBookingPagesTests(HubSite site) : IClassFixture<HubSite>
{
    private const string SaoPaulo = "America/Sao_Paulo";

    /// <summary>09:00 in São Paulo on the Tuesday after the fixture's Monday.</summary>
    private static readonly DateTimeOffset Nine = PlatformFixture.Monday9am.AddHours(27);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_visitor_books_on_a_phone_with_and_without_script_and_going_back_shows_the_confirmation(bool script)
    {
        var tenant = await AskingTenantAsync();
        await using var visit = await site.OpenAsync(
            null, new() { JavaScriptEnabled = script, ViewportSize = new() { Width = 390, Height = 844 }, TimezoneId = "Asia/Tokyo" });

        await visit.GoAsync($"/{tenant.Slug.ToUpperInvariant()}");
        await visit.Page.Locator("main a.card", new() { HasText = "Visit" }).ClickAsync();
        await visit.ClickAsync("link", "Dra. Lima");
        await visit.Page.Locator(".days a").Nth(1).ClickAsync(); // Tuesday
        await visit.Page.Locator("h2", new() { HasText = "terça-feira, 3 de março de 2026" }).WaitForAsync();
        await visit.ClickAsync("button", "09:00");
        await visit.Page.Locator(".held", new() { HasText = "Este horário está guardado para você até 06:" }).WaitForAsync();
        await FillAsync(visit.Page, "Íris Melo", "iris@example.com");
        await visit.Page.FillAsync("#Answers_weight_", "61,5");
        await visit.Page.FillAsync("#Answers_born_", "1990-05-01");
        await visit.Page.Locator("#Answers_first_").GetByText("Sim").ClickAsync();
        await visit.Page.Locator("#Answers_plan_").GetByText("Ouro").ClickAsync();
        await visit.Page.FillAsync("#Fields_card_", "A-17");
        await visit.ClickAsync("button", "Confirmar reserva");

        await visit.Page.ArriveAsync("**/done/*");
        Assert.Equal("Reserva confirmada", await visit.HeadingAsync());
        var booking = Assert.Single(await BookingsOf(tenant));
        var shown = await visit.TextOfAsync("main");
        Assert.Contains(booking.Uid, shown, StringComparison.Ordinal);
        Assert.Contains("terça-feira, 3 de março de 2026, 09:00–10:00", shown, StringComparison.Ordinal);
        Assert.Contains("America/Sao Paulo, UTC−03:00", shown, StringComparison.Ordinal);
        Assert.Equal(("Íris Melo", Nine, "Dra. Lima"), (booking.Client?.Name, booking.Start, Assert.Single(booking.Resources).Name));
        Assert.Equal(
            """{"weight":61.5,"born":"1990-05-01","first":true,"plan":"Ouro"}""",
            Members(booking.Answers!.Value, "weight", "born", "first", "plan"));
        var file = await visit.Page.APIRequest.GetAsync((await visit.Page.GetAttributeAsync("a[download]", "href"))!);
        Assert.StartsWith("BEGIN:VCALENDAR", await file.TextAsync(), StringComparison.Ordinal);

        await visit.Page.GoBackAsync();
        await visit.Page.ArriveAsync("**/done/*");
        Assert.Equal("Reserva confirmada", await visit.HeadingAsync());
        Assert.Single(await BookingsOf(tenant));
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task Of_two_visitors_who_confirm_one_time_the_second_keeps_the_entered_values_and_gets_the_nearest_times()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await using var first = await site.OpenAsync(null);
        await using var second = await site.OpenAsync(null);
        foreach (var visit in (Visit[])[first, second])
        {
            await visit.GoAsync($"/{tenant.Slug}/{tenant.ServiceId}?slot={Nine.ToIso()}&source=finder");
            Assert.Equal("Seus dados", await visit.HeadingAsync());
            await FillAsync(visit.Page, visit == first ? "Ana" : "Íris Melo", visit == first ? "ana@example.com" : "iris@example.com");
        }

        await first.ClickAsync("button", "Confirmar reserva");
        await first.Page.ArriveAsync("**/done/*");
        var answer = await second.Page.RunAndWaitForResponseAsync(
            () => second.ClickAsync("button", "Confirmar reserva"), response => response.Request.Method == "POST");

        Assert.Equal(409, answer.Status);
        Assert.Contains("Alguém acabou de ocupar", await second.TextOfAsync("[role=alert]"), StringComparison.Ordinal);
        Assert.Equal("Íris Melo", await second.Page.InputValueAsync("#Person_Name"));
        Assert.True(await second.Page.IsCheckedAsync("#Consent"));
        Assert.Equal(["10:00", "11:00", "12:00"], await second.Page.Locator("#Slot b").AllInnerTextsAsync());
        await second.Page.Locator("#Slot label").First.ClickAsync();
        await second.ClickAsync("button", "Confirmar reserva");
        await second.Page.ArriveAsync("**/done/*");
        Assert.Equal([Nine, Nine.AddHours(1)], (await BookingsOf(tenant)).Select(booking => booking.Start).Order());

        await first.Page.GoBackAsync(); // no hold: the browser remembers
        await first.Page.ArriveAsync("**/done/*");
    }

    [Fact]
    public async Task A_chosen_time_is_held_and_a_time_that_was_just_taken_leads_to_the_others_of_its_day()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await using var first = await site.OpenAsync(null);
        await using var second = await site.OpenAsync(null, new() { Locale = "en", JavaScriptEnabled = false });
        var page = $"/{tenant.Slug}/{tenant.ServiceId}-visit?day=2026-03-03";
        await first.GoAsync(page);
        await second.GoAsync(page);

        await first.ClickAsync("button", "09:00");
        await first.Page.Locator(".held").WaitForAsync();
        var answer = await second.Page.RunAndWaitForResponseAsync(
            () => second.Page.Locator(".slots button").First.ClickAsync(), response => response.Request.Method == "POST");

        Assert.Equal(409, answer.Status);
        Assert.Contains("Somebody else has just taken that time", await second.TextOfAsync("[role=alert]"), StringComparison.Ordinal);
        Assert.Equal(7, await second.Page.Locator(".slots button").CountAsync());

        await first.Page.GoBackAsync(); // the visitor's own hold takes nothing from them, and another choice ends it
        Assert.Equal(8, await first.Page.Locator(".slots button").CountAsync());
        await first.ClickAsync("button", "10:00");
        await first.Page.Locator(".held").WaitForAsync();
        await second.GoAsync(page);
        Assert.Equal("9:00 AM", (await second.Page.Locator(".slots button").First.InnerTextAsync()).Replace('\u202f', ' ').Trim());
    }

    [Fact]
    public async Task Sending_the_form_again_books_once_and_programs_that_fill_in_every_field_book_nothing()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await using var visit = await site.OpenAsync(null);
        await visit.GoAsync($"/{tenant.Slug}/{tenant.ServiceId}/details?slot={Nine.ToIso()}");
        await FillAsync(visit.Page, "Íris Melo", "iris@example.com");
        var fields = await visit.Page.EvaluateAsync<Dictionary<string, string>>(
            "() => Object.fromEntries(new FormData(document.querySelector('main form')))");
        var url = (await visit.Page.GetAttributeAsync("main form", "action"))!;

        var trapped = await SendAsync(new(fields) { ["Person.Fax"] = "spam" });
        Assert.Equal(422, trapped.Status);
        Assert.Empty(await BookingsOf(tenant));
        var answers = await Task.WhenAll(SendAsync(fields), SendAsync(fields));

        Assert.Contains("/done/", answers[0].Url, StringComparison.Ordinal);
        Assert.Equal(answers[0].Url, answers[1].Url);
        Assert.Single(await BookingsOf(tenant));

        Task<IAPIResponse> SendAsync(Dictionary<string, string> values)
        {
            var form = visit.Page.APIRequest.CreateFormData();
            foreach (var (name, value) in values) form.Append(name, value);
            return visit.Page.APIRequest.PostAsync(url, new() { Form = form });
        }
    }

    [Fact]
    public async Task Errors_are_shown_at_once_beside_their_fields_in_the_language_of_the_browser()
    {
        var tenant = await AskingTenantAsync();
        await using var visit = await site.OpenAsync(null, new() { Locale = "en-GB" });
        await visit.GoAsync($"/{tenant.Slug}/{tenant.ServiceId}/details?slot={Nine.ToIso()}");
        await visit.Page.FillAsync("#Person_Email", "nobody");
        await visit.Page.FillAsync("#Answers_weight_", "heavy");

        await visit.ClickAsync("button", "Confirm booking");
        await visit.Page.Locator("[role=alert]").WaitForAsync();

        Assert.StartsWith("Error: ", await visit.Page.TitleAsync(), StringComparison.Ordinal);
        Assert.Equal("alert", await visit.Page.Locator(":focus").GetAttributeAsync("role"));
        foreach (var id in (string[])["Person_Name", "Person_Email", "Answers_weight_", "Answers_plan_", "Consent"])
        {
            Assert.NotEqual("", await visit.TextOfAsync($"#{id}-error"));
        }

        Assert.Equal("heavy", await visit.Page.InputValueAsync("#Answers_weight_"));
        Assert.Contains("This time is kept for you until", await visit.TextOfAsync(".held"), StringComparison.Ordinal);
        Assert.Empty(await BookingsOf(tenant));
    }

    [Fact]
    public async Task A_service_with_approval_and_seats_says_so_in_words()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await tenant.SentAsync<ServiceResponse>("PATCH", $"/services/{tenant.ServiceId}", """
            {
                "capacity": 5, "requiresApproval": true,
                "cancellation": { "deadlineMinutes": 1440, "fee": { "amount": 30, "currency": "BRL" } }
            }
            """);
        await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine, PartySize = 2 });
        await using var visit = await site.OpenAsync(null);

        await visit.GoAsync($"/{tenant.Slug}/{tenant.ServiceId}?day=2026-03-03&party=2");
        Assert.Contains("3 vagas", await visit.Page.Locator(".slots button").First.InnerTextAsync(), StringComparison.Ordinal);
        await visit.Page.Locator(".slots button").First.ClickAsync();
        Assert.Contains(
            "sem custo até segunda-feira, 2 de março de 2026, 09:00. Depois, cancelar custa R$ 30,00",
            (await visit.TextOfAsync("main")).Replace('\u00a0', ' '), StringComparison.Ordinal);
        await FillAsync(visit.Page, "Íris Melo", "iris@example.com");
        await visit.ClickAsync("button", "Enviar pedido");
        await visit.Page.ArriveAsync("**/done/*");

        Assert.Equal("Pedido recebido", await visit.HeadingAsync());
        Assert.Contains((BookingStatuses.Pending, 2), (await BookingsOf(tenant)).Select(booking => (booking.Status, booking.PartySize)));
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task Times_are_shown_in_the_zone_that_the_visitor_chooses_and_the_next_free_day_is_offered()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await tenant.SentAsync<BlackoutResponse>(
            "POST", "/blackouts", """{ "start": "2026-03-02T00:00:00Z", "end": "2026-03-19T09:00:00Z" }""");
        await using var visit = await site.OpenAsync(null, new() { TimezoneId = "Asia/Tokyo" });

        await visit.GoAsync($"/{tenant.Slug}/{tenant.ServiceId}");
        await visit.ClickAsync("link", "Próximo dia livre: quinta-feira, 19 de março de 2026");
        Assert.Equal("Asia/Tokyo", await visit.Page.Locator("#tz option").First.GetAttributeAsync("value"));
        await visit.Page.SelectOptionAsync("#tz", "Asia/Tokyo");
        await visit.Page.ArriveAsync("**tz=Asia%2FTokyo**");
        await visit.ClickAsync("button", "21:00");

        Assert.Contains("19 de março de 2026, 21:00", await visit.TextOfAsync(".facts"), StringComparison.Ordinal);
        Assert.Contains("Asia/Tokyo, UTC+09:00", await visit.TextOfAsync(".facts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_inactive_and_foreign_names_get_a_page_that_says_so()
    {
        var (tenant, other) = (await site.Platform.NewTenantAsync(), await site.Platform.NewTenantAsync());
        await site.Platform.ExecutePlatformAsync($"update tenants set status = 'inactive' where id = {other.Id}");
        await using var visit = await site.OpenAsync(null);

        foreach (var (path, heading) in (IEnumerable<(string, string)>)
        [
            ("/nobody-here", "Não há página de agendamento aqui"),
            ($"/{other.Slug}", "Não há página de agendamento aqui"),
            ($"/{tenant.Slug}/{other.ServiceId}", "Este serviço não pode ser reservado aqui"),
            ($"/{tenant.Slug}/massage/details?slot=x", "Este serviço não pode ser reservado aqui"),
            ($"/{tenant.Slug}/manage/AAAA", "Não encontramos esta reserva"),
            ($"/{tenant.Slug}/waitlist/AAAA", "Não encontramos este pedido"),
        ])
        {
            var answer = await visit.Page.GotoAsync(path);
            Assert.Equal((404, heading), (answer!.Status, await visit.HeadingAsync()));
        }

        await visit.GoAsync($"/{tenant.Slug}/visit"); // the name alone also does
        Assert.Equal("Visit", await visit.HeadingAsync());
        visit.ExpectNoProblems();
    }

    private async Task<TestTenant> AskingTenantAsync()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await tenant.ExecuteAsync($$"""
            insert into resources (id, category_id, name) values (900, {{tenant.CategoryId}}, 'Dra. Lima');
            insert into schedules (id, resource_id) values (900, 900);
            insert into schedule_rules (schedule_id, day, start_minute, end_minute)
            select 900, day, 9 * 60, 17 * 60 from generate_series(1, 5) as day;
            """);
        await tenant.SentAsync<ServiceResponse>("PATCH", $"/services/{tenant.ServiceId}", $$"""
            {
                "requirements": [{ "resourceIds": [{{tenant.DoctorId}}, 900], "assignment": "client" }],
                "questions": [
                    { "key": "weight", "label": "Peso", "type": "number", "required": true },
                    { "key": "born", "label": "Nascimento", "type": "date" },
                    { "key": "first", "label": "Primeira vez?", "type": "boolean" },
                    { "key": "plan", "label": "Plano", "type": "choice", "choices": ["Ouro", "Prata"], "required": true }]
            }
            """);
        await tenant.SentAsync<CustomFieldResponse>(
            "POST", "/custom-fields", """{ "appliesTo": "client", "key": "card", "label": "Carteirinha", "type": "text" }""");
        return tenant;
    }

    internal static Task FillAsync(IPage page, string name, string email) => FillAsync(page.MainFrame, name, email);

    internal static async Task FillAsync(IFrame page, string name, string email)
    {
        await page.FillAsync("#Person_Name", name);
        await page.FillAsync("#Person_Email", email);
        await page.CheckAsync("#Consent");
    }

    private static string Members(JsonElement json, params string[] names) =>
        $"{{{string.Join(',', names.Select(name => $"\"{name}\":{json.GetProperty(name).GetRawText()}"))}}}";

    private static async Task<IReadOnlyList<BookingResponse>> BookingsOf(TestTenant tenant) =>
        (await tenant.Client.GetFromJsonAsync<Envelope<IReadOnlyList<BookingResponse>>>("/api/v1/bookings"))!.Data;
}
