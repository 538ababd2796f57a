using System.Net.Http.Json;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Core.Tenants;
using Platform.Tests.Identity.Support;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.People;

/// <summary>From the public route by a mail to an organisation of one's own.</summary>
[Collection(typeof(WithIdentity))]
public sealed class SignUpTests : IDisposable
{
    private const string Password = "words that nobody guesses";
    private readonly InvitingPlatform _world;
    private readonly PlatformFixture _platform;
    private readonly HttpClient _anybody;
    private readonly HttpClient _identity;

    public SignUpTests(InvitingPlatform world)
    {
        (_world, _platform) = (world, world.Platform);
        _anybody = _platform.Client();
        _identity = _platform.ClientWith(null, staff: false, Scopes.PersonContext);
        world.Identity.Api.Real = _identity;
    }

    public void Dispose()
    {
        _anybody.Dispose();
        _identity.Dispose();
    }

    [Fact]
    public async Task A_person_without_an_account_gets_an_organisation_on_trial_and_is_its_administrator()
    {
        await _platform.ExecutePlatformAsync(
            "insert into applications (slug, name) values ('trial-of-tests', 'Trial') on conflict do nothing");
        var (email, name) = (NewEmail(), $"Clínica São {Guid.CreateVersion7():n}");

        using var asked = await AskAsync(email, name);
        using var person = new Person(_world.Identity, 0, email);
        var mail = Assert.Single(await _world.Inviting.MailsAsync(email));
        var page = await person.GoAsync(MailingIdentity.LinkIn(mail));
        Assert.Equal(0, await CountAsync(name)); // a mail scanner has opened the link
        var weak = await person.SubmitAsync(page, ("Input.Password", "short"), ("Input.Repeat", "short"));
        var done = await person.SubmitAsync(page, ("Input.Password", Password), ("Input.Repeat", Password));
        var again = await person.GoAsync(MailingIdentity.LinkIn(mail));
        var entered = await person.EnterAsync(_world.Identity.Client().Request(("acr_values", "tenant:clinica-aurora")), Password);

        Assert.Equal((202, Codes.SignUpAccepted), ((int)asked.StatusCode, await asked.SuccessAsync()));
        Assert.Contains("class=\"problems\"", weak.Html, StringComparison.Ordinal);
        Assert.Contains($"{name} is ready.", done.Text, StringComparison.Ordinal);
        Assert.Equal(400, (int)again.Status);
        Assert.NotNull(entered["code"]);
        Assert.Equal("active admin tenant_admin trial 5", await _platform.PlatformValueAsync<string>($"""
            select concat_ws(' ', t.status, ut.slug, r.slug, l.status, l.user_limit)
            from tenants t
            join memberships m on m.tenant_id_fk = t.id
            join user_types ut on ut.id = m.user_type_id_fk
            join membership_roles mr on mr.membership_id_fk = m.id
            join roles r on r.id = mr.role_id_fk
            join tenant_applications l on l.tenant_id_fk = t.id
            where t.name = '{name}'
            """));
        Assert.StartsWith("clinica-sao-", await _platform.PlatformValueAsync<string>(
            $"select slug from tenants where name = '{name}'"), StringComparison.Ordinal);
        Assert.Equal(1, await _platform.PlatformValueAsync<long>($"""
            select count(*) from audit_log l join tenants t on t.id = l.tenant_id_fk
            where t.name = '{name}' and l.action = 'tenant.registered'
            """));
    }

