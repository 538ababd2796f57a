using System.Globalization;
using System.Net.Http.Json;
using Microsoft.Playwright;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Messages;
using Platform.Contracts.People;
using Platform.Tests.Licensing;
using Platform.Tests.Support;
using Platform.Tests.Ui;

namespace Platform.Tests.HubWeb;

/// <summary>An administrator sets the organisation up: its words and looks, and its people.</summary>
public sealed class SettingsOrganisationTests(HubSite site) : IClassFixture<HubSite>
{
    [Fact]
    public async Task Rules_words_and_looks_of_the_organisation_are_changed()
    {
        var tenant = await site.Platform.NewTenantAsync("America/Sao_Paulo");
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        await visit.GoAsync(HubSite.Of(tenant, "/settings/general"));
        await visit.Page.FillAsync("#Input_HoldMinutes", "90");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("#Input_HoldMinutes-error").WaitForAsync();
        await visit.Page.FillAsync("#Input_HoldMinutes", "7");
        await visit.Page.FillAsync("#Input_MinimumNotice_Amount", "3");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("[role=status]", new() { HasText = "salvas" }).WaitForAsync();
        var settings = await tenant.SentAsync<SettingsResponse>("GET", "/settings");
        Assert.Equal((7, 180), (settings.HoldMinutes, settings.MinimumNoticeMinutes));

        await visit.GoAsync(HubSite.Of(tenant, "/settings/labels"));
        await visit.Page.FillAsync("#Input_Terms_0__Singular", "Paciente");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("#Input_Terms_0__Plural-error").WaitForAsync();
        await visit.Page.FillAsync("#Input_Terms_0__Plural", "Pacientes");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("[role=status]", new() { HasText = "salvas" }).WaitForAsync();
        Assert.Equal("Pacientes", (await tenant.SentAsync<Labels>("GET", "/settings/labels")).Client?.Plural);

        await visit.GoAsync(HubSite.Of(tenant, "/settings/branding"));
        await visit.Page.FillAsync("#Input_PrimaryColor", "#ffd400"); // yellow: no white text on it
        await visit.Page.Locator("#preview", new() { HasText = "#ffd400" }).WaitForAsync();
        var button = visit.Page.Locator("#preview .btn.primary");
        await Assertions.Expect(button).ToHaveCSSAsync("background-color", "rgb(255, 212, 0)");
        await visit.Page.FillAsync("#Input_LogoUrl", "http://plain.example/logo.png");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("#Input_LogoUrl-error").WaitForAsync();
        await visit.Page.FillAsync("#Input_LogoUrl", "");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("[role=status]", new() { HasText = "salvas" }).WaitForAsync();
        Assert.Equal("#ffd400", (await tenant.SentAsync<Branding>("GET", "/settings/branding")).PrimaryColor);

        await visit.GoAsync(HubSite.Of(tenant, "/settings/booking-page"));
        await visit.Page.FillAsync("#Input_LegalName", "Clínica Aurora Ltda.");
        await visit.Page.FillAsync("#Input_FrameOrigins", "https://www.aurora.example/path");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("#Input_FrameOrigins-error").WaitForAsync();
        await visit.Page.FillAsync("#Input_FrameOrigins", "https://www.aurora.example");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("[role=status]", new() { HasText = "salvas" }).WaitForAsync();
        Assert.Equal("Clínica Aurora Ltda.", (await tenant.SentAsync<BookingPage>("GET", "/settings/booking-page")).LegalName);
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_mail_is_written_previewed_tested_and_returned_to_its_default()
    {
        const string path = "/message-templates/booking.confirmed/pt-BR";
        var tenant = await site.Platform.NewTenantAsync("America/Sao_Paulo");
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, "/settings/messages"));
        await visit.ClickAsync("link", "Editar Reserva confirmada em Português");

        var preview = visit.Page.Locator("#preview");
        await Assertions.Expect(preview).ToContainTextAsync("Sua reserva está confirmada.");
        await visit.Page.FillAsync("#Input_Text", "Olá\n{{ nmae }}\n{{ links }}");
        await Assertions.Expect(preview).ToContainTextAsync("Linha 2: não existe aqui a variável “nmae”");
        await visit.ClickAsync("button", "Salvar");
        Assert.Contains("nmae", await visit.TextOfAsync("#Input_Text-error"), StringComparison.Ordinal);
        await visit.ExpectAccessibleAsync("settings-message-refused");
        await visit.Page.FillAsync("#Input_Text", "Até {{ when }}, {{ name }}!\n\n{{ links }}");
        await visit.Page.FillAsync("#Input_Subject", "Até logo");
        await Assertions.Expect(preview).ToContainTextAsync("Ana Souza!");
        await visit.ClickAsync("button", "Enviar um teste para mim");
        await visit.Page.Locator("[role=status]", new() { HasText = $"uma@{tenant.Slug}.example" }).WaitForAsync();
        Assert.Null((await tenant.SentAsync<MessageTemplateResponse>("GET", path)).Own);
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("[role=status]", new() { HasText = "salvas" }).WaitForAsync();
        Assert.Equal("Até logo", (await tenant.SentAsync<MessageTemplateResponse>("GET", path)).Own?.Subject);

