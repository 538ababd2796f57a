using System.Globalization;
using System.Net.Http.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;
using Platform.Tests.Ui;
using Platform.Ui.Time;

namespace Platform.Tests.HubWeb;

/// <summary>The main job as a person does it: see what is free, and book it, also as a series.</summary>
public sealed class BookingPagesTests(HubSite site) : IClassFixture<HubSite>
{
    private const string SaoPaulo = "America/Sao_Paulo";

    /// <summary>09:00 in São Paulo on the Monday of the fixture.</summary>
    private static readonly DateTimeOffset Nine = PlatformFixture.Monday9am.AddHours(3);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_service_is_booked_with_and_without_script_in_the_tenants_time(bool script)
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await using var visit = await site.OpenAsync(
            HubSite.MemberOf(tenant), new() { JavaScriptEnabled = script, TimezoneId = "Asia/Tokyo" });

        await visit.GoAsync(HubSite.Of(tenant, "/book"));
        await visit.Page.Locator(".days label:has(input[value='2026-03-03'])").ClickAsync(); // Tuesday
        if (!script) await visit.Page.Locator("noscript button").First.ClickAsync();
        await visit.Page.Locator("legend", new() { HasText = "terça-feira, 3 de março de 2026" }).WaitForAsync();
        await visit.Page.Locator(".times label", new() { HasText = "09:00" }).ClickAsync();
        await visit.Page.FillAsync("#Input_Name", "Íris Melo");
        await visit.Page.FillAsync("#Input_Email", "iris@example.com");
        await visit.ClickAsync("button", "Confirmar reserva");

