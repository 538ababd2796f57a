using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Platform.Admin.Web.Pages.Audit;
using Platform.Contracts.Audit;
using Platform.Contracts.Events;
using Platform.Contracts.Licensing;
using Platform.Tests.Licensing;
using Platform.Tests.Support;
using Platform.Tests.Ui;
using Platform.Worker.Streams;
using StackExchange.Redis;

namespace Platform.Tests.AdminWeb;

/// <summary>The audit, bills, events and the system itself, as staff see them.</summary>
public sealed partial class OperationPagesTests(AdminSite site) : IClassFixture<AdminSite>
{
    private PlatformFixture Platform => site.Platform;

    [Fact]
    public async Task Every_page_is_accessible_and_runs_no_inline_script()
    {
        var tenant = await LicensedAsync();
        var letter = await DeadLetterAsync(tenant, "A name is missing");
        await DeadLetterAsync(tenant, "An address is missing"); // another group beside it
        var application = (await Platform.StaffAsync<List<ApplicationResponse>>("GET", "/applications"))[0];
        var price = (await Platform.StaffAsync<List<PriceResponse>>("GET", $"/applications/{application.Id}/pricing"))[0];
        var (person, prices) = ($"/people/{tenant.UserId}", $"/applications/{application.Id}");
        string[] paths =
        [
            "/", "/applications", "/applications/new", prices, $"{prices}/edit", $"{prices}/retire", $"{prices}/prices/new",
            $"{prices}/prices/{price.Id}/end", "/licenses?full=true", "/people", $"/people?tenant={tenant.Slug}", "/people/new",
            person, $"{person}/edit", $"{person}/status", $"{person}/tenants/new", $"{person}/tenants/{tenant.Id}",
            $"/people/grant?tenantId={tenant.Id}&person={tenant.UserId}", "/audit", $"/audit?tenant={tenant.Slug}", "/audit?tenant=tenant",
            "/audit/verify", "/billing", "/billing/2026-03", "/billing/2026-03/close", "/billing/2026-03/adjust",
            $"/billing/2026-03/{tenant.Id}", "/events", "/events/dead-letters", $"/events/dead-letters/{letter}",
            $"/events/dead-letters/{letter}/discard", "/events/webhooks", "/events/deliveries", $"/events/deliveries/{tenant.WebhookId}",
            "/events/mails", "/system",
        ];
        await using var visit = await site.OpenAsync(AdminSite.Staff);

        for (var i = 0; i < paths.Length; i++)
        {
            var answer = await visit.Page.GotoAsync(paths[i]);
            Assert.True(answer!.Ok, $"{paths[i]} is {answer.Status}");
            Assert.DoesNotMatch(Inline(), await answer.TextAsync());
            await visit.ExpectAccessibleInEveryViewAsync($"staff-{i}");
        }

        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task The_audit_says_in_words_what_was_before_and_verifies_the_chains()
    {
        var tenant = await LicensedAsync();
        await tenant.CheckAsync(tenant.UserId, more: """, "minRole": "admin" """);
        var stranger = await Platform.MemberAsync(tenant);
        await tenant.CheckAsync(stranger);
        await using var visit = await site.OpenAsync(AdminSite.Staff);

        await visit.GoAsync($"/audit?tenant={tenant.Slug}");
        var list = await visit.TextOfAsync("#list tbody");
        Assert.Contains("Licença alterada", list, StringComparison.Ordinal);
        Assert.Contains("Assentos: 5 → 9", list, StringComparison.Ordinal);
        Assert.Contains("Entrada em tq", list, StringComparison.Ordinal);
        Assert.Contains("Camada 3, pessoa:", list, StringComparison.Ordinal);
        Assert.Contains("Uma das trilhas", await VisitWithoutIdentityAsync(visit), StringComparison.Ordinal);

        await visit.GoAsync($"/audit?tenant={tenant.Slug}&trail=access&outcome=refused&person={stranger}");
        Assert.Equal(1, await visit.Page.Locator("#list tbody tr").CountAsync());
        var file = await visit.Page.APIRequest.GetAsync($"{site.Url}/audit?handler=File&trail=changes&format=csv&tenant={tenant.Slug}");
        Assert.Contains("license.changed", await file.TextAsync(), StringComparison.Ordinal);

        await visit.GoAsync("/audit/verify");
        await visit.Page.FillAsync("#Tenant", tenant.Slug);
        await visit.ClickAsync("button", "Verificar");
        await visit.Page.Locator(".alert.ok", new() { HasText = "Todas as 2 cadeias" }).WaitForAsync();
        await Platform.ExecutePlatformAsync($"""
            set session_replication_role = replica;
            update audit_log set action = 'license.created' where tenant_id_fk = {tenant.Id} and action = 'license.changed'
            """);
        await visit.Page.FillAsync("#Tenant", tenant.Slug);
        await visit.ClickAsync("button", "Verificar");
        await visit.Page.Locator(".alert.bad").WaitForAsync();
        Assert.Contains("Uma linha foi alterada", await visit.TextOfAsync("tbody"), StringComparison.Ordinal);
        visit.ExpectNoProblems();
    }

    [Fact]
    public void Every_act_and_every_kind_of_sign_in_has_words()
    {
        var texts = File.ReadAllText(Repository.PathOf("Admin.Web/AdminText.resx"));

        Assert.DoesNotContain(AuditActions.All, action => !texts.Contains($"\"Act.{action}\"", StringComparison.Ordinal));
        Assert.DoesNotContain(IndexModel.Areas, area => !texts.Contains($"\"Area.{area.TrimEnd('.')}\"", StringComparison.Ordinal));
        Assert.DoesNotContain(LoginKinds.All, kind => !texts.Contains($"\"Login.{kind}\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_of_one_instant_stay_on_one_page()
    {
        var at = PlatformFixture.Monday9am;
        TrailRow Row(long id, int ago) => new(
            at.AddMinutes(-ago), id, AuditTrails.Changes, "system", null, null, null, "x", "done", null, null, [], null, null, null, null);

        var (rows, before) = TrailRows.Merge([Row(1, 3), Row(2, 1), Row(3, 2), Row(4, 2), Row(5, 0)], 3, mayHaveMore: false);
        var (all, last) = TrailRows.Merge([Row(1, 3)], 3, mayHaveMore: false);

        Assert.Equal([5L, 2, 4, 3], rows.Select(row => row.Id));
        Assert.Equal((at.AddMinutes(-2), 1, null), (before!.Value, all.Count, last));
    }

    [Fact]
    public async Task A_month_is_drilled_down_to_a_tenant_and_corrected_once_it_is_closed()
    {
        var tenant = await LicensedAsync();
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync("/billing");
        await visit.ClickAsync("link", "março de 2026");
        await visit.Page.FillAsync("#q", tenant.Slug);
        await visit.ClickAsync("button", "Buscar");
        await visit.ClickAsync("link", $"Tenant {tenant.Id}");
        Assert.Contains("R$ 80,00", (await visit.TextOfAsync("tbody")).Replace('\u00a0', ' '), StringComparison.Ordinal);

        await visit.GoAsync("/billing/2026-03/close");
        await visit.ClickAsync("button", "Fechar mês");
        await visit.Page.Locator("[role=alert]").WaitForAsync();
        await visit.GoAsync("/billing/2004-02/close");
        await visit.ClickAsync("button", "Fechar mês");
        await visit.Page.Locator(".alert.ok").WaitForAsync();
        await visit.ClickAsync("link", "Novo ajuste");
        await visit.Page.FillAsync("#dialog #Input_Tenant", tenant.Slug);
        await visit.Page.FillAsync("#dialog #Input_Corrects", "2026-03");
        await visit.Page.FillAsync("#dialog #Input_Amount", "-12,50");
        await visit.Page.FillAsync("#dialog #Input_Reason", "Uma cortesia");
        await visit.Page.ClickAsync("#dialog button[type=submit]");
        await visit.Page.Locator("#dialog [role=alert]").WaitForAsync();
        Assert.Equal("-12,50", await visit.Page.InputValueAsync("#dialog #Input_Amount"));
        await visit.Page.FillAsync("#dialog #Input_Corrects", "2004-02");
        await visit.Page.ClickAsync("#dialog button[type=submit]");
        await visit.Page.ArriveAsync($"**/billing/2026-03/{tenant.Id}");

        Assert.Contains("Uma cortesia", await visit.TextOfAsync("section[aria-labelledby=adjustments]"), StringComparison.Ordinal);
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task Dead_letters_are_grouped_by_reason_replayed_and_discarded()
    {
        var tenant = await Platform.NewCustomerAsync();
        var reason = $"No service {tenant.Id}";
        var letters = new[] { await DeadLetterAsync(tenant, reason), await DeadLetterAsync(tenant, reason) };
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync("/events/dead-letters");
        var group = visit.Page.Locator("section", new() { HasText = reason });
        Assert.Equal(2, await group.Locator("tbody tr").CountAsync());

        await group.Locator("tbody th a").First.ClickAsync();
        Assert.Contains("\"name\": \"Ada\"", await visit.TextOfAsync("pre"), StringComparison.Ordinal);
        await visit.ClickAsync("button", "Reenviar");
        await visit.Page.Locator(".alert.ok").WaitForAsync();
        Assert.Equal(1, await group.Locator("tbody tr").CountAsync());
        await visit.Page.CompleteAsync(); // the answer of the form is a new page, whose scripts open dialogs
        await group.Locator("a[data-dialog]").ClickAsync();
        await visit.Page.ClickAsync("#dialog button.danger");
        await visit.Page.Locator(".alert.ok", new() { HasText = "descartado" }).WaitForAsync();

        Assert.Equal(0, await group.CountAsync());
        Assert.NotEqual(letters[0], letters[1]);
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task Failed_mails_and_deliveries_are_sent_again_and_a_disabled_webhook_says_why_not()
    {
        var tenant = await Platform.NewTenantAsync();
        await Platform.ExecuteTenantAsync($$"""
            insert into platform.notifications (tenant_id, event_id, kind, recipient, locale, topic, version, data, status, attempts, last_error)
            values ({{tenant.Id}}, gen_random_uuid(), 'booking.created', 'eva@example.com', 'en', '{{tenant.Id}}:booking:1', 1, '{}', 'failed', 1, '550 no such mailbox');
            update platform.webhook_deliveries set status = 'failed' where id = {{tenant.WebhookId}};
            """);
        await using var visit = await site.OpenAsync(AdminSite.Staff);

        await visit.GoAsync($"/events/mails?status=failed&tenant={tenant.Slug}");
        Assert.Contains("550 no such mailbox", await visit.TextOfAsync("#list tbody"), StringComparison.Ordinal);
        await visit.ClickAsync("button", "Enviar de novo o e-mail para eva@example.com");
        await visit.Page.Locator(".alert.ok").WaitForAsync();
        Assert.Equal(0, await visit.Page.Locator("#list tbody tr").CountAsync());

        await visit.GoAsync($"/events/deliveries?status=failed&tenant={tenant.Slug}");
        await visit.Page.Locator("#list tbody th a").ClickAsync();
        await visit.ClickAsync("button", "Enviar de novo");
        await visit.Page.Locator(".alert.ok").WaitForAsync();
        Assert.Equal("Aguardando", await visit.TextOfAsync(".page-head .badge"));
        await Platform.ExecuteTenantAsync($"update platform.webhook_endpoints set enabled = false, disabled_reason = 'gone' where id = {tenant.WebhookId}");
        await visit.ClickAsync("button", "Enviar de novo");
        await visit.Page.Locator("[role=alert]").WaitForAsync();
        await visit.GoAsync($"/events/webhooks?tenant={tenant.Slug}");

        Assert.Contains("respondeu 410", await visit.TextOfAsync("#list tbody"), StringComparison.Ordinal);
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task Seats_are_reconciled_and_the_dashboard_leads_to_the_lists_behind_its_figures()
    {
        var tenant = await LicensedAsync();
        await Platform.ExecutePlatformAsync($"update tenant_applications set seats_used = 4 where tenant_id_fk = {tenant.Id}");
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync("/system");
        await visit.Page.FillAsync("#Tenant", "no such tenant");
        await visit.ClickAsync("button", "Reconciliar assentos");
        await visit.Page.Locator("#Tenant-error").WaitForAsync();
        await visit.Page.FillAsync("#Tenant", tenant.Slug);
        await visit.ClickAsync("button", "Reconciliar assentos");
        await visit.Page.Locator("main [role=status]").WaitForAsync();
        Assert.Contains($"Organização {tenant.Id}, tq: 4 → 1", await visit.TextOfAsync("main [role=status]"), StringComparison.Ordinal);

        await visit.GoAsync("/?fresh=true");
        var links = await visit.Page.Locator("a.tile").EvaluateAllAsync<string[]>("all => all.map(a => a.getAttribute('href'))");
        Assert.Equal(11, links.Length);
        Assert.Contains("/events/mails?status=failed", links);
        foreach (var link in links.Distinct()) Assert.True((await visit.Page.APIRequest.GetAsync(site.Url + link)).Ok, link);
        Assert.Contains("há 0 s", await visit.TextOfAsync(".page-head"), StringComparison.Ordinal);
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task Staff_who_only_read_see_no_button_that_changes_anything()
    {
        var tenant = await LicensedAsync();
        await using var visit = await site.OpenAsync(AdminSite.Viewer);

        foreach (var path in (string[])["/applications/1", $"/people/{tenant.UserId}", "/billing/2026-03", "/events/dead-letters", "/system"])
        {
            await visit.GoAsync(path);
            Assert.Equal((path, 0), (path, await visit.Page.Locator("main form[method=post], main a[data-dialog]").CountAsync()));
        }
    }

    /// <summary>The three trails at once, while Identity is unavailable.</summary>
    private static async Task<string> VisitWithoutIdentityAsync(Visit visit)
    {
        await visit.GoAsync("/audit");
        return await visit.TextOfAsync("#list");
    }

    /// <summary>A tenant with a licence that was changed once, and a seat for its admin.</summary>
    private async Task<TestTenant> LicensedAsync()
    {
        var tenant = await Platform.NewTenantAsync();
        var license = await Platform.LicenseAsync(tenant);
        await Platform.StaffAsync("PATCH", $"/tenants/{tenant.Id}/licenses/{license.Id}", """{ "userLimit": 9 }""");
        await tenant.GrantedAsync(tenant.UserId);
        return tenant;
    }

    private async Task<string> DeadLetterAsync(TestTenant tenant, string reason) => (await Platform.Api.Services
        .GetRequiredService<IConnectionMultiplexer>().GetDatabase().StreamAddAsync(
            EventKeys.DeadLetters,
            [
                .. EventEntry.ToFields(
                    new(
                        Guid.CreateVersion7(), "booking.created", 1, tenant.Id, "booking", 1, 1, DateTimeOffset.UnixEpoch, "system", null,
                        JsonSerializer.Deserialize<JsonElement>("""{"name": "Ada"}""")),
                    null),
                new(DeadLetterFields.Stream, $"platform:test:{tenant.Id}"), new(DeadLetterFields.EntryId, "1-0"),
                new(DeadLetterFields.Group, "notifications"), new(DeadLetterFields.Reason, reason), new(DeadLetterFields.Deliveries, 5),
                new(DeadLetterFields.FailedAt, "2026-03-02T09:00:00.0000000+00:00"),
            ]))!;

    [GeneratedRegex("""<script(?![^>]*\ssrc=)|\son[a-z]+=|\sstyle=""", RegexOptions.IgnoreCase)]
    private static partial Regex Inline();
}
