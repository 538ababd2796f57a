using System.Globalization;
using System.Net.Http.Json;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Tests.Support;
using Platform.Tests.Ui;

namespace Platform.Tests.HubWeb;

/// <summary>Each page, form and link names its tenant; nothing of one tenant happens in a session of another.</summary>
public sealed class TenantPathTests(HubSite site) : IClassFixture<HubSite>
{
    private static readonly string[] OfNoTenant = ["/language", "/signout", "/switch-tenant"];

    [Fact]
    public async Task A_form_of_one_organisation_books_nothing_when_the_session_is_in_another()
    {
        var (first, second) = (await site.Platform.NewTenantAsync(), await site.Platform.NewTenantAsync());
        await using var visit = await site.OpenAsync(HubSite.MemberOf(first));
        await visit.GoAsync(HubSite.Of(first, $"/book?serviceId={Number(first.ServiceId)}&start=2026-03-03T12:00:00Z"));
        await visit.Page.FillAsync("[name='Input.Name']", "Íris Melo");
        var tab = await visit.Page.Context.NewPageAsync();
        await site.SignInAsync(tab, await HubSite.InOtherTenantAsync(first, second, site.Platform));

        var answer = await visit.Page.RunAndWaitForResponseAsync(
            () => visit.Page.Locator("main form button[type=submit]").Last.ClickAsync(), r => r.Request.Method == "POST");

        Assert.Equal(409, answer.Status);
        Assert.Equal($"Esta página é de Tenant {first.Id}", await visit.HeadingAsync());
        var words = await visit.TextOfAsync("main");
        Assert.Contains($"Você está agora em Tenant {second.Id}", words, StringComparison.Ordinal);
        Assert.Contains("Nada foi gravado", words, StringComparison.Ordinal);
        await visit.ExpectAccessibleAsync("hub-other-tenant");
        var resend = visit.Page.Locator($"form[action^='/switch-tenant?tenant={first.Slug}'][action*='resend=true']");
        Assert.Equal("Íris Melo", await resend.Locator("[name='Input.Name']").GetAttributeAsync("value"));
        Assert.Empty(await BookingsOf(first));
        Assert.Empty(await BookingsOf(second));
    }

