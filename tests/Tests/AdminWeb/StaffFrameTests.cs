using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Tests.Licensing;
using Platform.Tests.Ui;

namespace Platform.Tests.AdminWeb;

/// <summary>What all pages of the staff share: who gets in, what they may not contain, the keyboard.</summary>
public sealed partial class StaffFrameTests(AdminSite site) : IClassFixture<AdminSite>
{
    [Fact]
    public async Task Every_page_about_tenants_is_accessible_and_runs_no_inline_script()
    {
        var tenant = await site.Platform.NewCustomerAsync();
        var license = await site.Platform.LicenseAsync(tenant, limit: 1);
        await tenant.GrantedAsync(tenant.UserId);
        await site.Platform.StaffAsync("POST", $"/tenants/{tenant.Id}/addresses", """{ "type": "HQ", "line1": "Rua A", "city": "Santos", "country": "BR" }""");
        await site.Platform.StaffAsync("POST", $"/tenants/{tenant.Id}/contacts", """{ "type": "TECH", "name": "Rui", "email": "rui@example.com" }""");
        var root = $"/tenants/{tenant.Id}";
        string[] paths =
        [
            "/tenants", "/tenants/new", "/tenants/import", root, $"{root}/edit", $"{root}/status", $"{root}/offboard",
            $"{root}/users", $"{root}/users/invite", $"{root}/licenses", $"{root}/licenses/new", $"{root}/licenses/{license.Id}",
            $"{root}/licenses/{license.Id}/adjust", $"{root}/licenses/{license.Id}/cancel", $"{root}/addresses",
            $"{root}/addresses/edit", $"{root}/contacts", $"{root}/contacts/edit", $"{root}/branding", $"{root}/bookings",
            $"{root}/events", $"{root}/audit", $"{root}/billing", $"/find?q={tenant.Slug}",
        ];
        await using var visit = await site.OpenAsync(AdminSite.Staff);

        foreach (var path in paths)
        {
            var answer = await visit.Page.GotoAsync(path);
            Assert.True(answer!.Ok, $"{path} is {answer.Status}");
            Assert.DoesNotMatch(Inline(), await answer.TextAsync());
            await visit.ExpectAccessibleInEveryViewAsync($"admin{path.Replace('/', '-').Replace($"{tenant.Id}", "id", StringComparison.Ordinal)}");
        }

        await visit.GoAsync($"{root}/licenses");
        await visit.Page.Locator("tbody a[data-dialog]").First.ClickAsync();
        await visit.Page.Locator("#dialog[open] form").WaitForAsync();
        await visit.ExpectAccessibleAsync("admin-dialog");
        await visit.Page.Keyboard.PressAsync("Escape");
        Assert.Equal("Ajustar", await visit.TextOfAsync(":focus"));
        visit.ExpectNoProblems();
    }

    /// <summary>All pages of the app, found in its routes.</summary>
    [Fact]
    public async Task Every_staff_page_is_refused_to_a_member_of_a_tenant()
    {
        await using var visit = await site.OpenAsync(AdminSite.Nobody);
        var pages = site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null
                && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null)
            .Select(endpoint => RouteParameter().Replace(endpoint.RoutePattern.RawText!, "1"))
            .Distinct().ToList();

