using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity;

/// <summary>The sign-in page and its session (rules of 3.5, 3.6).</summary>
public sealed class SignInTests(IdentityFixture fixture)
{
    [Fact]
    public async Task The_way_through_the_page_leads_back_to_the_client()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();

        var page = await person.AuthorizeAsync(client.Request());
        var landing = await person.FillInAsync(page);

        Assert.True(page.IsSignInPage);
        Assert.True(landing.IsAt(client.RedirectUri));
        Assert.Equal("s+t/a=t e&é", landing["state"]);
        Assert.Equal(app.Issuer, landing["iss"]);
    }

    [Fact]
    public async Task The_page_is_neither_framed_nor_cached_and_runs_no_foreign_scripts()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();

        var page = await person.AuthorizeAsync(app.Client().Request());
        var headers = page.Response.Headers;
        var policy = string.Join(' ', headers.GetValues("Content-Security-Policy"));

        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("base-uri 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("no-store", $"{headers.CacheControl}", StringComparison.Ordinal);
        Assert.Equal(["nosniff"], headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["no-referrer"], headers.GetValues("Referrer-Policy"));
    }

    [Fact]
    public async Task A_form_of_another_site_does_not_sign_in()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var page = await person.AuthorizeAsync(app.Client().Request());

        var forged = await person.PostAsync(
            page.Url.ToString(), [new("Input.Email", person.Email), new(
                "Input.Password", Contracts.Tenants.DemoTenants.Password), new("action", "signin")]);

        Assert.True(forged.IsSignInPage);
        Assert.Equal("", person.Cookie(app.Issuer, "id.session"));
    }

    [Fact]
    public async Task Every_refusal_reads_the_same_and_a_locked_account_stays_locked()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var page = await person.AuthorizeAsync(app.Client().Request());

        var unknown = await person.FillInAsync(page, address: "nobody@example.com");
        var strange = await person.FillInAsync(page, address: "no\0body@example.com");
        var wrong = new List<Landing>();
        for (var i = 0; i < 5; i++) wrong.Add(await person.FillInAsync(page, "wrong password"));
        var locked = await person.FillInAsync(page);

        var text = Problem(unknown);
        Assert.NotEqual("", text);
        Assert.True((int)strange.Status < 500 && strange["code"] is null);
        Assert.All([.. wrong, locked], landing => Assert.Equal((text, null), (Problem(landing), landing["code"])));
    }

    [Fact]
    public async Task The_session_cookie_is_limited_to_this_server_and_opaque()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var page = await person.AuthorizeAsync(app.Client().Request(("acr_values", "tenant:clinica-aurora")));

        using var response = await SignInAsync(person, page);
        var cookie = Assert.Single(
            response.Headers.GetValues("Set-Cookie"), value => value.Contains("id.session=", StringComparison.Ordinal));

        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain=", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.True(cookie.Length < 1000, "the session is on the server");
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/connect/authorize/callback?authzId=invented")]
    [InlineData("/connect/authorize/callback@evil.example")]
    public async Task A_made_up_return_URL_is_not_followed(string returnUrl)
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();

        var page = await person.GoAsync($"{app.Issuer}/Account/Login?ReturnUrl={Uri.EscapeDataString(returnUrl)}");
        var landing = await person.FillInAsync(page);

        Assert.StartsWith(app.Issuer, landing.Url.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", landing.Url.GetLeftPart(UriPartial.Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ends_after_half_an_hour_of_silence()
    {
        await using var app = await fixture.StartAsync();
        using var person = await app.NewPersonAsync();
        await person.TokensAsync(app.Client());

        app.Clock.Advance(TimeSpan.FromMinutes(31));

        Assert.Equal(
            "login_required", (await person.AuthorizeAsync(app.Client().Request(("prompt", "none"))))["error"]);
    }

    private static Task<HttpResponseMessage> SignInAsync(Person person, Landing page)
    {
        var token = System.Text.RegularExpressions.Regex.Match(
            page.Html, "__RequestVerificationToken[^>]*value=\"([^\"]*)").Groups[1].Value;
        return person.SendAsync(new(HttpMethod.Post, page.Url)
        {
            Content = new FormUrlEncodedContent(
            [
                new("Input.Email", person.Email), new("Input.Password", Contracts.Tenants.DemoTenants.Password),
                new("action", "signin"), new("__RequestVerificationToken", token),
            ]),
        });
    }

    private static string Problem(Landing landing)
    {
        var start = landing.Html.IndexOf("role=\"alert\"", StringComparison.Ordinal);
        return start < 0 ? "" : landing.Html[start..landing.Html.IndexOf("</div>", start, StringComparison.Ordinal)];
    }
}
