using Platform.Contracts.Audit;
using Platform.Contracts.Licensing;
using Platform.Contracts.Tenants;
using Platform.Tests.Licensing;
using Platform.Tests.Support;
using Platform.Tests.Tenants;
using Platform.Tests.Ui;

namespace Platform.Tests.AdminWeb;

/// <summary>A tenant's life as staff see it: created, licensed, switched off, leaving.</summary>
public sealed class TenantPagesTests(AdminSite site) : IClassFixture<AdminSite>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_tenant_keeps_what_was_typed_and_adds_its_records_once(bool script)
    {
        var slug = TenantCalls.NewSlug();
        await using var visit = await site.OpenAsync(AdminSite.Staff, new() { JavaScriptEnabled = script });
        await visit.GoAsync("/tenants/new");
        await visit.Page.FillAsync("#Input_Name", "Ótica Ré");
        await visit.Page.FillAsync("#Input_Slug", "admin");
        await visit.ClickAsync("button", "Adicionar endereço");
        await visit.Page.FillAsync("#Input_Addresses_0__Line1", "Rua A, 1");
        await visit.Page.FillAsync("#Input_Addresses_0__City", "Santos");
        await visit.ClickAsync("button", "Adicionar contato");
        await visit.Page.FillAsync("#Input_Contacts_0__Name", "Rui");
        await visit.Page.FillAsync("#Input_Contacts_0__Email", "rui@example.com");
        await visit.Page.FillAsync("#Input_Contacts_0__Phone", "123");

        await visit.ClickAsync("button", "Criar organização");
        var reserved = await visit.TextOfAsync("#Input_Slug-error");
        await visit.Page.FillAsync("#Input_Slug", slug);
        await visit.ClickAsync("button", "Criar organização");
        await visit.Page.Locator("#Input_Contacts_0__Phone-error").WaitForAsync();
        Assert.Equal("123", await visit.Page.InputValueAsync("#Input_Contacts_0__Phone"));
        Assert.Equal("Rua A, 1", await visit.Page.InputValueAsync("#Input_Addresses_0__Line1"));
        await visit.Page.FillAsync("#Input_Contacts_0__Phone", "11 98765-4321");
        await visit.ClickAsync("button", "Adicionar o restante");
        await visit.Page.Locator(".alert.ok").WaitForAsync();

        Assert.NotEqual("", reserved);
        var id = await site.Platform.PlatformValueAsync<long>($"select id from tenants where slug = '{slug}'");
        var address = Assert.Single(await site.Platform.StaffAsync<List<AddressResponse>>("GET", $"/tenants/{id}/addresses"));
        var contact = Assert.Single(await site.Platform.StaffAsync<List<ContactResponse>>("GET", $"/tenants/{id}/contacts"));
        Assert.Equal(("Rua A, 1", "BR", true), (address.Line1, address.Country, address.Primary));
        Assert.Equal(("Rui", "+5511987654321"), (contact.Name, contact.Phone));
    }

    [Fact]
    public async Task A_deactivated_tenant_is_activated_again_by_undo()
    {
        var tenant = await site.Platform.NewCustomerAsync();
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync($"/tenants/{tenant.Id}");

        await visit.ClickAsync("link", "Desativar");
        await visit.Page.Locator("#dialog .effects").WaitForAsync();
        Assert.Contains("perdem o acesso na hora", await visit.TextOfAsync("#dialog"), StringComparison.Ordinal);
        Assert.Equal("Cancelar", await visit.TextOfAsync(":focus"));
        await visit.ClickAsync("button", "Desativar");
        await visit.Page.Locator(".alert.ok").WaitForAsync();
        Assert.Equal("inactive", (await site.Platform.TenantAsync(tenant.Id)).Status);
        await visit.ClickAsync("button", "Desfazer");
        await visit.Page.Locator(".badge", new() { HasText = "Ativa" }).First.WaitForAsync();

        Assert.Equal("active", (await site.Platform.TenantAsync(tenant.Id)).Status);
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task Offboarding_takes_the_typed_name_and_can_be_taken_back_until_the_purge()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync($"/tenants/{tenant.Id}");
        var file = await visit.Page.RunAndWaitForDownloadAsync(() => visit.ClickAsync("button", "Exportar os dados"));
        Assert.StartsWith(tenant.Slug, file.SuggestedFilename, StringComparison.Ordinal);
        await visit.GoAsync($"/tenants/{tenant.Id}"); // the form was sent once

        await visit.ClickAsync("link", "Encerrar");
        await visit.Page.FillAsync("#Input_Reason", "Contrato encerrado");
        await visit.Page.FillAsync("#Input_TypedName", "Tenant");
        await visit.ClickAsync("button", "Encerrar");
        await visit.Page.Locator("#dialog #Input_TypedName-error").WaitForAsync();
        Assert.Equal("Contrato encerrado", await visit.Page.InputValueAsync("#Input_Reason"));
        await visit.Page.FillAsync("#Input_TypedName", $"Tenant {tenant.Id}");
        await visit.ClickAsync("button", "Encerrar");
        await visit.Page.Locator(".alert.warn").WaitForAsync();
        Assert.Contains("01/04/2026", await Text(".alert.warn time", "g"), StringComparison.Ordinal);
        await visit.ClickAsync("button", "Voltar atrás");
        await visit.Page.Locator(".alert.ok").WaitForAsync();

        Assert.Equal("inactive", (await site.Platform.TenantAsync(tenant.Id)).Status);
        visit.ExpectNoProblems();

        async Task<string> Text(string selector, string _) =>
            DateTimeOffset.Parse((await visit.Page.GetAttributeAsync(selector, "datetime"))!, System.Globalization.CultureInfo.InvariantCulture)
                .ToString("dd/MM/yyyy", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Failed_provisioning_says_why_and_is_retried()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await site.Platform.ExecutePlatformAsync(
            $"update tenants set status = 'provisioning_failed', provisioning_error = 'DATABASE_UNAVAILABLE' where id = {tenant.Id}");
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync($"/tenants/{tenant.Id}");

        Assert.Contains("não respondeu", await visit.TextOfAsync("#progress"), StringComparison.Ordinal);
        await visit.ClickAsync("button", "Tentar de novo");
        await visit.Page.Locator("main .alert").First.WaitForAsync();

        Assert.Equal("active", (await site.Platform.TenantAsync(tenant.Id)).Status);
    }

    [Fact]
    public async Task A_page_of_a_tenant_that_is_being_set_up_follows_by_itself()
    {
        var tenant = await site.Platform.NewCustomerAsync();
        await site.Platform.ExecutePlatformAsync($"update tenants set status = 'provisioning' where id = {tenant.Id}");
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync($"/tenants/{tenant.Id}");
        Assert.Equal(1, await visit.Page.Locator("#progress").CountAsync());

        await site.Platform.ExecutePlatformAsync($"update tenants set status = 'active' where id = {tenant.Id}");

        await visit.Page.Locator("h1 + .badge", new() { HasText = "Ativa" }).WaitForAsync();
        Assert.Equal(0, await visit.Page.Locator("#progress").CountAsync());
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task Seats_below_usage_are_refused_in_the_dialog_and_changes_are_in_the_history()
    {
        var tenant = await site.Platform.NewCustomerAsync();
        var license = await site.Platform.LicenseAsync(tenant, limit: 2);
        await tenant.GrantedAsync(tenant.UserId);
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync($"/tenants/{tenant.Id}/licenses");
        Assert.Contains("1 / 2", await visit.TextOfAsync("tbody"), StringComparison.Ordinal);

        await visit.Page.Locator("tbody a", new() { HasText = "Ajustar" }).ClickAsync();
        await visit.Page.FillAsync("#Input_Limit", "0");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("#dialog #Input_Limit-error").WaitForAsync();
        Assert.StartsWith("1 assentos estão em uso", await visit.TextOfAsync("#Input_Limit-error"), StringComparison.Ordinal);
        await visit.Page.FillAsync("#Input_Limit", "1");
        await visit.Page.FillAsync("#Input_Expires", "2026-12-31");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator(".seats.bad").WaitForAsync();
        await visit.Page.Locator("tbody a", new() { HasText = "Suspender" }).ClickAsync();
        await visit.ClickAsync("button", "Suspender");
        await visit.Page.Locator(".badge", new() { HasText = "Suspensa" }).WaitForAsync();

        var changed = await site.Platform.StaffAsync<LicenseResponse>("GET", $"/tenants/{tenant.Id}/licenses/{license.Id}");
        Assert.Equal((1, "suspended"), (changed.UserLimit, changed.Status));
        Assert.Equal(new DateTimeOffset(2026, 12, 31, 0, 0, 0, TimeSpan.Zero), changed.ExpiresAt);
        await visit.Page.Locator("tbody th a").ClickAsync();
        var history = await visit.TextOfAsync("section[aria-labelledby=history] tbody");
        Assert.Contains("Assentos: 2 → 1", history, StringComparison.Ordinal);
        Assert.Contains("Licença suspensa", history, StringComparison.Ordinal);
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_stale_form_says_that_somebody_else_changed_the_tenant()
    {
        var tenant = await site.Platform.NewCustomerAsync();
        await using var visit = await site.OpenAsync(AdminSite.Staff, new() { JavaScriptEnabled = false });
        await visit.GoAsync($"/tenants/{tenant.Id}/edit");
        await site.Platform.StaffAsync<TenantResponse>("PATCH", $"/tenants/{tenant.Id}", """{ "currency": "USD" }""");
        await visit.Page.FillAsync("#Input_Name", "Outro nome");

        var answer = await visit.Page.RunAndWaitForResponseAsync(
            () => visit.ClickAsync("button", "Salvar"), response => response.Request.Method == "POST");

        Assert.Equal(412, answer.Status);
        Assert.Contains("Alguém mudou", await visit.TextOfAsync("[role=alert]"), StringComparison.Ordinal);
        Assert.Equal("Outro nome", await visit.Page.InputValueAsync("#Input_Name"));
    }

    [Fact]
    public async Task Records_change_in_dialogs_and_one_of_each_type_is_primary()
    {
        var tenant = await site.Platform.NewCustomerAsync();
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync($"/tenants/{tenant.Id}/contacts");

        foreach (var name in (string[])["Ana", "Bia"])
        {
            await visit.Page.Locator("main a.primary").ClickAsync();
            await visit.Page.FillAsync("#Input_Name", name);
            await visit.Page.FillAsync("#Input_Email", $"{name}@example.com");
            await visit.Page.Locator("#Input_PhoneCountry").SelectOptionAsync("PT");
            await visit.Page.FillAsync("#Input_Phone", "912 345 678");
            await visit.ClickAsync("button", "Salvar");
            await visit.Page.Locator("tbody td", new() { HasText = name }).First.WaitForAsync();
        }

        await visit.ClickAsync("button", "Tornar Bia principal");
        await visit.Page.Locator("tr", new() { HasText = "Bia" }).Locator(".badge").WaitForAsync();
        await visit.ClickAsync("link", "Excluir Bia");
        await visit.ClickAsync("button", "Excluir");
        await visit.Page.WaitForFunctionAsync("() => document.querySelectorAll('main tbody tr').length === 1");

        var left = Assert.Single(await site.Platform.StaffAsync<List<ContactResponse>>("GET", $"/tenants/{tenant.Id}/contacts"));
        Assert.Equal(("Ana", "+351912345678", true), (left.Name, left.Phone, left.Primary));
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task Branding_is_saved_and_an_invalid_colour_is_refused_beside_its_field()
    {
        var tenant = await site.Platform.NewCustomerAsync();
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync($"/tenants/{tenant.Id}/branding");

        await visit.Page.FillAsync("#Input_PrimaryColor", "azul");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator("#Input_PrimaryColor-error").WaitForAsync();
        await visit.Page.FillAsync("#Input_PrimaryColor", "#123456");
        await visit.Page.FillAsync("#Input_Words_4__Singular", "Paciente");
        await visit.Page.FillAsync("#Input_Words_4__Plural", "Pacientes");
        await visit.ClickAsync("button", "Salvar");
        await visit.Page.Locator(".alert.ok").WaitForAsync();

        var saved = await site.Platform.TenantAsync(tenant.Id);
        Assert.Equal("#123456", saved.Branding.GetProperty("primaryColor").GetString());
        Assert.Equal("Pacientes", saved.Labels.GetProperty("client").GetProperty("plural").GetString());
    }

    [Fact]
    public async Task A_look_at_a_tenant_needs_a_reason_is_in_its_audit_and_ends()
    {
        var tenant = await site.Platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        var root = $"/tenants/{tenant.Id}/view";
        await visit.GoAsync($"{root}/bookings");
        var asked = visit.Page.Url;

        await visit.ClickAsync("button", "Começar a consulta");
        await visit.Page.Locator("#Input_Reason-error").WaitForAsync();
        await visit.Page.FillAsync("#Input_Reason", "Chamado 77");
        await visit.Page.FillAsync("#Input_Minutes", "60");
        await visit.ClickAsync("button", "Começar a consulta");
        await visit.Page.Locator("tbody th a").ClickAsync();
        await visit.Page.ArriveAsync($"**{root}/bookings/{booking.Id}");
        Assert.Contains("Ada", await visit.TextOfAsync("main"), StringComparison.Ordinal);
        Assert.Contains("Motivo: Chamado 77", await visit.TextOfAsync(".view-banner"), StringComparison.Ordinal);
        await visit.ExpectAccessibleAsync("admin-view");
        await visit.GoAsync($"{root}/catalogue");
        Assert.Contains("Dr Who", await visit.TextOfAsync("main"), StringComparison.Ordinal);
        Assert.Equal(1, await visit.Page.Locator("main form[method=post]").CountAsync()); // the way out
        await visit.ClickAsync("button", "Encerrar consulta");
        await visit.GoAsync($"{root}/bookings");

        Assert.EndsWith("/view", asked, StringComparison.Ordinal);
        Assert.EndsWith("/view", visit.Page.Url, StringComparison.Ordinal);
        using var audit = await tenant.Client.GetAsync("/api/v1/audit?action=tenant.viewed");
        var row = Assert.Single((await audit.DataAsync<List<AuditEntryResponse>>()));
        Assert.Equal(("user:1", "Chamado 77"), (row.Actor, row.After!.Value.GetProperty("reason").GetString()));
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task The_list_is_filtered_sorted_and_downloaded_from_its_url()
    {
        var mark = TenantCalls.NewSlug();
        foreach (var name in (string[])["Ágata", "Zélia"]) await site.Platform.ExecutePlatformAsync($"""
            insert into tenants (slug, name, time_zone, locale, currency, status, cell_id_fk)
            values ('{mark}-{name[0] switch { 'Z' => "z", _ => "a" }}', '{name} {mark}', 'Etc/UTC', 'en', 'EUR', 'inactive', 1)
            """);
        await using var visit = await site.OpenAsync(AdminSite.Staff);

        await visit.GoAsync($"/tenants?q=ZELIA+{mark}");
        Assert.Equal([$"Zélia {mark}"], await visit.Page.Locator("tbody th").AllInnerTextsAsync());
        await visit.GoAsync($"/tenants?q={mark}&sort=-name");
        Assert.Equal([$"Zélia {mark}", $"Ágata {mark}"], await visit.Page.Locator("tbody th").AllInnerTextsAsync());
        Assert.Equal("descending", await visit.Page.Locator("thead th").First.GetAttributeAsync("aria-sort"));
        Assert.Equal("1 a 2 de 2", await visit.TextOfAsync("#list [role=status]"));
        var file = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Page.Locator("a[download]").ClickAsync());
        var lines = await File.ReadAllLinesAsync(await file.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal(3, lines.Length);
        await visit.Page.Locator("#filter-status").SelectOptionAsync("active");
        await visit.Page.Locator("#list .empty").WaitForAsync();
        Assert.Contains("status=active", visit.Page.Url, StringComparison.Ordinal);
        visit.ExpectNoProblems();
    }
}

internal static class Keyboard
{
    /// <summary>Presses Tab until the element has the focus.</summary>
    public static async Task TabToAsync(this Visit visit, string selector)
    {
        const int most = 80;
        for (var pressed = 0; pressed < most; pressed++)
        {
            if (await visit.Page.EvaluateAsync<bool>("selector => document.activeElement?.matches(selector) ?? false", selector)) return;
            await visit.Page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"{selector} was not reached with Tab.");
    }
}