        Assert.True(pages.Count >= 20, $"{pages.Count} pages");
        foreach (var page in pages)
        {
            var answer = await visit.Page.APIRequest.GetAsync($"/{page.TrimStart('/')}");
            Assert.True(answer.Status is 403 or 404, $"{page} is {answer.Status}");
            if (!page.Contains('1', StringComparison.Ordinal)) Assert.Equal((page, 403), (page, answer.Status));
        }
    }

    [Fact]
    public async Task A_person_who_is_not_staff_sees_no_sections_and_a_way_out()
    {
        await using var visit = await site.OpenAsync(AdminSite.Nobody);

        var answer = await visit.Page.GotoAsync("/tenants");

        Assert.Equal(403, answer!.Status);
        Assert.Equal(0, await visit.Page.Locator("nav a[data-key]").CountAsync());
        Assert.Contains("Sair e usar outra conta", await visit.TextOfAsync("main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_sees_tenants_and_no_button_that_changes_them()
    {
        var tenant = await site.Platform.NewCustomerAsync();
        await site.Platform.LicenseAsync(tenant);
        await using var visit = await site.OpenAsync(AdminSite.Viewer);

        foreach (var path in (string[])["/tenants", $"/tenants/{tenant.Id}", $"/tenants/{tenant.Id}/licenses", $"/tenants/{tenant.Id}/contacts"])
        {
            await visit.GoAsync(path);
            Assert.Equal((path, 0), (path, await visit.Page.Locator("main a[data-dialog], main form[method=post]").CountAsync()));
        }

        Assert.Equal(403, (await visit.Page.GotoAsync($"/tenants/{tenant.Id}/edit"))!.Status);
    }

    [Fact]
    public async Task The_keyboard_opens_palette_sections_and_help_unless_they_are_turned_off()
    {
        var tenant = await site.Platform.NewCustomerAsync();
        await using var visit = await site.OpenAsync(AdminSite.Staff);
        await visit.GoAsync("/");

        await visit.Page.Keyboard.PressAsync("Control+k");
        await visit.Page.Keyboard.TypeAsync(tenant.Slug);
        await visit.Page.Locator("#palette-found a", new() { HasText = tenant.Slug }).First.WaitForAsync();
        await visit.Page.Keyboard.PressAsync("ArrowDown");
        Assert.Contains($"Tenant {tenant.Id}", await visit.TextOfAsync(":focus"), StringComparison.Ordinal);
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.ArriveAsync($"**/tenants/{tenant.Id}");
        await visit.Page.Keyboard.PressAsync("g");
        await visit.Page.Keyboard.PressAsync("t");
        await visit.Page.ArriveAsync("**/tenants");
        await visit.Page.Keyboard.PressAsync("/");
        Assert.Equal("q", await visit.Page.Locator(":focus").GetAttributeAsync("id"));
        await visit.Page.Locator("h1").ClickAsync();
        await visit.Page.Keyboard.PressAsync("?");
        await visit.Page.Locator("#keys[open]").WaitForAsync();
        Assert.Contains("Ir para Organizações", await visit.TextOfAsync("#keys"), StringComparison.Ordinal);
        await visit.Page.Locator("[data-keys-off]").CheckAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Page.ReloadAsync();
        await visit.Page.Keyboard.PressAsync("?");

        Assert.Equal(0, await visit.Page.Locator("#keys[open]").CountAsync());
        visit.ExpectNoProblems();
    }

    [Fact]
    public async Task A_booking_is_found_by_the_address_of_its_tenant_and_its_number()
    {
        var tenant = await site.Platform.NewCustomerAsync();
        await using var visit = await site.OpenAsync(AdminSite.Staff, new() { JavaScriptEnabled = false });

        await visit.GoAsync($"/find?q={tenant.Slug}+1042");

        var hit = visit.Page.Locator("#found a", new() { HasText = $"Reserva 1042 de Tenant {tenant.Id}" });
        Assert.Equal(1, await hit.CountAsync());
    }

    [Fact]
    public async Task The_side_stays_folded_on_the_next_page()
    {
        await using var visit = await site.OpenAsync(AdminSite.Staff, Views.Named("light"));
        await visit.GoAsync("/");
        var wide = await visit.Page.Locator("#side").BoundingBoxAsync();

        await visit.Page.Locator("[data-side-toggle]").ClickAsync();
        await visit.GoAsync("/tenants");
        var narrow = await visit.Page.Locator("#side").BoundingBoxAsync();

        Assert.True(narrow!.Width < wide!.Width / 2);
        Assert.Equal("Organizações", (await visit.Page.Locator("#side a[aria-current=page]").TextContentAsync())!.Trim());
    }

    /// <summary>Scripts without a source, styles of elements, handlers of events.</summary>
    [GeneratedRegex("""<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=["']|javascript:""", RegexOptions.IgnoreCase)]
    private static partial Regex Inline();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex RouteParameter();
}