    [Fact]
    public async Task A_link_of_another_organisation_offers_its_members_the_switch_and_is_404_for_others()
    {
        var (first, second) = (await site.Platform.NewTenantAsync(), await site.Platform.NewTenantAsync());
        var stranger = await site.Platform.UntouchedTenantAsync();
        var booking = await first.BookedAsync(first.AtNoon());
        await using var visit = await site.OpenAsync(await HubSite.InOtherTenantAsync(first, second, site.Platform));

        var answer = await visit.Page.GotoAsync(HubSite.Of(first, $"/bookings/{Number(booking.Id)}"));
        var (status, words) = (answer!.Status, await visit.TextOfAsync("main"));
        var returnUrl = await visit.Page.Locator("main [name=returnUrl]").GetAttributeAsync("value");
        var foreign = await visit.Page.GotoAsync(HubSite.Of(stranger, "/bookings"));
        var unknown = await visit.Page.GotoAsync("/t/nobody-at-all/bookings");

        Assert.Equal(409, status);
        Assert.Contains($"Trocar para Tenant {first.Id}", words, StringComparison.Ordinal);
        Assert.DoesNotContain("Ada", words, StringComparison.Ordinal);
        Assert.Equal(HubSite.Of(first, $"/bookings/{Number(booking.Id)}"), returnUrl);
        Assert.Equal((404, 404), (foreign!.Status, unknown!.Status));
        await visit.GoAsync("/");
        Assert.EndsWith(HubSite.Of(second), visit.Page.Url, StringComparison.Ordinal);
        await visit.ClickAsync("button", $"Tenant {second.Id}: trocar de organização");
        Assert.Equal(2, await visit.Page.Locator("#tenants .btn:visible").CountAsync());
        await visit.ExpectAccessibleAsync("hub-switcher");
        await visit.GoAsync("/t");
        await visit.ExpectAccessibleAsync("hub-organisations");
        await visit.GoAsync(HubSite.Of(second, "/bookings").ToUpperInvariant().Replace("/T/", "/t/", StringComparison.Ordinal));
        Assert.EndsWith(HubSite.Of(second, "/bookings"), visit.Page.Url, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(second.Slug, visit.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_from_before_a_new_sign_in_is_sent_again_and_one_of_another_site_is_refused()
    {
        var tenant = await site.Platform.NewTenantAsync();
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant));
        await visit.GoAsync(HubSite.Of(tenant, $"/book?serviceId={Number(tenant.ServiceId)}&start=2026-03-03T12:00:00Z"));
        await visit.Page.FillAsync("[name='Input.Name']", "Íris Melo");
        await visit.Page.EvaluateAsync("() => document.querySelectorAll('[name=__RequestVerificationToken]').forEach(f => f.value = f.value.slice(0, -4) + 'AAAA')");
        await visit.ClickAsync("button", "Confirmar reserva");

        Assert.Equal("Envie o formulário de novo", await visit.HeadingAsync());
        await visit.ExpectAccessibleAsync("hub-stale");
        Assert.Empty(await BookingsOf(tenant));
        await visit.ClickAsync("button", "Enviar de novo");
        await visit.Page.ArriveAsync("**/book/done/*");
        Assert.Single(await BookingsOf(tenant));
        var form = visit.Page.APIRequest.CreateFormData();
        form.Append("Input.Name", "Eve");
        var foreign = await visit.Page.APIRequest.PostAsync(
            HubSite.Of(tenant, "/book"), new() { Form = form, Headers = new Dictionary<string, string> { ["Sec-Fetch-Site"] = "cross-site" } });
        Assert.Equal(400, foreign.Status);
    }

    [Fact]
    public async Task Every_form_and_link_names_its_tenant()
    {
        var tenant = await site.Platform.NewTenantAsync();
        var booking = await tenant.BookedAsync(tenant.AtNoon());
        await using var visit = await site.OpenAsync(HubSite.MemberOf(tenant), new() { JavaScriptEnabled = true });
        var seen = new HashSet<string>();
        var open = new Queue<string>([HubSite.Of(tenant), HubSite.Of(tenant, $"/bookings/{Number(booking.Id)}")]);
        var (forms, links) = (0, 0);

        while (open.TryDequeue(out var page) && seen.Count < 40)
        {
            if (!seen.Add(Shape(page))) continue;

            await visit.GoAsync(page);
            var actions = await visit.Page.EvaluateAsync<string[]>(
                "() => [...document.forms].flatMap(f => [f.action, ...[...f.elements].map(e => e.getAttribute('formaction') && e.formAction).filter(Boolean)]).map(u => new URL(u).pathname)");
            var hrefs = await visit.Page.EvaluateAsync<string[]>(
                "() => [...document.links].filter(a => a.origin === location.origin).map(a => a.pathname)");

            Assert.All(actions.Except(OfNoTenant), action => Assert.StartsWith(HubSite.Of(tenant), action, StringComparison.Ordinal));
            Assert.All(hrefs, href => Assert.StartsWith(HubSite.Of(tenant), href, StringComparison.Ordinal));
            (forms, links) = (forms + actions.Except(OfNoTenant).Count(), links + hrefs.Length);
            foreach (var href in hrefs.Where(href => !href.Contains("/settings", StringComparison.Ordinal))) open.Enqueue(href);
        }

        Assert.True(forms > 0 && links > 20 && seen.Count > 4, $"{forms} forms, {links} links, {seen.Count} pages");

        static string Shape(string path) => string.Concat(path.Where(c => !char.IsAsciiDigit(c)));
    }

    private static string Number(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static async Task<IReadOnlyList<BookingResponse>> BookingsOf(TestTenant tenant) =>
        (await tenant.Client.GetFromJsonAsync<Envelope<IReadOnlyList<BookingResponse>>>("/api/v1/bookings"))!.Data;
}
