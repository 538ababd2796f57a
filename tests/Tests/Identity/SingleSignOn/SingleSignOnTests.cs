using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Identity.Accounts;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity.SingleSignOn;

/// <summary>Sign-in at the provider of one's own organisation: the certified <c>oidc-provider</c>.</summary>
public sealed class SingleSignOnTests(SingleSignOnApp world) : IClassFixture<SingleSignOnApp>
{
    private readonly IdentityApp _app = world.App;

    [Fact]
    public async Task A_person_without_an_account_becomes_a_member_and_signs_in()
    {
        await using var customer = await SetUpAsync();
        using var visitor = new Visitor(_app);

        var tokens = await visitor.TokensAsync(customer.Email);

        var (person, request) = Assert.Single(_app.Api.Joined, joined => joined.Request.TenantId == customer.Tenant);
        Assert.Equal((customer.Email, "Ana Souza", "operations", "en"), (request.Email, request.Name, request.UserType, request.Locale));
        Assert.Equal(["user"], request.Roles);
        var token = new JsonWebToken(tokens.AccessToken);
        Assert.Equal(($"{person}", $"{customer.Tenant}"), (token.Subject, token.GetClaim(ClaimNames.TenantId).Value));
        Assert.Equal("fed", token.GetClaim("amr").Value);
    }

    [Fact]
    public async Task A_person_is_identified_by_their_subject_when_their_address_changes()
    {
        await using var customer = await SetUpAsync(person => person["email"] = $"old.{person["email"]}");
        using var first = new Visitor(_app);
        var before = new JsonWebToken((await first.TokensAsync($"old.{customer.Email}")).AccessToken);

        await customer.RestartAsync(person => person["email"] = $"new.{customer.Email}");
        using var second = new Visitor(_app);
        var after = new JsonWebToken((await second.TokensAsync($"new.{customer.Email}")).AccessToken);

        Assert.Equal(before.Subject, after.Subject);
        Assert.Single(_app.Api.Joined, joined => joined.Request.TenantId == customer.Tenant);
    }

    [Fact]
    public async Task An_account_with_the_verified_address_is_linked()
    {
        await using var customer = await SetUpAsync();
        using var person = await NewPersonAsync(customer.Email);
        using var visitor = new Visitor(_app);

        var tokens = await visitor.TokensAsync(customer.Email.ToUpperInvariant());

        Assert.Equal($"{person.Id}", new JsonWebToken(tokens.AccessToken).Subject);
    }

    [Fact]
    public async Task A_password_set_before_the_address_was_confirmed_is_removed()
    {
        await using var customer = await SetUpAsync();
        using var person = await NewPersonAsync(customer.Email);
        await _app.ChangeAccountAsync(person.Id, (accounts, account) =>
        {
            account.EmailConfirmed = false;
            return accounts.UpdateAsync(account);
        });
        using var visitor = new Visitor(_app);

        await visitor.TokensAsync(customer.Email);

        await _app.ChangeAccountAsync(person.Id, async (accounts, account) =>
        {
            Assert.True(account.EmailConfirmed);
            Assert.False(await accounts.HasPasswordAsync(account));
        });
    }

    [Fact]
    public async Task A_second_person_with_the_address_of_the_first_does_not_get_their_account()
    {
        await using var customer = await SetUpAsync();
        using var first = new Visitor(_app);
        await first.TokensAsync(customer.Email);

        await customer.RestartAsync(person => person["sub"] = "another");
        using var second = new Visitor(_app);
        using var end = await second.SubmitAsync(customer.Email, action: "sso");

        await RefusedAsync(end, "Another person");
    }

