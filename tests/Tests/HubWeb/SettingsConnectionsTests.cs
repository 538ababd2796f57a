using System.Net.Http.Json;
using System.Text;
using Platform.Contracts;
using Platform.Contracts.ApiKeys;
using Platform.Contracts.Bookings;
using Platform.Contracts.Calendars;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Webhooks;
using Platform.Tests.Support;
using Platform.Tests.Ui;

namespace Platform.Tests.HubWeb;

/// <summary>An administrator connects programs, brings bookings in, and begins from nothing.</summary>
public sealed class SettingsConnectionsTests(HubSite site) : IClassFixture<HubSite>
{
    private const string SaoPaulo = "America/Sao_Paulo";

    [Fact]
    public async Task A_key_is_shown_once_and_revoked()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, $"/settings/api-keys/{tenant.ServiceAccountId}"));

        await visit.ClickAsync("button", "Criar chave");
        var secret = await visit.TextOfAsync("#secret");
        Assert.StartsWith("plk_", secret, StringComparison.Ordinal);
        await visit.GoAsync(HubSite.Of(tenant, $"/settings/api-keys/{tenant.ServiceAccountId}"));
        Assert.Equal(0, await visit.Page.Locator("#secret").CountAsync());
        Assert.DoesNotContain(secret, await visit.TextOfAsync("main"), StringComparison.Ordinal);

        var keys = await ListAsync<ApiKeyResponse>(tenant, $"service-accounts/{tenant.ServiceAccountId}/keys");
        var made = keys.Single(key => secret.StartsWith(key.Prefix, StringComparison.Ordinal));
        Assert.Equal([Scopes.Scheduling], made.Scopes);
        await visit.ClickAsync("button", $"Revogar a chave {made.Prefix}");
        await visit.Page.Locator("[role=status]", new() { HasText = "não abre mais nada" }).WaitForAsync();
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_calendar_link_is_shown_once_and_revoked()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, $"/settings/resources/{tenant.DoctorId}/feed"));

        await visit.ClickAsync("button", "Criar link");
        var url = await visit.TextOfAsync("#secret");
        await using var anybody = await site.OpenAsync(null);
        var calendar = await anybody.Page.APIRequest.GetAsync(url);
        Assert.StartsWith("BEGIN:VCALENDAR", await calendar.TextAsync(), StringComparison.Ordinal);

        await visit.Page.Locator("summary", new() { HasText = "Revogar o link" }).ClickAsync();
        await visit.ClickAsync("button", "Revogar o link");
        await visit.Page.Locator("[role=status]", new() { HasText = "não funciona mais" }).WaitForAsync();
        Assert.Equal(404, (await anybody.Page.APIRequest.GetAsync(url)).Status);
    }

    [Fact]
    public async Task An_outside_calendar_is_connected_read_again_and_removed_and_people_have_a_link_of_their_own()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, $"/settings/resources/{tenant.DoctorId}/calendars"));

        await visit.Page.FillAsync("#Input_Name", "Particular");
        await visit.Page.FillAsync("#Input_Url", "https://cloud.example/dav/work/");
        await visit.Page.CheckAsync("[value=caldav]");
        await visit.Page.FillAsync("#Input_Password", "not shown again");
        await visit.ClickAsync("button", "Conectar");
        await visit.Page.Locator("#Input_UserName-error").WaitForAsync();
        Assert.Equal("Particular", await visit.Page.InputValueAsync("#Input_Name"));
        Assert.Equal("", await visit.Page.InputValueAsync("#Input_Password"));
        await visit.Page.FillAsync("#Input_UserName", "ana");
        await visit.Page.FillAsync("#Input_Password", "not shown again");
        await visit.ClickAsync("button", "Conectar");
        await visit.Page.Locator("[role=status]", new() { HasText = "foi conectada" }).WaitForAsync();
        Assert.DoesNotContain("not shown again", await visit.Page.ContentAsync(), StringComparison.Ordinal);
        var calendar = (await ListAsync<OutsideCalendarResponse>(tenant, $"resources/{tenant.DoctorId}/calendars"))
            .Single(c => c.Id != tenant.CalendarId);
        Assert.Equal(("Particular", CalendarKinds.CalDav), (calendar.Name, calendar.Kind));
        await tenant.ExecuteAsync($"delete from platform.calendar_polls where tenant_id = {tenant.Id}"); // nobody connects there
        await visit.ClickAsync("button", "Ler agora: Particular");
        await visit.Page.Locator("[role=status]", new() { HasText = "será lida" }).WaitForAsync();
        await visit.Page.Locator("summary[aria-label='Remover Particular']").ClickAsync();
        await visit.ClickAsync("button", "Remover Particular");
        await visit.Page.Locator("[role=status]", new() { HasText = "foi removida" }).WaitForAsync();

        await visit.GoAsync(HubSite.Of(tenant, "/calendar/link"));
        await visit.ExpectAccessibleAsync("my-calendar-link");
        await visit.ClickAsync("button", "Criar link");
        var url = await visit.TextOfAsync("#secret");
        Assert.StartsWith("BEGIN:VCALENDAR", await (await visit.Page.APIRequest.GetAsync(url)).TextAsync(), StringComparison.Ordinal);
        await visit.Page.Locator("summary", new() { HasText = "Revogar o link" }).ClickAsync();
        await visit.ClickAsync("button", "Revogar o link");
        await visit.Page.Locator("[role=status]", new() { HasText = "não funciona mais" }).WaitForAsync();
        Assert.Equal(404, (await visit.Page.APIRequest.GetAsync(url)).Status);
    }

    [Fact]
    public async Task A_webhook_is_created_tested_and_its_delivery_is_shown()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, "/settings/webhooks/new"));

        await visit.Page.FillAsync("#Input_Url", "http://plain.example/");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("#Input_Url-error").WaitForAsync();
        await visit.Page.FillAsync("#Input_Url", "https://hooks.example/here");
        await visit.Page.CheckAsync("[value='booking.*']");
        await visit.ClickAsync("button", "Salvar");
        Assert.StartsWith("whsec_", await visit.TextOfAsync("#secret"), StringComparison.Ordinal);
        var webhook = (await ListAsync<WebhookResponse>(tenant, "webhooks")).Single(
            w => w.Url == "https://hooks.example/here");
        Assert.Equal(["booking.*"], webhook.EventTypes);

        await visit.GoAsync(HubSite.Of(tenant, $"/settings/webhooks/{webhook.Id}"));
        await visit.ClickAsync("button", "Enviar teste");
        await visit.Page.ArriveAsync("**/deliveries/*");
        Assert.Equal("webhook.test", await visit.HeadingAsync());
        await visit.ExpectAccessibleAsync("settings-delivery");
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_file_is_checked_first_and_imported_after_confirmation()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant), new() { JavaScriptEnabled = false });
        await visit.GoAsync(HubSite.Of(tenant, "/settings/import"));
        await visit.ClickAsync("button", "Verificar, sem importar");
        await visit.Page.Locator("#file-error").WaitForAsync();

        const string file = """
            externalId,service,start,timeZone,clientName
            a-1,Visit,2026-03-03T09:00,America/Sao_Paulo,Íris
            a-2,Nothing,2026-03-03T10:00,America/Sao_Paulo,Rui
            """;
        await CheckFileAsync(visit, file);
        var rows = await visit.Page.Locator("tbody tr").AllInnerTextsAsync();
        Assert.Equal(2, rows.Count);
        Assert.Contains("Importar", rows[0], StringComparison.Ordinal);
        Assert.Contains(Codes.UnknownService, rows[1], StringComparison.Ordinal);
        Assert.Empty(await ListAsync<BookingResponse>(tenant, "bookings"));

        await using (var scripted = await site.OpenAsync(HubSite.MemberOf(tenant)))
        {
            await scripted.GoAsync(HubSite.Of(tenant, "/settings/import"));
            await CheckFileAsync(scripted, file);
            await scripted.ExpectAccessibleAsync("settings-import");
        }

        await visit.ClickAsync("button", "Importar 1 reservas");
        await visit.Page.Locator("h2", new() { HasText = "Resultado de old.csv" }).WaitForAsync();
        Assert.Equal("Íris", Assert.Single(await ListAsync<BookingResponse>(tenant, "bookings")).Client?.Name);
    }

    [Fact]
    public async Task Bookings_are_exported_and_the_history_shows_a_change()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await tenant.BookedAsync(tenant.AtNoon() with { Client = new("=Ada", null) });
        await tenant.SentAsync<ServiceResponse>("PATCH", $"/services/{tenant.ServiceId}", """{ "name": "Consulta" }""");
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        var csv = await visit.Page.APIRequest.GetAsync(
            site.Url + HubSite.Of(tenant, "/settings/export?handler=Bookings&from=2026-03-01&until=2026-03-31"));
        Assert.Contains(",'=Ada,", await csv.TextAsync(), StringComparison.Ordinal);
        var backwards = await visit.Page.GotoAsync(
            HubSite.Of(tenant, "/settings/export?handler=Bookings&from=2026-03-31&until=2026-03-01"));
        Assert.Equal(422, backwards!.Status);

        await visit.GoAsync(HubSite.Of(tenant, $"/settings/history?target=service&id={tenant.ServiceId}"));
        Assert.Contains("Consulta", await visit.TextOfAsync("tbody"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_organisation_is_led_to_its_booking_page_and_sample_data_go_again()
    {
        var tenant = await site.Platform.NewTenantAsync(SaoPaulo);
        await tenant.ExecuteAsync(
            "delete from services; delete from schedules; delete from resources; delete from categories");
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        await visit.GoAsync(HubSite.Of(tenant, "/settings/start"));
        Assert.Equal(5, await visit.Page.Locator(".first-steps .badge.warn").CountAsync());
        await visit.ExpectAccessibleAsync("settings-start");
        await visit.ClickAsync("button", "Carregar dados de exemplo");
        await visit.Page.Locator("h2", new() { HasText = "Sua página de reservas está no ar" }).WaitForAsync();
        var service = Assert.Single(await ListAsync<ServiceResponse>(tenant, "services"));
        Assert.NotEmpty(await ListAsync<SlotResponse>(
            tenant, $"slots?serviceId={service.Id}&from=2026-03-03&to=2026-03-04")); // it can really be booked

        await visit.ClickAsync("button", "Remover dados de exemplo");
        await visit.Page.Locator("[role=status]", new() { HasText = "removidos" }).WaitForAsync();
        Assert.Empty(await ListAsync<ServiceResponse>(tenant, "services?active=all"));
        Assert.Empty(await ListAsync<ResourceResponse>(tenant, "resources?active=all"));
        Assert.Equal(5, await visit.Page.Locator(".first-steps .badge.warn").CountAsync());
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task Somebody_without_an_account_signs_an_organisation_up_and_errors_keep_what_was_typed()
    {
        await using (var scripted = await site.OpenAsync(null))
        {
            await scripted.GoAsync("/sign-up");
            await scripted.ExpectAccessibleAsync("sign-up"); // axe is a script itself
        }

        await using var visit = await site.OpenAsync(null, new() { JavaScriptEnabled = false });
        await visit.GoAsync("/sign-up");

        await visit.Page.FillAsync("#Input_Organisation", "Clínica Nova");
        await visit.Page.FillAsync("#Input_Email", "nobody");
        await visit.ClickAsync("button", "Criar organização");
        await visit.Page.Locator("#Input_Email-error").WaitForAsync();
        Assert.Equal("Clínica Nova", await visit.Page.InputValueAsync("#Input_Organisation"));

        await visit.Page.FillAsync("#Input_Name", "Íris Melo");
        await visit.Page.FillAsync("#Input_Email", "iris@example.com");
        await visit.Page.FillAsync("#Input_Slug", "admin");
        await visit.ClickAsync("button", "Criar organização");
        await visit.Page.Locator("#Input_Slug-error").WaitForAsync(); // reserved
    }

    private static async Task CheckFileAsync(Ui.Visit visit, string file)
    {
        await visit.Page.SetInputFilesAsync("#file", new Microsoft.Playwright.FilePayload
        {
            Name = "old.csv",
            MimeType = "text/csv",
            Buffer = Encoding.UTF8.GetBytes(file),
        });
        await visit.ClickAsync("button", "Verificar, sem importar");
        await visit.Page.Locator("tbody tr").Nth(1).WaitForAsync();
    }

    private static async Task<IReadOnlyList<T>> ListAsync<T>(TestTenant tenant, string path) =>
        (await tenant.Client.GetFromJsonAsync<Envelope<IReadOnlyList<T>>>($"/api/v1/{path}"))!.Data;
}
