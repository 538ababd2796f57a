using System.Net;
using System.Text.RegularExpressions;
using Platform.Contracts.Tenants;

namespace Platform.Tests.Identity.App;

public sealed partial class SignInPageTests(SignInFixture stack)
{
    private const string AdminRedirect = "http://localhost:5103/signin-oidc";
    private const string AdminScope = "openid platform";

    [Fact]
    public async Task A_person_signs_in_and_goes_back_to_the_application_with_a_code()
    {
        await stack.ReadyAsync();
        using var browser = new PageReader(stack.Issuer);

        var form = await browser.OpenAsync(PageReader.Request());
        var landing = await browser.SignInAsync(form, "ana@aurora.example", DemoTenants.Password);

        Assert.StartsWith("http://127.0.0.1/callback?", landing.Url, StringComparison.Ordinal);
        Assert.NotEmpty(landing["code"]!);
        Assert.Contains("sign_in cli pwd", await stack.AuditOfAsync(11));
    }

    [Fact]
    public async Task Unknown_accounts_wrong_passwords_and_locked_accounts_get_the_same_answer()
    {
        await stack.ReadyAsync();
        var (id, email) = await stack.NewAccountAsync();
        using var browser = new PageReader(stack.Issuer);
        var form = await browser.OpenAsync("/Account/Login");

        List<PageReader.Page> wrong = [];
        for (var i = 0; i < 5; i++) wrong.Add(await browser.SignInAsync(form, email, "not the password"));
        var locked = await browser.SignInAsync(form, email, DemoTenants.Password);
        var unknown = await browser.SignInAsync(form, "nobody@example.com", "not the password");

        Assert.All([.. wrong, locked, unknown], page =>
        {
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.StartsWith("We could not sign you in.", page.Problem, StringComparison.Ordinal);
            Assert.Equal(Neutral(unknown, "nobody@example.com"), Neutral(page, email));
        });
        Assert.Equal(
            ["sign_in_failed WrongPassword", "sign_in_failed WrongPassword", "sign_in_failed WrongPassword", "sign_in_failed WrongPassword", "sign_in_failed Locked", "sign_in_failed Locked"],
            await stack.AuditOfAsync(id));
    }

