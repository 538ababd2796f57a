using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Tests.Licensing;
using Platform.Tests.People;
using Platform.Tests.Support;
using Platform.Tests.Tenants;
using Platform.Tests.Ui;

namespace Platform.Tests.AdminWeb;

/// <summary>The pages in front of an API that has the real Identity.</summary>
public sealed class PeopleSite(InvitingPlatform world, Chromium chromium) : AdminSite(world.Platform, chromium);

/// <summary>People across tenants: what they may use, and what staff do with their accounts.</summary>
[Collection(typeof(WithIdentity))]
public sealed class PeoplePagesTests(InvitingPlatform world, PeopleSite site) : IClassFixture<PeopleSite>
{
    private readonly PlatformFixture _platform = world.Platform;

    [Fact]
    public async Task Access_is_granted_revoked_and_reactivated_in_a_dialog_that_shows_price_seats_and_layer()
    {
        var tenant = await _platform.NewCustomerAsync();
        await _platform.LicenseAsync(tenant, limit: 1);
        var (first, second) = (await _platform.MemberAsync(tenant), await _platform.MemberAsync(tenant));
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync($"/people/{first}");

        await visit.ClickAsync("link", $"Gerenciar acessos em Tenant {tenant.Id}");
        var row = visit.Page.Locator("#dialog #app-tq");
        await row.WaitForAsync();
        var before = (await row.InnerTextAsync()).Replace('\u00a0', ' ');
        Assert.Contains("Custaria R$ 35,00 por mês", before, StringComparison.Ordinal);
        Assert.Contains("0 assento restante", before, StringComparison.Ordinal);
        await row.GetByText("Conceder acesso", new() { Exact = true }).ClickAsync();
        await visit.Page.Locator("#dialog [role=status]").WaitForAsync();
        Assert.Equal((1, 1L), await _platform.SeatsAsync(tenant));

        await row.GetByText("Revogar", new() { Exact = true }).ClickAsync();
        await row.GetByText("Reativar", new() { Exact = true }).ClickAsync();
        await row.GetByText("Revogar", new() { Exact = true }).WaitForAsync();
        Assert.Equal((1, 1L), await _platform.SeatsAsync(tenant));

        await visit.GoAsync($"/people/{second}/tenants/{tenant.Id}/access");
        Assert.Contains("Camada 2, assentos:", await visit.TextOfAsync("#app-tq .error"), StringComparison.Ordinal);
        await visit.ExpectAccessibleAsync("admin-access");
        await visit.Page.Locator("#app-tq").GetByText("Conceder acesso", new() { Exact = true }).ClickAsync();
        await visit.Page.Locator("[role=alert]").WaitForAsync();
        Assert.Equal((1, 1L), await _platform.SeatsAsync(tenant));
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_tenant_is_created_licensed_and_used_by_an_invited_person_with_the_keyboard_alone()
    {
        var slug = TenantCalls.NewSlug();
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync("/tenants");

        await visit.TabToAsync("a.primary");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.ArriveAsync("**/tenants/new");
        await visit.Page.Keyboard.TypeAsync($"Clínica São {slug}"); // the focus begins in the name
        Assert.Equal($"clinica-sao-{slug}", await visit.Page.InputValueAsync("#Input_Slug"));
        await visit.TabToAsync("#Input_Slug");
        await visit.Page.Keyboard.PressAsync("Control+a");
        await visit.Page.Keyboard.TypeAsync(slug);
        await visit.Page.Keyboard.PressAsync("Enter");

        await visit.Page.WaitForURLAsync(url => url.EndsWith("/tenants", StringComparison.Ordinal) is false && !url.EndsWith("/new", StringComparison.Ordinal));
        Assert.Equal($"Clínica São {slug}", await visit.HeadingAsync());
        Assert.Contains("já pode ser usada", await visit.TextOfAsync(".alert.ok"), StringComparison.Ordinal);
        await visit.TabToAsync(".tabs a[href$='/licenses']");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.ArriveAsync("**/licenses");
        await visit.TabToAsync("main a[data-dialog]");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Locator("#dialog #Input_Application").WaitForAsync();
        await visit.TabToAsync("#Input_Application");
        await visit.Page.Keyboard.TypeAsync("Transcription");
        await visit.TabToAsync("#Input_Limit");
        await visit.Page.Keyboard.TypeAsync("12");
        await visit.Page.Keyboard.PressAsync("Enter");

        await visit.Page.Locator("tbody th", new() { HasText = "Transcription" }).WaitForAsync();
        Assert.Contains("0 / 12", await visit.TextOfAsync("tbody"), StringComparison.Ordinal);
        await visit.TabToAsync(".tabs a[href$='/users']");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.ArriveAsync("**/users");
        await visit.TabToAsync(".list-head a[data-dialog]");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Locator("#dialog #Input_Name").WaitForAsync();
        await visit.TabToAsync("#Input_Name");
        await visit.Page.Keyboard.TypeAsync("Rita Sá");
        await visit.TabToAsync("#Input_Email");
        await visit.Page.Keyboard.TypeAsync($"rita@{slug}.example");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Locator("tbody th", new() { HasText = "Rita Sá" }).WaitForAsync();
        await visit.TabToAsync("tbody a[href*='/access']");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.ArriveAsync("**/access");
        await visit.TabToAsync("#app-tq button.primary");
        await visit.Page.Keyboard.PressAsync("Enter");

        await visit.Page.Locator("#app-tq .badge.ok").WaitForAsync();
        Assert.Equal(1, await _platform.PlatformValueAsync<int>($"""
            select seats_used from tenant_applications where tenant_id_fk = (select id from tenants where slug = '{slug}')
            """));
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_bulk_grant_reports_each_person()
    {
        var tenant = await _platform.NewCustomerAsync();
        await _platform.LicenseAsync(tenant, limit: 1);
        await _platform.MembersAsync(tenant, 2);
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync($"/people?tenant={tenant.Slug}");
        Assert.Equal(3, await visit.Page.Locator("#list tbody tr").CountAsync());
        await visit.Page.CheckAsync("[data-check-all]");
        await visit.Page.Locator("#list tbody input[type=checkbox]").First.UncheckAsync();
        Assert.True(await visit.Page.EvalOnSelectorAsync<bool>("[data-check-all]", "box => box.indeterminate"));
        await visit.ClickAsync("button", "Conceder uma aplicação");

        await visit.Page.CheckAsync("input[value=tq]");
        await visit.ClickAsync("button", "Conceder a todas");
        await visit.Page.Locator("[role=alert]").WaitForAsync();
        Assert.Contains("São necessários 2 assentos, há 1 livres", await visit.TextOfAsync("main"), StringComparison.Ordinal);
        Assert.Equal((0, 0L), await _platform.SeatsAsync(tenant));
        await visit.Page.CheckAsync("input[name=AsManyAsPossible]");
        await visit.ClickAsync("button", "Conceder a todas");
        await visit.Page.Locator("main [role=status]", new() { HasText = "1 de 2" }).WaitForAsync();

        Assert.Equal(["Concedido", "Recusado"], await visit.Page.Locator("tbody .badge").AllInnerTextsAsync());
        Assert.Equal((1, 1L), await _platform.SeatsAsync(tenant));
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_person_is_created_with_a_tenant_edited_and_deactivated()
    {
        var (tenant, other) = (await _platform.NewCustomerAsync(), await _platform.NewCustomerAsync());
        var email = $"rita@{tenant.Slug}.example";
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync("/people/new");
        await visit.Page.FillAsync("#Input_Name", "Rita Sá");
        await visit.Page.FillAsync("#Input_Email", email);
        await visit.Page.FillAsync("#Input_Tenant", "no such tenant");
        await visit.ClickAsync("button", "Criar");
        await visit.Page.Locator("#Input_Tenant-error").WaitForAsync();
        Assert.Equal(email, await visit.Page.InputValueAsync("#Input_Email"));

        await visit.Page.FillAsync("#Input_Tenant", tenant.Slug);
        await visit.ClickAsync("button", "Criar");
        await visit.Page.Locator("h1", new() { HasText = "Rita Sá" }).WaitForAsync();
        Assert.Contains($"Tenant {tenant.Id}", await visit.TextOfAsync("tbody"), StringComparison.Ordinal);
        await visit.ClickAsync("link", "Incluir em uma organização");
        await visit.Page.FillAsync("#dialog #Input_Tenant", other.Slug);
        await visit.Page.SelectOptionAsync("#dialog #Input_UserType", "manager");
        await visit.Page.ClickAsync("#dialog button[type=submit]");
        await visit.Page.Locator("tbody tr", new() { HasText = "Gerente" }).WaitForAsync();
        await visit.ClickAsync("link", $"Editar participação em Tenant {other.Id}");
        await visit.Page.SelectOptionAsync("#dialog #Input_UserType", "admin");
        await visit.Page.ClickAsync("#dialog .btn.primary");
        await visit.Page.Locator("tbody tr", new() { HasText = "Administrador" }).WaitForAsync();
        await visit.ClickAsync("link", "Desativar");
        await visit.Page.ClickAsync("#dialog button.danger");
        await visit.Page.Locator(".page-head .badge.bad").WaitForAsync();
        await visit.ClickAsync("button", "Desfazer");
        await visit.Page.Locator(".page-head .badge.ok").WaitForAsync();

        await visit.GoAsync($"/people?q={email[..12]}");
        await visit.Page.Locator("#list tbody th", new() { HasText = "Rita Sá" }).WaitForAsync();
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task Sessions_end_one_by_one_and_an_account_is_locked_with_a_reason()
    {
        using var person = await world.Identity.NewPersonAsync();
        await _platform.ExecutePlatformAsync(
            $"insert into users (id, name, email, locale) values ({person.Id}, 'Iris', '{person.Email}', 'en') on conflict do nothing");
        await person.TokensAsync(world.Identity.Client());
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync($"/people/{person.Id}/security");
        Assert.Contains("Entrou", await visit.TextOfAsync("section[aria-labelledby=logins]"), StringComparison.Ordinal);
        await visit.ExpectAccessibleAsync("admin-person-security");

        await visit.Page.Locator("section[aria-labelledby=sessions] tbody button").First.ClickAsync();
        await visit.Page.Locator(".alert.ok").WaitForAsync();
        await visit.ClickAsync("button", "Bloquear a conta");
        await visit.Page.Locator("#Reason-error").WaitForAsync();
        await visit.Page.FillAsync("#Reason", "A stolen laptop");
        await visit.ClickAsync("button", "Bloquear a conta");
        await visit.Page.Locator("button", new() { HasText = "Desbloquear a conta" }).WaitForAsync();
        await visit.Page.FillAsync("#Reason", "A new telephone");
        await visit.ClickAsync("button", "Redefinir segundo fator");
        await visit.Page.Locator(".alert.ok", new() { HasText = "fatores" }).WaitForAsync();

        var security = await _platform.StaffAsync<AccountSecurityResponse>("GET", $"/users/{person.Id}/security");
        Assert.Equal((true, 0), (security.IsLockedByStaff, security.Sessions.Count));
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task The_report_about_a_person_lists_grants_uses_and_changes()
    {
        var tenant = await _platform.NewCustomerAsync();
        await _platform.LicenseAsync(tenant);
        await tenant.GrantedAsync(tenant.UserId);
        await tenant.SentAsync<AccessCheckResponse>("POST", "/access/check", """{ "application": "tq" }""");
        await using var visit = await site.OpenAsync(AdminSite.Staff);

        await visit.GoAsync($"/people/{tenant.UserId}/report");

        Assert.Contains($"Tenant {tenant.Id}", await visit.TextOfAsync("section[aria-labelledby=report-grants]"), StringComparison.Ordinal);
        Assert.Equal("1", await visit.TextOfAsync("section[aria-labelledby=report-uses] td.num >> nth=0"));
        Assert.Contains("Acesso concedido", await visit.TextOfAsync("section[aria-labelledby=report-changes]"), StringComparison.Ordinal);
        await visit.ExpectAccessibleAsync("admin-person-report");
        visit.ExpectNoProblems();
    }
}
