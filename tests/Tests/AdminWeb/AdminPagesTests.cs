using System.Globalization;
using Platform.Admin.Web;
using Platform.Contracts;
using Platform.Tests.Support;
using Platform.Tests.Ui;

namespace Platform.Tests.AdminWeb;

public class AdminSite(PlatformFixture platform, Chromium chromium) : Site<AdminApi>(platform, chromium, "admin")
{
    public static readonly Person Staff = new(
        "Sofia",
        TestTokens.For(1, null, staff: true, Scopes.Platform, Scopes.Scheduling),
        ("sub", "1"),
        (ClaimNames.PlatformRole, PlatformRoles.InternalAdmin));

    public static readonly Person Viewer = new(
        "Vera",
        TestTokens.For(1, null, staff: true, Scopes.Platform),
        ("sub", "1"),
        (ClaimNames.PlatformRole, PlatformRoles.InternalViewer));

    public static readonly Person Nobody = new(
        "Ana", TestTokens.For(11, 1, staff: false, Scopes.Scheduling), ("sub", "11"));
}

public sealed class AdminPagesTests(AdminSite site) : IClassFixture<AdminSite>
{
    [Fact]
    public async Task Every_page_is_accessible()
    {
        await PublishAsync(await site.Platform.NewTenantAsync());
        await using var visit = await site.OpenAsync(AdminSite.Staff);

        string[] paths = ["/", "/tenants", "/tenants?q=zzzz", "/nowhere"];
        foreach (var path in paths)
        {
            await visit.GoAsync(path);
            await visit.ExpectAccessibleInEveryViewAsync($"admin-{Array.IndexOf(paths, path)}");
        }

        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task The_dashboard_counts_bookings_and_shows_the_published_event()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await tenant.BookedAsync(tenant.AtNoon());
        await tenant.CollectFactsAsync();
        var entry = await PublishAsync(tenant);
        await using var visit = await site.OpenAsync(AdminSite.Staff);

        await visit.GoAsync("/?fresh=true");

        Assert.Equal("Painel", await visit.HeadingAsync());
        var bookings = await visit.Page.Locator(".tile", new() { HasText = "Reservas" }).Locator(".value").InnerTextAsync();
        Assert.True(int.Parse(bookings, NumberStyles.AllowThousands, CultureInfo.GetCultureInfo("pt-BR")) > 0);
        var published = await visit.Page.Locator("tr", new() { HasText = entry }).InnerTextAsync();
        Assert.Contains("booking.created", published, StringComparison.Ordinal);
        Assert.Contains($"Tenant {tenant.Id}", published, StringComparison.Ordinal);
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task Searching_replaces_only_the_list_and_ignores_accents()
    {
        var tenant = await site.Platform.NewCustomerAsync();
        await site.Platform.ExecutePlatformAsync($"update tenants set name = 'Estação {tenant.Id}' where id = {tenant.Id}");
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync("/tenants");
        await visit.Page.EvaluateAsync("() => { window.mark = 1 }");

        await visit.Page.FillAsync("#q", $"ESTACAO {tenant.Id}");

        await visit.Page.WaitForFunctionAsync("() => document.querySelectorAll('#list tbody tr').length === 1");
        Assert.Equal($"Estação {tenant.Id}", await visit.Page.Locator("#list tbody th").InnerTextAsync());
        Assert.Equal(1, await visit.Page.EvaluateAsync<int>("() => window.mark"));
        Assert.EndsWith($"?q=ESTACAO+{tenant.Id}", visit.Page.Url, StringComparison.Ordinal);
        visit.ExpectNoProblems();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/tenants")]
    public async Task A_person_who_is_not_staff_gets_403_and_a_sign_out_button(string path)
    {
        await using var visit = await site.OpenAsync(AdminSite.Nobody);

        var answer = await visit.Page.GotoAsync(path);

        Assert.Equal(403, answer!.Status);
        Assert.Equal("Você não tem acesso a esta página", await visit.HeadingAsync());
        Assert.Contains("Sair e usar outra conta", await visit.TextOfAsync("main button"), StringComparison.Ordinal);
    }

    /// <summary>The log of published events as the relay leaves it.</summary>
    private async Task<string> PublishAsync(TestTenant tenant)
    {
        var entry = string.Create(CultureInfo.InvariantCulture, $"{1_700_000_000_000 + tenant.Id}-0");
        await site.Platform.ExecuteTenantAsync($$"""
            insert into platform.event_log (position, event_id, event_type, event_version, tenant_id, aggregate_type,
                aggregate_id, aggregate_version, occurred_at, actor, data, stream, entry_id, published_at)
            values ({{tenant.Id}}, '{{Guid.CreateVersion7()}}', 'booking.created', 1, {{tenant.Id}}, 'booking', 1, 1,
                now(), 'user:1', '{}', 'platform:events:{0}', '{{entry}}', now());
            """);
        return entry;
    }
}
