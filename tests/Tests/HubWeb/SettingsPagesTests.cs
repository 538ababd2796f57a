using System.Globalization;
using System.Net.Http.Json;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Tests.Support;
using Platform.Tests.Ui;

namespace Platform.Tests.HubWeb;

/// <summary>An administrator sets the organisation up: what is booked, and when.</summary>
public sealed class SettingsPagesTests(HubSite site) : IClassFixture<HubSite>
{
    private const string SaoPaulo = "America/Sao_Paulo";

    [Fact]
    public async Task Every_page_of_the_set_up_is_accessible()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        var (service, doctor, category) = (Id(tenant.ServiceId), Id(tenant.DoctorId), Id(tenant.CategoryId));
        string[] paths =
        [
            "", "/services", $"/services/{service}", "/services/new", "/services?q=nothing", "/resources",
            $"/resources/{doctor}", $"/resources/{doctor}/hours", "/categories", $"/categories/{category}", "/hours",
            "/year", $"/year?resource={doctor}&day=2026-03-03", "/holidays", "/general", "/branding", "/booking-page",
            "/labels", "/messages", "/messages/booking.reminder/en",
            "/domains", "/fields", "/fields/new", "/people", "/people/invitations", "/people/invite",
            $"/people/{Id(tenant.UserId)}", "/roles", $"/roles/{Id(tenant.RoleId)}", "/roles/new", "/access", "/api-keys",
            $"/api-keys/{Id(tenant.ServiceAccountId)}", "/feeds", $"/resources/{doctor}/feed", $"/resources/{doctor}/calendars",
            "/webhooks",
            "/webhooks/new", $"/webhooks/{Id(tenant.WebhookId)}", "/import", "/export", "/history", "/start",
        ];
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        foreach (var path in paths)
        {
            await visit.GoAsync(HubSite.Of(tenant, $"/settings{path}"));
            await visit.ExpectAccessibleInEveryViewAsync($"settings-{Array.IndexOf(paths, path)}");
        }