        using var changed = await tenant.SendAsync("PUT", path, """{ "subject": "Outra", "text": "{{ links }}" }""");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator(".alert.warn").WaitForAsync();
        await visit.GoAsync(HubSite.Of(tenant, "/settings/messages/booking.confirmed/pt-BR"));
        await visit.Page.Locator("summary", new() { HasText = "Voltar ao texto padrão" }).ClickAsync();
        await visit.ClickAsync("button", "Voltar ao texto padrão");
        await visit.Page.Locator("[role=status]", new() { HasText = "texto padrão será" }).WaitForAsync();
        Assert.Null((await tenant.SentAsync<MessageTemplateResponse>("GET", path)).Own);
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_custom_field_is_created_once_and_a_second_of_its_key_is_refused_in_place()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await visit.GoAsync(HubSite.Of(tenant, "/settings/fields/new"));
            await visit.Page.FillAsync("#Input_Label", "Convênio médico");
            await visit.ClickAsync("button", "Salvar");
            await visit.Page.Locator(attempt == 0 ? "[role=status]" : "[role=alert]").First.WaitForAsync();
        }

        Assert.Equal("Convênio médico", await visit.Page.InputValueAsync("#Input_Label"));
        var fields = await ListAsync<CustomFieldResponse>(tenant, "custom-fields");
        Assert.Equal("convenio_medico", Assert.Single(fields).Key);
    }

    [Fact]
    public async Task A_person_is_invited_and_the_invitation_is_withdrawn()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        await visit.GoAsync(HubSite.Of(tenant, "/settings/people/invite"));
        await visit.Page.FillAsync("#Input_Email", $"uma@{tenant.Slug}.example");
        await visit.Page.FillAsync("#Input_Name", "Uma");
        await visit.ClickAsync("button", "Enviar convite");
        await visit.Page.Locator("[role=alert]").WaitForAsync(); // a member already
        await visit.Page.FillAsync("#Input_Email", "nova@example.com");
        await visit.Page.CheckAsync("[name='Input.Roles'][value='helper']");
        await visit.ClickAsync("button", "Enviar convite");

        await visit.Page.ArriveAsync("**/people/invitations");
        var sent = Assert.Single(
            await ListAsync<InvitationResponse>(tenant, "invitations"), i => i.Email == "nova@example.com");
        Assert.Equal(["helper"], sent.Roles);
        await visit.ClickAsync("button", "Retirar o convite de nova@example.com");
        await visit.Page.Locator("[role=status]", new() { HasText = "retirado" }).WaitForAsync();
    }

    [Fact]
    public async Task The_last_admin_cannot_be_deactivated_and_a_role_keeps_its_permissions()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, $"/settings/people/{tenant.UserId}"));
        await visit.Page.Locator("summary", new() { HasText = "Desativar membro" }).ClickAsync();
        await visit.ClickAsync("button", "Desativar membro");
        await visit.Page.Locator("[role=alert]", new() { HasText = Codes.LastAdmin }).WaitForAsync();

        await visit.GoAsync(HubSite.Of(tenant, "/settings/roles/new"));
        await visit.Page.FillAsync("#Input_Name", "Recepção");
        await visit.Page.CheckAsync("[value='bookings.write']");
        await visit.Page.CheckAsync("[value='clients.read']");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("[role=status]", new() { HasText = "salvas" }).WaitForAsync();

        var role = Assert.Single(await ListAsync<RoleResponse>(tenant, "roles"), r => r.Name == "Recepção");
        Assert.Equal(["bookings.write", "clients.read"], role.Permissions);
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_seat_is_given_refused_when_none_is_left_and_freed()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await site.Platform.LicenseAsync(tenant, limit: 1);
        var other = await site.Platform.MemberAsync(tenant);
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, "/settings/access/tq"));

        foreach (var person in new[] { tenant.UserId, other })
        {
            await visit.Page.SelectOptionAsync("#Input_UserId", Id(person));
            await visit.ClickAsync("button", "Conceder acesso");
            await visit.Page.Locator("[role=status], [role=alert]").First.WaitForAsync();
        }

        Assert.Contains(Codes.SeatLimitReached, await visit.TextOfAsync("[role=alert]"), StringComparison.Ordinal);
        Assert.Equal((1, 1), await site.Platform.SeatsAsync(tenant));
        await visit.ExpectAccessibleAsync("settings-access");
        await visit.ClickAsync("button", "Retirar o acesso de Uma");
        await visit.Page.Locator("[role=status]", new() { HasText = "está livre" }).WaitForAsync();
        Assert.Equal((0, 0), await site.Platform.SeatsAsync(tenant));
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task Somebody_without_the_permission_is_offered_nothing_and_let_in_nowhere()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await site.Platform.ExecutePlatformAsync($"""
            update memberships set user_type_id_fk = 1 where id = {tenant.UserId};
            delete from membership_roles where membership_id_fk = {tenant.UserId}
            """);
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));

        var page = await visit.Page.GotoAsync(HubSite.Of(tenant, "/settings/services"));
        Assert.Equal(403, page!.Status);
        await visit.GoAsync(HubSite.Of(tenant, "/settings"));
        Assert.Equal(0, await visit.Page.Locator("a[href$='/settings/services']").CountAsync());
    }

    private static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static async Task<IReadOnlyList<T>> ListAsync<T>(TestTenant tenant, string path) =>
        (await tenant.Client.GetFromJsonAsync<Envelope<IReadOnlyList<T>>>($"/api/v1/{path}"))!.Data;
}