    [Fact]
    public async Task A_person_with_an_account_confirms_with_it()
    {
        using var person = await _world.Identity.NewPersonAsync();
        var name = $"Second {Guid.CreateVersion7():n}";

        using var asked = await AskAsync(person.Email, name);
        var page = await person.GoAsync(MailingIdentity.LinkIn(Assert.Single(await _world.Inviting.MailsAsync(person.Email))));
        var pages = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => person.SubmitAsync(page)));

        Assert.DoesNotContain("Input.Password", page.Html, StringComparison.Ordinal);
        Assert.Contains(pages, landing => landing.Text.Contains($"{name} está pronta.", StringComparison.Ordinal));
        Assert.Equal(1, await CountAsync(name));
        Assert.Equal(person.Id, await _platform.PlatformValueAsync<long>($"""
            select m.user_id_fk from memberships m join tenants t on t.id = m.tenant_id_fk where t.name = '{name}'
            """));
    }

    [Fact]
    public async Task The_answer_is_the_same_for_known_and_unknown_addresses()
    {
        using var person = await _world.Identity.NewPersonAsync();
        var unknown = NewEmail();

        using var first = await AskAsync(person.Email, "Same");
        using var second = await AskAsync(unknown, "Same");

        Assert.Equal(first.StatusCode, second.StatusCode);
        Assert.Equal(
            (await first.Content.ReadAsStringAsync()).Replace(person.Email, "", StringComparison.Ordinal)[..60],
            (await second.Content.ReadAsStringAsync()).Replace(unknown, "", StringComparison.Ordinal)[..60]);
    }

    [Theory]
    [InlineData("""{ "slug": "admin" }""", 422, Codes.ReservedSlug)]
    [InlineData("""{ "slug": "clinica-aurora" }""", 409, Codes.AlreadyExists)]
    [InlineData("""{ "timeZone": "Mars/Olympus" }""", 422, Codes.UnknownTimeZone)]
    [InlineData("""{ "currency": "XXX" }""", 422, Codes.UnknownCurrency)]
    [InlineData("""{ "email": "no address" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "organisation": "" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "organisation": "a\u0000b" }""", 400, Codes.ValidationFailed)]
    public async Task An_invalid_sign_up_is_refused(string change, int status, string code)
    {
        await _platform.ExecutePlatformAsync("""
            insert into tenants (id, slug, name, time_zone, locale, currency, status, cell_id_fk)
            select 990001, 'clinica-aurora', 'Taken', 'Etc/UTC', 'en', 'EUR', 'active', 1 on conflict do nothing
            """);
        var body = System.Text.Json.Nodes.JsonNode.Parse("""
            { "organisation": "Org", "email": "a@example.com", "name": "Ana", "timeZone": "Europe/Lisbon" }
            """)!.AsObject();
        foreach (var (key, value) in System.Text.Json.Nodes.JsonNode.Parse(change)!.AsObject()) body[key] = value?.DeepClone();

        using var response = await _anybody.PostAsync("/public/api/v1/sign-ups", new StringContent(body.ToJsonString(), null, "application/json"));

        Assert.Equal((status, code), await response.ProblemAsync());
    }

    [Fact]
    public async Task Only_Identity_confirms_and_only_what_was_asked_for()
    {
        using var staff = _platform.Staff();
        var path = $"/internal/api/v1/sign-ups/{Guid.CreateVersion7()}/confirm";

        using var unknown = await _identity.PostAsJsonAsync(path, new ConfirmSignUpRequest(7));
        using var notIdentity = await staff.PostAsJsonAsync(path, new ConfirmSignUpRequest(7));

        Assert.Equal((422, Codes.SignUpExpired), await unknown.ProblemAsync());
        Assert.Equal(403, (int)notIdentity.StatusCode);
    }

    [Theory]
    [InlineData("Clínica São João", 1, "clinica-sao-joao")]
    [InlineData("Clínica São João", 2, "clinica-sao-joao-2")]
    [InlineData("  --  ", 1, "organisation")]
    [InlineData("日本", 3, "organisation-3")]
    [InlineData("Admin", 1, "admin-1")]
    public void Slugs_are_made_from_names(string name, int attempt, string slug) =>
        Assert.Equal(slug, TenantRules.SlugFrom(name, attempt));

    [Fact]
    public void A_long_name_makes_a_slug_of_63_characters() =>
        Assert.Equal($"{new string('x', 60)}-12", TenantRules.SlugFrom(new string('x', 200), 12));

    private static string NewEmail() => $"s{Guid.CreateVersion7():n}@example.com";

    private Task<HttpResponseMessage> AskAsync(string email, string organisation) => _anybody.PostAsJsonAsync(
        "/public/api/v1/sign-ups", new SignUpRequest(organisation, email, "Nova Pessoa", "Europe/Lisbon", Locale: "en", Currency: "EUR"));

    private Task<long> CountAsync(string name) =>
        _platform.PlatformValueAsync<long>($"select count(*) from tenants where name = '{name}'");
}