        await visit.Page.ArriveAsync("**/book/done/*");
        var booking = Assert.Single(await BookingsOf(tenant));
        Assert.Equal("Reserva confirmada", await visit.HeadingAsync());
        Assert.Contains("iris@example.com", await visit.TextOfAsync("main"), StringComparison.Ordinal);
        Assert.Equal(("Íris Melo", Nine.AddDays(1)), (booking.Client?.Name, booking.Start));
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_receptionist_books_everything_that_a_service_needs_by_keyboard()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await tenant.SentAsync<Dictionary<string, object>>(
            "POST", "/clients", """{ "name": "João Souza", "email": "joao@example.com", "phone": "+5511987654321" }""");
        await tenant.ExecuteAsync($$$"""
            insert into resources (id, category_id, name) values ({{{tenant.DoctorId + 5}}}, {{{tenant.CategoryId}}}, 'Dr Jekyll');
            insert into schedules (id, resource_id) values ({{{tenant.DoctorId + 5}}}, {{{tenant.DoctorId + 5}}});
            insert into schedule_rules (schedule_id, day, start_minute, end_minute)
            select {{{tenant.DoctorId + 5}}}, day, 9 * 60, 17 * 60 from generate_series(1, 5) as day;
            """);
        await tenant.SentAsync<Dictionary<string, object>>("PATCH", $"/services/{tenant.ServiceId}", $$"""
            {
              "durationsMinutes": [60, 30], "requiresApproval": true, "price": { "amount": 150, "currency": "BRL" },
              "cancellation": { "deadlineMinutes": 1440, "fee": { "amount": 40, "currency": "BRL" } },
              "requirements": [{ "categoryId": {{tenant.CategoryId}}, "assignment": "client" }],
              "questions": [
                { "key": "allergy", "label": "Alergias", "type": "text", "required": true },
                { "key": "first", "label": "Primeira vez", "type": "boolean" },
                { "key": "plan", "label": "Convênio", "type": "choice", "choices": ["Ouro", "Prata"] }
              ]
            }
            """);
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, "/book"));
        var (page, terms) = (visit.Page, await visit.TextOfAsync("#terms"));
        await visit.ExpectAccessibleAsync("hub-book-all");

        await page.SelectOptionAsync("#Input_ResourceIds_0", "Dr Jekyll");
        await page.SelectOptionAsync("#Input_Minutes", "30");
        await page.Locator("#terms", new() { HasText = "30 min" }).WaitForAsync();
        await page.FocusAsync("#Input_Search");
        await page.Keyboard.TypeAsync("joao");
        await page.Locator("#clients label", new() { HasText = "João Souza" }).WaitForAsync();
        await page.Locator("#clients input").First.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        Assert.False(await page.Locator("#Input_Name").IsVisibleAsync());
        await page.Locator(".times input").First.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await visit.ClickAsync("button", "Confirmar reserva");
        await page.Locator("[role=alert]").WaitForAsync();
        var missing = await visit.TextOfAsync("#Input_Answers_allergy_-error");
        await page.FillAsync("#Input_Answers_allergy_", "Dipirona");
        await page.CheckAsync("#Input_Answers_first_");
        await page.SelectOptionAsync("#Input_Answers_plan_", "Ouro");
        await page.FocusAsync("#Input_Answers_allergy_");
        await page.Keyboard.PressAsync("Enter");
        await page.ArriveAsync("**/book/done/*");

        Assert.Contains("R$ 150,00", terms.Replace('\u00a0', ' '), StringComparison.Ordinal);
        Assert.Contains("sem custo até 1 dia antes; depois custa R$ 40,00", terms.Replace('\u00a0', ' '), StringComparison.Ordinal);
        Assert.Equal("Este valor não é válido", missing);
        Assert.Equal("A reserva foi solicitada", await visit.HeadingAsync());
        var booking = Assert.Single(await BookingsOf(tenant));
        Assert.Equal(("João Souza", "pending", "Dr Jekyll"), (booking.Client?.Name, booking.Status, booking.Resources[0].Name));
        Assert.Equal(TimeSpan.FromMinutes(30), booking.End - booking.Start);
        var answers = booking.Answers!.Value;
        Assert.Equal(("Dipirona", "Ouro"), (answers.GetProperty("allergy").GetString(), answers.GetProperty("plan").GetString()));
        Assert.True(answers.GetProperty("first").GetBoolean());
        visit.ExpectNoProblems();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_conflict_keeps_the_entered_values_and_offers_the_nearest_times(bool script)
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant), new() { JavaScriptEnabled = script });
        await visit.GoAsync(BookAt(tenant, Nine));
        await visit.Page.FillAsync("#Input_Name", "Íris Melo");
        await visit.Page.FillAsync("#Input_Note", "Traz exames.");
        await tenant.BookedAsync(tenant.AtNoon() with { Start = Nine });

        var answer = await visit.Page.RunAndWaitForResponseAsync(
            () => visit.ClickAsync("button", "Confirmar reserva"), response => response.Request.Method == "POST");

        Assert.Equal(409, answer.Status);
        Assert.Contains("Alguém acabou de ocupar", await visit.TextOfAsync("[role=alert]"), StringComparison.Ordinal);
        Assert.Equal("Íris Melo", await visit.Page.InputValueAsync("#Input_Name"));
        Assert.Equal("Traz exames.", await visit.Page.InputValueAsync("#Input_Note"));
        var offers = await visit.Page.Locator("#when .choices b").AllInnerTextsAsync();
        Assert.Equal(["10:00", "11:00", "12:00"], offers.Take(3));

        await visit.Page.Locator("#when .choices label").First.ClickAsync();
        await visit.ClickAsync("button", "Confirmar reserva");
        await visit.Page.ArriveAsync("**/book/done/*");
        Assert.Equal([Nine, Nine.AddHours(1)], (await BookingsOf(tenant)).Select(booking => booking.Start).Order());
    }

    [Fact]
    public async Task Submitting_the_form_again_creates_no_second_booking()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(BookAt(tenant, Nine));
        await visit.Page.FillAsync("#Input_Name", "Íris Melo");
        var fields = await visit.Page.EvaluateAsync<Dictionary<string, string>>(
            "() => Object.fromEntries(new FormData(document.querySelector('main form')))");

        var addresses = new List<string>();
        for (var sent = 0; sent < 2; sent++)
        {
            var form = visit.Page.APIRequest.CreateFormData();
            foreach (var (name, value) in fields) form.Append(name, value);
            addresses.Add((await visit.Page.APIRequest.PostAsync(visit.Page.Url, new() { Form = form })).Url);
        }

        Assert.Contains("/book/done/", addresses[0], StringComparison.Ordinal);
        Assert.Equal(addresses[0], addresses[1]);
        Assert.Single(await BookingsOf(tenant));
    }

    [Fact]
    public async Task Errors_appear_above_the_form_and_beside_their_fields_and_receive_the_focus()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, "/book"));
        await visit.Page.FillAsync("#Input_Email", "nobody");

        await visit.ClickAsync("button", "Confirmar reserva");
        await visit.Page.Locator("[role=alert]").WaitForAsync();

        Assert.Equal("Preencha este campo", await visit.TextOfAsync("#Input_Name-error"));
        Assert.Equal("Escolha um horário", await visit.TextOfAsync("#Input_Start-error"));
        Assert.Equal("Digite um e-mail como nome@exemplo.com", await visit.TextOfAsync("#Input_Email-error"));
        Assert.Equal("alert", await visit.Page.Locator(":focus").GetAttributeAsync("role"));
        Assert.StartsWith("Erro: ", await visit.Page.TitleAsync(), StringComparison.Ordinal);
        Assert.Equal("nobody", await visit.Page.InputValueAsync("#Input_Email"));
        await visit.ExpectAccessibleAsync("hub-book-errors");
        Assert.Empty(await BookingsOf(tenant));
    }

    [Fact]
    public async Task A_series_is_previewed_booked_moved_and_cancelled()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon() with { Start = PlatformFixture.Monday9am.AddDays(8) });
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        var page = visit.Page;
        await visit.GoAsync(BookAt(tenant, PlatformFixture.Monday9am.AddDays(1)));
        await page.FillAsync("#Input_Name", "Íris Melo");
        await page.Locator("summary", new() { HasText = "Repetir" }).ClickAsync();
        await page.SelectOptionAsync("#Input_Repeat", "WEEKLY");
        await page.FillAsync("#Input_Count", "3");
        await visit.ClickAsync("button", "Ver prévia");
        var dates = await page.Locator("#when .list .badge").AllInnerTextsAsync();
        await visit.ExpectAccessibleAsync("hub-series-dates");
        await page.CheckAsync("[name='Input.SkipConflicts']");
        await visit.ClickAsync("button", "Confirmar reserva");

        await page.ArriveAsync("**/series/*");
        Assert.Equal(["livre", "ocupado", "livre"], dates);
        Assert.Equal(3, (await BookingsOf(tenant)).Count);
        await page.Locator("label", new() { HasText = "Todas" }).ClickAsync();
        await page.FillAsync("#Input_Start", "2026-03-03T14:00");
        await visit.ClickAsync("button", "Ver prévia");
        Assert.Contains("14:00", (await page.Locator("#after tbody tr td").AllInnerTextsAsync())[1], StringComparison.Ordinal);
        Assert.DoesNotContain(await BookingsOf(tenant), b => b.Start.Hour == 14);
        await visit.ExpectAccessibleAsync("hub-series-preview");
        await visit.ClickAsync("button", "Alterar");
        await page.Locator("[role=status]", new() { HasText = "A série foi alterada." }).WaitForAsync();
        Assert.Equal(2, (await BookingsOf(tenant)).Count(b => b.Start.Hour == 14));
        await page.Locator("label", new() { HasText = "Todas" }).ClickAsync();
        await page.Locator("summary", new() { HasText = "Cancelar datas" }).ClickAsync();
        await visit.ClickAsync("button", "Cancelar datas");
        await page.Locator("[role=status]", new() { HasText = "As datas foram canceladas." }).WaitForAsync();
        Assert.Equal(2, (await BookingsOf(tenant)).Count(b => b.Status == BookingStatuses.Cancelled));
        visit.ExpectNoProblems();
    }

    private static string BookAt(TestTenant tenant, DateTimeOffset start) => HubSite.Of(
        tenant, string.Create(CultureInfo.InvariantCulture, $"/book?serviceId={tenant.ServiceId}&start={start.ToIso()}"));

    private static async Task<IReadOnlyList<BookingResponse>> BookingsOf(TestTenant tenant) =>
        (await tenant.Client.GetFromJsonAsync<Envelope<IReadOnlyList<BookingResponse>>>("/api/v1/bookings"))!.Data;
}