        visit.ExpectNoProblems();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_service_is_created_changed_and_retired_with_and_without_script(bool script)
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant), new() { JavaScriptEnabled = script });

        await visit.GoAsync(HubSite.Of(tenant, "/settings/services"));
        await visit.ClickAsync("link", "Novo serviço");
        await visit.Page.FillAsync("#Input_Name", "Consulta longa");
        await visit.Page.FillAsync("#Input_Durations", "uma hora");
        await visit.ClickAsync("button", "Adicionar pergunta");
        Assert.Equal("Consulta longa", await visit.Page.InputValueAsync("#Input_Name"));
        await visit.Page.FillAsync("#Input_Questions_0__Label", "Já é paciente?");
        await visit.Page.SelectOptionAsync("#Input_Questions_0__Type", "boolean");
        await visit.ClickAsync("button", "Salvar");

        await visit.Page.Locator("#Input_Durations-error").WaitForAsync(); // an error keeps what was typed
        Assert.Equal("Já é paciente?", await visit.Page.InputValueAsync("#Input_Questions_0__Label"));
        await visit.Page.FillAsync("#Input_Durations", "90, 60");
        await visit.Page.FillAsync("#Input_Price", "35,50");
        await visit.Page.FillAsync("#Input_CancellationDeadline_Amount", "2");
        await visit.Page.SelectOptionAsync("[name='Input.CancellationDeadline.Unit']", "day");
        await visit.Page.CheckAsync("#Input_Public");
        await visit.ClickAsync("button", "Salvar");

        await visit.Page.Locator("[role=status]", new() { HasText = "Consulta longa" }).WaitForAsync();
        var service = Assert.Single(
            await ListAsync<ServiceResponse>(tenant, "services"), s => s.Name == "Consulta longa");
        Assert.Equal([90, 60], service.DurationsMinutes);
        Assert.Equal(new Money(35.50m, "EUR"), service.Price);
        Assert.Equal(2 * 1440, service.Cancellation.DeadlineMinutes);
        Assert.Equal(("ja_e_paciente", "boolean"), (service.Questions[0].Key, service.Questions[0].Type));
        Assert.Equal(tenant.CategoryId, Assert.Single(service.Requirements).CategoryId);
        Assert.Equal([1440, 120], service.RemindersMinutes!);
        Assert.True(service.Public);

        await visit.ClickAsync("button", "Desativar");
        await visit.Page.Locator(".badge", new() { HasText = "Inativo" }).WaitForAsync();
        Assert.DoesNotContain(await ListAsync<ServiceResponse>(tenant, "services"), s => s.Id == service.Id);
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_change_by_somebody_else_is_reported_and_what_was_typed_stays()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, $"/settings/services/{tenant.ServiceId}"));
        await visit.Page.FillAsync("#Input_Name", "Mine");
        await tenant.SentAsync<ServiceResponse>("PATCH", $"/services/{tenant.ServiceId}", """{ "name": "Theirs" }""");

        var answer = await visit.Page.RunAndWaitForResponseAsync(
            () => visit.ClickAsync("button", "Salvar"), response => response.Request.Method == "POST");
        Assert.Equal(409, answer.Status);
        Assert.Contains("depois que você abriu", await visit.TextOfAsync("[role=alert]"), StringComparison.Ordinal);
        Assert.Equal("Mine", await visit.Page.InputValueAsync("#Input_Name"));

        await visit.ClickAsync("button", "Salvar"); // again: it replaces the other change
        await visit.Page.Locator("[role=status]", new() { HasText = "salvas" }).WaitForAsync();
        Assert.Equal("Mine", Assert.Single(await ListAsync<ServiceResponse>(tenant, "services")).Name);
    }

    [Fact]
    public async Task A_resource_in_use_cannot_be_deleted_and_the_page_says_why()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await tenant.BookedAsync(tenant.AtNoon());
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, $"/settings/resources/{tenant.DoctorId}"));

        await visit.Page.Locator("summary", new() { HasText = "Excluir recurso" }).ClickAsync();
        await visit.ClickAsync("button", "Excluir recurso");

        await visit.Page.Locator("[role=alert]", new() { HasText = Codes.InUse }).WaitForAsync();
        Assert.Single(await ListAsync<ResourceResponse>(tenant, "resources"));
    }

    [Fact]
    public async Task A_category_with_attributes_asks_for_them_in_its_resources()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, "/settings/categories/new"));
        await visit.Page.FillAsync("#Input_Name", "Salas");
        await visit.ClickAsync("button", "Adicionar atributo");
        await visit.Page.FillAsync("#Input_Properties_0__Title", "Lugares");
        await visit.Page.SelectOptionAsync("#Input_Properties_0__Type", "integer");
        await visit.Page.CheckAsync("#Input_Properties_0__Required");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("[role=status]").First.WaitForAsync();
        var category = Assert.Single(await ListAsync<CategoryResponse>(tenant, "categories"), c => c.Name == "Salas");

        await visit.GoAsync(HubSite.Of(tenant, $"/settings/resources/new?category={category.Id}"));
        await visit.Page.FillAsync("#Input_Name", "Sala 1");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("#Input_Attributes_lugares_-error").WaitForAsync();
        await visit.Page.FillAsync("#Input_Attributes_lugares_", "12");
        await visit.ClickAsync("button", "Salvar");

        await visit.Page.ArriveAsync("**/hours");
        var room = Assert.Single(await ListAsync<ResourceResponse>(tenant, "resources"), r => r.Name == "Sala 1");
        Assert.Equal(12, room.Attributes.GetProperty("lugares").GetInt32());
        visit.ExpectNoProblems();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Weekly_hours_are_edited_by_keyboard_with_and_without_script(bool script)
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant), new() { JavaScriptEnabled = script });
        await visit.GoAsync(HubSite.Of(tenant, $"/settings/resources/{tenant.DoctorId}/hours"));

        await visit.ClickAsync("button", "sábado: adicionar horário");
        await visit.Page.FillAsync("#Input_Periods_0__Days_5__Hours_0__Start", "20:00");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("[role=alert]").WaitForAsync(); // the end is missing
        await visit.Page.FillAsync("#Input_Periods_0__Days_5__Hours_0__End", "00:00");
        await visit.Page.FocusAsync("#Input_Periods_0__Days_5__Hours_0__End");
        await visit.Page.Keyboard.PressAsync("Enter"); // saves, and presses none of the buttons for rows

        await visit.Page.Locator("[role=status]", new() { HasText = "salvas" }).WaitForAsync();
        var schedule = await tenant.SentAsync<ScheduleResponse>("GET", $"/resources/{tenant.DoctorId}/schedule");
        Assert.True(schedule.Own);
        Assert.Contains(schedule.Rules, rule => rule is { Days: ["saturday"], Start: "20:00", End: "00:00" });
        Assert.Contains(schedule.Rules, rule => rule is { Days.Count: 5, Start: "09:00", End: "17:00" });
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_day_of_the_year_is_closed_opened_and_given_other_hours()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, $"/settings/year?resource={tenant.DoctorId}"));

        await visit.Page.Locator(".month a[title^='terça-feira, 3 de março']").ClickAsync();
        await visit.Page.Locator("summary", new() { HasText = "Fechar um período" }).ClickAsync();
        await visit.Page.FillAsync("#Input_Reason", "Congresso");
        await visit.ClickAsync("button", "Fechar um período");
        await visit.Page.Locator(".month a.blackout[title*='Congresso']").WaitForAsync();
        var blackout = Assert.Single(await ListAsync<BlackoutResponse>(tenant, "blackouts"));
        Assert.Equal(new(2026, 3, 3, 3, 0, 0, TimeSpan.Zero), blackout.Start); // midnight in São Paulo
        Assert.Equal(TimeSpan.FromDays(1), blackout.End - blackout.Start);

        await visit.ClickAsync("button", "Abrir de novo");
        await visit.Page.Locator("[role=status]", new() { HasText = "aberto de novo" }).WaitForAsync();
        await visit.Page.FillAsync("#Input_Hours_0__Start", "14:00");
        await visit.Page.FillAsync("[name='Input.Hours[0].End']", "15:00");
        await visit.ClickAsync("button", "Salvar este dia");
        await visit.Page.Locator(".month a.override").WaitForAsync();
        var special = Assert.Single(
            await ListAsync<OverrideResponse>(tenant, $"resources/{tenant.DoctorId}/overrides"));
        Assert.Equal((new DateOnly(2026, 3, 3), "14:00"), (special.Date, special.Intervals[0].Start));

        await visit.GoAsync(HubSite.Of(tenant, "/settings/holidays"));
        await visit.ClickAsync("button", "Adicionar feriados");
        await visit.Page.Locator("[role=status]", new() { HasText = "feriados" }).WaitForAsync();
        Assert.NotEmpty(await ListAsync<HolidayResponse>(tenant, "settings/holidays"));
        visit.ExpectNoProblems();
    }

    private static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static async Task<IReadOnlyList<T>> ListAsync<T>(TestTenant tenant, string path) =>
        (await tenant.Client.GetFromJsonAsync<Envelope<IReadOnlyList<T>>>($"/api/v1/{path}"))!.Data;
}