    [Fact]
    public async Task A_sign_in_at_the_provider_of_a_tenant_gives_no_access_to_other_tenants()
    {
        await using var customer = await SetUpAsync();
        using var person = await NewPersonAsync(customer.Email);
        var own = ApiStub.Clinic with { TenantId = customer.Tenant, Slug = $"t{customer.Tenant}" };
        _app.Api.SetTenants(person.Id, ApiStub.Coworking, own);

        using var direct = new Visitor(_app);
        using var refused = await direct.SubmitAsync(
            customer.Email, action: "sso", changes: ("acr_values", $"tenant:{ApiStub.Coworking.Slug}"));
        using var visitor = new Visitor(_app);
        var tokens = await visitor.TokensAsync(customer.Email);
        var exchanged = await _app.Client().TokenAsync(
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", tokens.AccessToken),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"), ("tenant", ApiStub.Coworking.Slug));
        using var later = await visitor.OpenAsync(("acr_values", $"tenant:{ApiStub.Coworking.Slug}"));

        await RefusedAsync(refused, "no access to the organisation");
        Assert.Equal($"{customer.Tenant}", new JsonWebToken(tokens.AccessToken).GetClaim(ClaimNames.TenantId).Value);
        exchanged.IsRefused("invalid_target");
        Assert.Null(Visitor.CodeIn(later)); // the sign-in form
    }

    [Fact]
    public async Task No_provider_speaks_for_platform_staff()
    {
        await using var customer = await SetUpAsync();
        using var staff = await NewPersonAsync(customer.Email);
        await SetStaffAsync(staff.Id);
        using var visitor = new Visitor(_app);

        using var end = await visitor.SubmitAsync(customer.Email, action: "sso");

        await RefusedAsync(end, "Platform staff");
    }

    [Fact]
    public async Task An_account_that_is_deactivated_or_locked_by_staff_stays_closed_and_wrong_passwords_close_nothing()
    {
        await using var customer = await SetUpAsync();
        using var person = await NewPersonAsync(customer.Email);

        await SetAsync(account => account.LockoutEnd = _app.Clock.GetUtcNow().AddMinutes(10));
        using (var visitor = new Visitor(_app)) await visitor.TokensAsync(customer.Email);

        await SetAsync(account => account.LockoutEnd = DateTimeOffset.MaxValue);
        await ClosedAsync();

        await SetAsync(account => (account.LockoutEnd, account.DeactivatedAt) = (null, _app.Clock.GetUtcNow()));
        await ClosedAsync();

        Task SetAsync(Action<Account> change) => _app.ChangeAccountAsync(person.Id, (accounts, account) =>
        {
            change(account);
            return accounts.UpdateAsync(account);
        });

        async Task ClosedAsync()
        {
            using var visitor = new Visitor(_app);
            using var end = await visitor.SubmitAsync(customer.Email, action: "sso");
            await RefusedAsync(end, "has been deactivated");
        }
    }

    [Fact]
    public async Task A_person_from_the_same_issuer_of_another_tenant_does_not_become_a_member()
    {
        await using var customer = await SetUpAsync();
        using var first = new Visitor(_app);
        await first.TokensAsync(customer.Email);
        var other = SingleSignOnApp.NewTenant();
        await world.SetUpAsync(other, SingleSignOnApp.RequestOf(other, customer.Provider.Issuer));
        await customer.RestartAsync(_ => { }, other);

        using var second = new Visitor(_app);
        using var end = await second.SubmitAsync($"x@{SingleSignOnApp.DomainOf(other)}", action: "sso");

        await RefusedAsync(end, "does not belong to a domain");
        Assert.DoesNotContain(_app.Api.Joined, joined => joined.Request.TenantId == other);
    }

    [Fact]
    public async Task The_Entra_claim_for_a_verified_address_is_accepted()
    {
        await using var provider = await SignIn.TestProvider.StartAsync();
        var tenant = SingleSignOnApp.NewTenant();
        var email = $"ana@{SingleSignOnApp.DomainOf(tenant)}";
        provider.Subject = $"subject of {tenant}";
        provider.OnIdToken = (_, id) => (id["email"], id["xms_edov"]) = (email, true);
        await world.SetUpAsync(tenant, SingleSignOnApp.RequestOf(tenant, provider.Issuer));
        using var visitor = new Visitor(_app);

        (await visitor.TokensAsync(email)).IsGranted();
    }

    [Fact]
    public async Task An_inactive_provider_or_an_unverified_domain_does_not_sign_in()
    {
        await using var customer = await SetUpAsync();
        await world.SetUpAsync(customer.Tenant, customer.Request with { Active = false, ClientSecret = null });
        var unverified = SingleSignOnApp.NewTenant();
        await world.SetUpAsync(unverified, SingleSignOnApp.RequestOf(unverified, customer.Provider.Issuer), verify: false);
        using var visitor = new Visitor(_app);

        foreach (var tenant in (long[])[customer.Tenant, unverified])
        {
            using var page = await visitor.SubmitAsync($"ana@{SingleSignOnApp.DomainOf(tenant)}", action: "sso");
            Assert.Contains("No organisation signs people in", await Visitor.ProblemAsync(page), StringComparison.Ordinal);
        }

        using var callback = await visitor.Browser.GetAsync($"{_app.Issuer}/sso/{customer.Tenant}?code=x&state=y");
        Assert.Equal(HttpStatusCode.NotFound, callback.StatusCode);
    }

    [Fact]
    public async Task An_address_alone_leads_to_the_provider_and_the_page_offers_it()
    {
        await using var customer = await SetUpAsync();
        using var visitor = new Visitor(_app);

        using var page = await visitor.OpenAsync();
        using var answer = await visitor.SubmitAsync(customer.Email, stopAt: customer.Provider.Issuer);

        Assert.Contains("Use my organisation", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.StartsWith(customer.Provider.Issuer, SignIn.Browser.Location(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_provider_is_required_a_member_with_a_password_is_refused_and_a_hint_leads_there()
    {
        await using var customer = await SetUpAsync(required: true);
        using var member = await NewPersonAsync(customer.Email);
        using var guest = await NewPersonAsync($"guest.{customer.Email}");
        _app.Api.SetTenants(member.Id, ApiStub.Clinic with { TenantId = customer.Tenant });
        using var visitor = new Visitor(_app);

        using var refused = await visitor.SubmitAsync(customer.Email, DemoTenants.Password);
        using var hinted = await visitor.OpenAsync(("login_hint", customer.Email));
        using var other = await new Visitor(_app).SubmitAsync($"guest.{customer.Email}", DemoTenants.Password);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("requires its own sign-in", await Visitor.ProblemAsync(refused), StringComparison.Ordinal);
        Assert.NotNull(Visitor.CodeIn(hinted));
        Assert.Equal("/Account/ChooseTenant", other.RequestMessage!.RequestUri!.AbsolutePath); // a member of other tenants
    }

    [Fact]
    public async Task Platform_staff_sign_in_with_their_password_even_where_the_provider_is_required()
    {
        await using var customer = await SetUpAsync(required: true);
        using var staff = await NewPersonAsync(customer.Email);
        _app.Api.SetTenants(staff.Id, ApiStub.Clinic with { TenantId = customer.Tenant });
        await SetStaffAsync(staff.Id);
        using var visitor = new Visitor(_app);

        using var end = await visitor.SubmitAsync(customer.Email, DemoTenants.Password);

        Assert.NotNull(Visitor.CodeIn(end));
    }

    [Fact]
    public async Task A_domain_belongs_to_the_tenant_that_proves_it_first()
    {
        await using var customer = await SetUpAsync();
        var other = SingleSignOnApp.NewTenant();

        var provider = await world.SetUpAsync(
            other, SingleSignOnApp.RequestOf(other, customer.Provider.Issuer) with { Domains = [SingleSignOnApp.DomainOf(customer.Tenant)] });

        var domain = Assert.Single(provider.Domains);
        Assert.Equal((null, true), (domain.VerifiedAt, domain.IsTaken));
    }

    [Fact]
    public async Task The_secret_is_encrypted_and_stays_with_its_issuer()
    {
        await using var customer = await SetUpAsync();
        await using var elsewhere = await SignIn.TestProvider.StartAsync();

        using var kept = await world.SendAsync(HttpMethod.Put, customer.Tenant, "", customer.Request with { ClientSecret = null });
        using var moved = await world.SendAsync(
            HttpMethod.Put, customer.Tenant, "", customer.Request with { Issuer = elsewhere.Issuer, ClientSecret = null });
        using var shown = await world.SendAsync(HttpMethod.Get, customer.Tenant, "", null);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity), (kept.StatusCode, moved.StatusCode));
        Assert.DoesNotContain(customer.Request.ClientSecret!, await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(customer.Request.ClientSecret!, await world.StoredSecretAsync(customer.Tenant), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("not a url")]
    [InlineData("https://example.com/?tenant=1")]
    [InlineData("ftp://example.com")]
    public async Task An_issuer_that_cannot_be_read_is_refused(string issuer)
    {
        var tenant = SingleSignOnApp.NewTenant();

        using var response = await world.SendAsync(HttpMethod.Put, tenant, "", SingleSignOnApp.RequestOf(tenant, issuer));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("UPPER.example")]
    [InlineData("a b.example")]
    [InlineData("x@y.example")]
    public async Task An_invalid_domain_is_refused(string domain)
    {
        await using var customer = await SetUpAsync();

        using var response = await world.SendAsync(
            HttpMethod.Put, customer.Tenant, "", customer.Request with { Domains = [domain], ClientSecret = null });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    private static async Task RefusedAsync(HttpResponseMessage end, string text)
    {
        Assert.Equal(HttpStatusCode.Forbidden, end.StatusCode);
        Assert.Contains(text, await Visitor.ProblemAsync(end), StringComparison.Ordinal);
    }

    private Task<Customer> SetUpAsync(bool required) => SetUpAsync(_ => { }, required);

    private async Task<Customer> SetUpAsync(Action<Dictionary<string, object>>? change = null, bool required = false)
    {
        var customer = new Customer(_app, SingleSignOnApp.NewTenant());
        await customer.RestartAsync(change ?? (_ => { }));
        customer.Request = SingleSignOnApp.RequestOf(customer.Tenant, customer.Provider.Issuer) with { Required = required };
        await world.SetUpAsync(customer.Tenant, customer.Request);
        return customer;
    }

    private async Task<Person> NewPersonAsync(string email)
    {
        var person = await _app.NewPersonAsync();
        await _app.ChangeAccountAsync(person.Id, async (accounts, account) =>
        {
            await accounts.SetEmailAsync(account, email);
            account.EmailConfirmed = true;
            await accounts.SetUserNameAsync(account, email);
        });
        return person;
    }

    private Task SetStaffAsync(long id) => _app.ChangeAccountAsync(id, (accounts, account) =>
    {
        account.PlatformRole = PlatformRoles.InternalAdmin;
        return accounts.UpdateAsync(account);
    });

    /// <summary>A tenant with a provider, and one person at it.</summary>
    private sealed class Customer(IdentityApp app, long tenant) : IAsyncDisposable
    {
        private readonly string _issuer = CertifiedProvider.FreeIssuer();
        private CertifiedProvider? _provider;

        public long Tenant => tenant;
        public string Email => $"ana@{SingleSignOnApp.DomainOf(tenant)}";
        public CertifiedProvider Provider => _provider!;
        public Contracts.People.IdentityProviderRequest Request { get; set; } = null!;

        /// <summary>The same provider, with another person.</summary>
        public async Task RestartAsync(Action<Dictionary<string, object>> change, long? callback = null)
        {
            if (_provider is not null) await _provider.DisposeAsync();

            var person = new Dictionary<string, object>
            {
                ["sub"] = $"subject of {tenant}",
                ["email"] = Email,
                ["email_verified"] = true,
                ["name"] = "Ana Souza",
                ["locale"] = "en-GB",
            };
            change(person);
            var client = new
            {
                client_id = "platform",
                client_secret = "a secret of the customer",
                token_endpoint_auth_method = "client_secret_post",
                redirect_uris = new[] { $"{app.Issuer}/sso/{callback ?? tenant}" },
            };
            _provider = await CertifiedProvider.StartAsync([client], [person], issuer: _issuer);
        }

        public async ValueTask DisposeAsync() => await Provider.DisposeAsync();
    }
}