    [Fact]
    public async Task A_lock_ends_after_fifteen_minutes_and_not_before()
    {
        await stack.ReadyAsync();
        var now = TimeProvider.System.GetUtcNow();
        var (_, locked) = await stack.NewAccountAsync(account => account.LockoutEnd = now.AddMinutes(1));
        var (_, free) = await stack.NewAccountAsync(account => account.LockoutEnd = now.AddSeconds(-1));
        using var browser = new PageReader(stack.Issuer);
        var form = await browser.OpenAsync("/Account/Login");

        var before = await browser.SignInAsync(form, locked, DemoTenants.Password);
        var after = await browser.SignInAsync(form, free, DemoTenants.Password);

        Assert.StartsWith("We could not", before.Problem, StringComparison.Ordinal);
        Assert.StartsWith("This account is not a member of any organisation", after.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_without_a_tenant_and_a_deactivated_account_cannot_sign_in()
    {
        await stack.ReadyAsync();
        var (_, nobody) = await stack.NewAccountAsync();
        var (_, gone) = await stack.NewAccountAsync(account => account.DeactivatedAt = DateTimeOffset.UnixEpoch);
        using var browser = new PageReader(stack.Issuer);
        var form = await browser.OpenAsync(PageReader.Request());

        var withoutTenant = await browser.SignInAsync(form, nobody, DemoTenants.Password);
        var deactivated = await browser.SignInAsync(form, gone, DemoTenants.Password);

        Assert.Equal(HttpStatusCode.Forbidden, withoutTenant.Status);
        Assert.StartsWith("This account is not a member of any organisation", withoutTenant.Problem, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, deactivated.Status);
        Assert.StartsWith("This account has been deactivated.", deactivated.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_staff_enter_the_staff_application()
    {
        await stack.ReadyAsync();
        using var ana = new PageReader(stack.Issuer);
        using var sofia = new PageReader(stack.Issuer);
        var request = PageReader.Request("admin", AdminRedirect, AdminScope);

        var refused = await ana.SignInAsync(await ana.OpenAsync(request), "ana@aurora.example", DemoTenants.Password);
        await ana.SignInAsync(await ana.OpenAsync(PageReader.Request()), "ana@aurora.example", DemoTenants.Password);
        var withSession = await ana.OpenAsync(request);
        var entered = await sofia.SignInAsync(await sofia.OpenAsync(request), DemoTenants.Staff.Email, DemoTenants.Password);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (refused.Status, withSession.Status));
        Assert.StartsWith("This account may not open this application", refused.Problem, StringComparison.Ordinal);
        Assert.StartsWith("This account may not open this application", withSession.Problem, StringComparison.Ordinal);
        Assert.StartsWith(AdminRedirect, entered.Url, StringComparison.Ordinal);
        Assert.NotEmpty(entered["code"]!);
    }

    [Fact]
    public async Task While_the_API_is_unavailable_members_get_an_explanation_and_staff_can_sign_in()
    {
        await stack.ReadyAsync();
        var issuer = await stack.StartIdentityAsync(("services__api__http__0", "http://127.0.0.1:1"));
        using var ana = new PageReader(issuer);
        using var sofia = new PageReader(issuer);
        var request = PageReader.Request("admin", AdminRedirect, AdminScope);

        var landing = await ana.SignInAsync(
            await ana.OpenAsync(PageReader.Request()), "ana@aurora.example", DemoTenants.Password);
        var entered = await sofia.SignInAsync(await sofia.OpenAsync(request), DemoTenants.Staff.Email, DemoTenants.Password);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, landing.Status);
        Assert.StartsWith("Signing in is not possible right now", landing.Problem, StringComparison.Ordinal);
        Assert.StartsWith(AdminRedirect, entered.Url, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task A_foreign_return_URL_is_ignored(string address)
    {
        await stack.ReadyAsync();
        using var browser = new PageReader(stack.Issuer);

        var form = await browser.OpenAsync($"/Account/Login?ReturnUrl={Uri.EscapeDataString(address)}");
        var landing = await browser.SignInAsync(form, "ana@aurora.example", DemoTenants.Password);

        Assert.Equal("/", new Uri(landing.Url).AbsolutePath);
        Assert.StartsWith(stack.Issuer, landing.Url, StringComparison.Ordinal);
        Assert.Contains("Ana Souza", landing.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_returns_access_denied_to_the_application()
    {
        await stack.ReadyAsync();
        using var browser = new PageReader(stack.Issuer);

        var landing = await browser.PostAsync(await browser.OpenAsync(PageReader.Request()), ("action", "cancel"));

        Assert.StartsWith("http://127.0.0.1/callback?", landing.Url, StringComparison.Ordinal);
        Assert.Equal("access_denied", landing["error"]);
    }

    [Fact]
    public async Task Signing_out_asks_first_and_then_ends_the_session()
    {
        await stack.ReadyAsync();
        using var browser = new PageReader(stack.Issuer);
        var request = PageReader.Request(more: "&acr_values=tenant:porto-cowork");
        await browser.SignInAsync(await browser.OpenAsync(request), "clara@porto.example", DemoTenants.Password);

        var question = await browser.OpenAsync("/Account/Logout");
        var stillIn = await browser.OpenAsync(PageReader.Request(more: "&prompt=none"));
        var goodbye = await browser.PostAsync(question, ("action", "signout"));
        var out_ = await browser.OpenAsync(PageReader.Request(more: "&prompt=none"));

        Assert.NotNull(stillIn["code"]);
        Assert.Equal("You are signed out", goodbye.Heading);
        Assert.Equal("login_required", out_["error"]);
        Assert.Contains("sign_out", await stack.AuditOfAsync(21));
    }

    [Theory]
    [InlineData("pt-BR,pt;q=0.9,en;q=0.5", "", "pt-BR", "Entrar")]
    [InlineData("de, en;q=0.4, pt;q=0.8", "", "pt-BR", "Entrar")]
    [InlineData("pt-BR", "&ui_locales=fr%20en", "en", "Sign in")]
    [InlineData("fr", "", "en", "Sign in")]
    public async Task The_page_speaks_the_language_of_the_request_or_the_browser(
        string accepted, string more, string language, string heading)
    {
        await stack.ReadyAsync();
        using var browser = new PageReader(stack.Issuer, accepted);

        var page = await browser.OpenAsync(PageReader.Request(more: more));

        Assert.Equal((language, heading), (page.Language, page.Heading));
    }

    [Fact]
    public async Task The_page_runs_no_scripts_is_not_cached_and_labels_its_fields()
    {
        await stack.ReadyAsync();
        using var browser = new PageReader(stack.Issuer);

        var page = await browser.OpenAsync(PageReader.Request(more: "&login_hint=%22%3E%3Cb%3Ehi"));

        var headers = page.Response.Headers;
        Assert.True(headers.CacheControl!.NoStore);
        Assert.Contains("default-src 'none'", headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("no-referrer", headers.GetValues("Referrer-Policy").Single());
        Assert.DoesNotMatch("<script>|<script (?!src=\"/)|<style| style=| on[a-z]+=|<b>hi", page.Html);
        Assert.Contains("value=\"&quot;&gt;&lt;b&gt;hi\"", page.Html, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(page.Html, "<h1>"));
        Assert.All(Inputs().Matches(page.Html).Select(input => input.Groups[1].Value), id => Assert.Contains($"<label for=\"{id}\">", page.Html, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_form_without_its_antiforgery_token_is_shown_again_with_what_was_typed()
    {
        await stack.ReadyAsync();
        using var browser = new PageReader(stack.Issuer);

        var page = await browser.PostAsync(new("/Account/Login", HttpStatusCode.OK, "", new()), ("Input.Email", "ana@aurora.example"));

        Assert.Equal((HttpStatusCode.OK, "Sign in"), (page.Status, page.Heading));
        Assert.StartsWith("This page had been open for too long", page.Problem, StringComparison.Ordinal);
        Assert.Contains("value=\"ana@aurora.example\"", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_impossible_character_in_an_address_returns_400()
    {
        await stack.ReadyAsync();
        using var browser = new PageReader(stack.Issuer);

        var page = await browser.SignInAsync(await browser.OpenAsync("/Account/Login"), "nobody@example.com\0", "x");

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
    }

    [Fact]
    public async Task Too_many_attempts_return_429()
    {
        using var browser = new PageReader(await stack.StrictAsync());
        var form = await browser.OpenAsync("/Account/Login");

        // The limit is two a minute; the test sends more, in case a new minute begins.
        var page = form;
        for (var i = 0; i < 8 && page.Status != HttpStatusCode.TooManyRequests; i++)
        {
            page = await browser.SignInAsync(form, "nobody@example.com", "x");
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, page.Status);
        Assert.InRange(page.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 61);
        Assert.Contains("Too many attempts", page.Html, StringComparison.Ordinal);
    }

    /// <summary>
    /// A page without what differs from one person to the next: the address they typed and the form's token.
    /// </summary>
    private static string Neutral(PageReader.Page page, string email) =>
        Values().Replace(page.Html.Replace(email, "", StringComparison.Ordinal), "");

    [GeneratedRegex("""<input id="([a-z]+)" """)]
    private static partial Regex Inputs();

    [GeneratedRegex("""value="[^"]*" """)]
    private static partial Regex Values();
}
