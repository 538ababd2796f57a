using System.Net.Http.Json;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Tests.Bookings;
using Platform.Tests.Identity.Support;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.People;

/// <summary>An API with the real Identity and a mail server.</summary>
public sealed class InvitingPlatform(IdentityFixture identity) : IAsyncLifetime
{
    public MailingIdentity Inviting { get; } = new(identity);
    public IdentityApp Identity => Inviting.App;
    public PlatformFixture Platform { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Inviting.InitializeAsync();
        Platform = new() { IdentityUrl = Identity.Issuer };
    }

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        await Inviting.DisposeAsync();
    }
}

/// <summary>The tests that need it share one, and so come one after the other.</summary>
[CollectionDefinition]
public sealed class WithIdentity : ICollectionFixture<InvitingPlatform>;

[Collection(typeof(WithIdentity))]
public sealed class InviteTests : IDisposable
{
    private const string Password = "words that nobody guesses";
    private readonly InvitingPlatform _world;
    private readonly PlatformFixture _platform;
    private readonly HttpClient _identity;

    public InviteTests(InvitingPlatform world)
    {
        (_world, _platform) = (world, world.Platform);
        _identity = _platform.ClientWith(null, staff: false, Scopes.PersonContext);
        world.Identity.Api.Real = _identity;
    }

    public void Dispose() => _identity.Dispose();

    private static string NewEmail() => $"p{Guid.CreateVersion7():n}@example.com";

    private static string Body(string email, string userType = "operations", string more = "") =>
        $$"""{ "email": "{{email}}", "name": "Nova Pessoa", "userType": "{{userType}}"{{more}} }""";

    [Fact]
    public async Task An_invited_person_becomes_a_member_when_they_accept()
    {
        var tenant = await _platform.NewTenantAsync();
        var email = NewEmail();

        using var response = await tenant.SendAsync(
            "POST", "/users", Body(email, "manager", """, "roles": ["user", "helper"], "locale": "en" """));
        var invitation = await response.DataAsync<InvitationResponse>();
        var before = await tenant.SentAsync<List<UserResponse>>("GET", "/users");
        using var person = new Person(_world.Identity, 0, email);
        var mail = Assert.Single(await _world.Inviting.MailsAsync(email));
        var page = await person.GoAsync(MailingIdentity.LinkIn(mail));
        var opened = await ReadAsync(tenant, invitation.Id);
        var weak = await person.SubmitAsync(page, ("Input.Password", "short"), ("Input.Repeat", "short"));
        var done = await person.SubmitAsync(page, ("Input.Password", Password), ("Input.Repeat", Password));
        var again = await person.GoAsync(MailingIdentity.LinkIn(mail));
        var accepted = await ReadAsync(tenant, invitation.Id);
        var user = await tenant.UserAsync(accepted.UserId!.Value);

        Assert.Equal((201, Codes.UserInvited), ((int)response.StatusCode, await response.SuccessAsync()));
        Assert.Equal($"/api/v1/invitations/{invitation.Id}", response.Headers.Location!.ToString());
        Assert.Equal(("pending", null, $"user:{tenant.UserId}"), (invitation.Status, invitation.UserId, invitation.CreatedBy));
        Assert.Equal(PlatformFixture.Monday9am.AddDays(3), invitation.ExpiresAt);
        Assert.DoesNotContain(before, u => u.Email == email);
        Assert.Contains($"You have been invited to Tenant {tenant.Id}", mail, StringComparison.Ordinal);
        Assert.Equal("pending", opened.Status); // a mail scanner has opened the link
        Assert.Contains("class=\"problems\"", weak.Html, StringComparison.Ordinal);
        Assert.Contains($"You have joined Tenant {tenant.Id}.", done.Text, StringComparison.Ordinal);
        Assert.Equal(400, (int)again.Status);
        Assert.Equal(("accepted", true), (accepted.Status, accepted.ClosedAt is not null));
        Assert.Equal(("Nova Pessoa", email, "en", "manager"), (user.Name, user.Email, user.Locale, user.UserType));
        Assert.Equal(["helper", "user"], user.Roles);
        Assert.Equal("invitation.created,invitation.accepted", await _platform.AuditAsync(tenant, "invitation"));
        Assert.Equal("invitation.created 1", await _platform.EventsAsync(tenant, "invitation"));
        Assert.Equal("membership.created 1", await _platform.EventsAsync(tenant, "membership"));
    }

    [Fact]
    public async Task Inviting_a_person_known_elsewhere_reveals_nothing_about_them()
    {
        var (first, second) = (await _platform.NewTenantAsync(), await _platform.NewTenantAsync());
        using var known = await _world.Identity.NewPersonAsync();
        var member = await _platform.StaffAsync<UserResponse>(
            "POST", $"/tenants/{first.Id}/users", Body(known.Email, "manager").Replace("Nova Pessoa", "Her real name", StringComparison.Ordinal));
        var unknown = NewEmail();

        using var ofKnown = await second.SendAsync("POST", "/users", Body(known.Email.ToUpperInvariant()));
        using var ofUnknown = await second.SendAsync("POST", "/users", Body(unknown));
        var (one, other) = (await ofKnown.DataAsync<InvitationResponse>(), await ofUnknown.DataAsync<InvitationResponse>());
        var text = await second.Client.GetStringAsync("/api/v1/invitations");
        using var herself = _platform.SignedIn(first, member.Id);
        using var stranger = _platform.SignedIn(first, first.UserId);
        using var mine = await herself.GetAsync("/api/v1/me/invitations");
        var foreign = await stranger.AnswerAsync("POST", $"/api/v1/me/invitations/{one.Id}/accept");
        using var accepted = await herself.PostAsync($"/api/v1/me/invitations/{one.Id}/accept", null);
        var twice = await herself.AnswerAsync("POST", $"/api/v1/me/invitations/{one.Id}/accept");

        Assert.Equal((201, 201), ((int)ofKnown.StatusCode, (int)ofUnknown.StatusCode));
        Assert.Equal(
            Plain(one), Plain(other));
        static string Plain(InvitationResponse i) => $"{i.Name} {i.Locale} {i.UserType} {i.Status} {i.UserId} {i.ExpiresAt:O} {i.Version}";
        Assert.DoesNotContain("Her real name", text, StringComparison.Ordinal);
        Assert.DoesNotContain($"{member.Id}", text, StringComparison.Ordinal);
        Assert.Equal((404, Codes.NotFound), foreign);
        Assert.Equal(
            (one.Id, second.Id, "operations"),
            (await mine.DataAsync<List<MyInvitationResponse>>()) is [var only] ? (only.Id, only.TenantId, only.UserType) : default);
        Assert.Equal((member.Id, second.Id), await accepted.DataAsync<AcceptedInvitationResponse>() is var a ? (a.UserId, a.TenantId) : default);
        Assert.Equal((200, null), twice);
        Assert.Equal("operations", (await second.UserAsync(member.Id)).UserType);
        var staff = await _platform.StaffAsync<StaffUserResponse>("GET", $"/users/{member.Id}");
        Assert.Equal([(first.Id, "manager"), (second.Id, "operations")], staff.Memberships.Select(m => (m.TenantId, m.UserType)));
    }

    [Fact]
    public async Task A_person_with_a_password_accepts_by_the_link_without_setting_another()
    {
        var tenant = await _platform.NewTenantAsync();
        using var known = await _world.Identity.NewPersonAsync();

        var invitation = await tenant.SentAsync<InvitationResponse>("POST", "/users", Body(known.Email));
        var page = await known.GoAsync(MailingIdentity.LinkIn(Assert.Single(await _world.Inviting.MailsAsync(known.Email))));
        _world.Identity.Api.IsDown = true;
        var away = await known.SubmitAsync(page);
        _world.Identity.Api.IsDown = false;
        var done = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => known.SubmitAsync(page)));

        Assert.DoesNotContain("Input.Password", page.Html, StringComparison.Ordinal);
        Assert.Equal(503, (int)away.Status);
        Assert.All(done, landing => Assert.Equal(200, (int)landing.Status));
        Assert.Equal((known.Id, "accepted"), await ReadAsync(tenant, invitation.Id) is var i ? (i.UserId, i.Status) : default);
    }

    [Fact]
    public async Task Inviting_again_returns_the_existing_invitation_unchanged()
    {
        var tenant = await _platform.NewTenantAsync();
        var email = NewEmail();
        var first = await tenant.SentAsync<InvitationResponse>("POST", "/users", Body(email));

        using var again = await tenant.SendAsync("POST", "/users", Body(email.ToUpperInvariant()));
        using var other = await tenant.SendAsync("POST", "/users", Body(email, "manager"));
        using var roles = await tenant.SendAsync("POST", "/users", Body(email, more: """, "roles": ["user"]"""));
        using var member = await tenant.SendAsync("POST", "/users", Body($"uma@{tenant.Slug}.example"));

        Assert.Equal((200, first.Id), ((int)again.StatusCode, (await again.DataAsync<InvitationResponse>()).Id));
        Assert.Equal((409, Codes.AlreadyExists), await other.ProblemAsync());
        Assert.Equal(first.Id, (await other.DocumentAsync()).GetProperty("existingInvitationId").GetInt64());
        Assert.Equal((409, Codes.AlreadyExists), await roles.ProblemAsync());
        Assert.Equal((409, Codes.AlreadyExists), await member.ProblemAsync());
        Assert.Equal(tenant.UserId, (await member.DocumentAsync()).GetProperty("existingId").GetInt64());
        Assert.Equivalent(first, await ReadAsync(tenant, first.Id), strict: true);
    }

    [Fact]
    public async Task An_invitation_is_withdrawn_declined_expires_and_is_sent_again()
    {
        var tenant = await _platform.NewTenantAsync();
        var elsewhere = await _platform.NewTenantAsync();
        var away = await InvitedAsync(tenant, NewEmail());
        var late = await InvitedAsync(tenant, NewEmail());
        var no = await InvitedAsync(tenant, $"uma@{elsewhere.Slug}.example");
        await _platform.ExecutePlatformAsync($"update invitations set expires_at = '2026-03-02T09:00:00Z' where id = {late.Id}");
        using var uma = _platform.SignedIn(elsewhere, elsewhere.UserId);

        using var withdrawn = await tenant.SendAsync("DELETE", $"/invitations/{away.Id}");
        var twice = await tenant.RefusedAsync("DELETE", $"/invitations/{away.Id}");
        var resentAway = await tenant.RefusedAsync("POST", $"/invitations/{away.Id}/resend");
        using var byLink = await _identity.PostAsJsonAsync($"/internal/api/v1/invitations/{late.Id}/accept", new AcceptInvitationRequest(tenant.UserId, late.Email, "X"));
        var resent = await tenant.SentAsync<InvitationResponse>("POST", $"/invitations/{late.Id}/resend");
        var declined = await uma.AnswerAsync("POST", $"/api/v1/me/invitations/{no.Id}/decline");
        var tooLate = await uma.AnswerAsync("POST", $"/api/v1/me/invitations/{no.Id}/accept");
        var foreign = await elsewhere.RefusedAsync("DELETE", $"/invitations/{late.Id}");
        async Task<List<long>> WithAsync(string status) =>
            [.. (await ListAsync(tenant, $"?status={status}")).Select(i => i.Id)];

        Assert.Equal(204, (int)withdrawn.StatusCode);
        Assert.Equal((409, Codes.InvitationClosed), (twice.Status, twice.Code));
        Assert.Equal((409, Codes.InvitationClosed), (resentAway.Status, resentAway.Code));
        Assert.Equal((409, Codes.InvitationClosed), await byLink.ProblemAsync());
        Assert.Equal("expired", (await byLink.DocumentAsync()).GetProperty("invitationStatus").GetString());
        Assert.Equal(("pending", PlatformFixture.Monday9am.AddDays(3)), (resent.Status, resent.ExpiresAt));
        Assert.Equal(((204, null), (409, Codes.InvitationClosed)), (declined, tooLate));
        Assert.Equal((404, Codes.NotFound), (foreign.Status, foreign.Code));
        Assert.Equal([away.Id], await WithAsync("withdrawn"));
        Assert.Equal([late.Id], await WithAsync("pending"));
        Assert.Equal([no.Id], await WithAsync("declined"));
        Assert.Equal((400, Codes.ValidationFailed, "status"), await tenant.RefusedAsync("GET", "/invitations?status=gone"));
    }

    [Fact]
    public async Task Twelve_invitations_of_one_address_at_once_make_one_invitation_and_one_mail()
    {
        var tenant = await _platform.NewTenantAsync();
        var email = NewEmail();

        var outcomes = await SchedulingAnswers.AtOnceAsync(12, _ => tenant.SendAsync("POST", "/users", Body(email)));

        Assert.Single(outcomes, o => o == (201, null));
        Assert.Equal(11, outcomes.Count(o => o == (200, null)));
        Assert.Single(await ListAsync(tenant));
        Assert.Single(await _world.Inviting.MailsAsync(email));
    }

    [Theory]
    [InlineData("{}", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "no address", "name": "A", "userType": "operations" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a\u0001@b.example", "name": "A", "userType": "operations" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a\u0000@b.example", "name": "A", "userType": "operations" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": 7, "name": "A", "userType": "operations" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": " ", "userType": "operations" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A\nB", "userType": "operations" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": null, "userType": "operations" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "operations", "roles": [null] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "operations", "roles": ["user", "user"] }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "operations", "roles": "user" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "operations", "locale": "fr" }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "operations", "tenantId": 1 }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "operations", "active": true }""", 400, Codes.ValidationFailed)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "emperor" }""", 422, Codes.UnknownUserType)]
    [InlineData("""{ "email": "a@b.example", "name": "A", "userType": "operations", "roles": ["emperor"] }""", 422, Codes.UnknownRole)]
    public async Task A_bad_invitation_is_refused(string json, int status, string code)
    {
        var tenant = await _platform.UntouchedTenantAsync();

        var refused = await tenant.RefusedAsync("POST", "/users", json);

        Assert.Equal((status, code), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Unusual_names_and_addresses_are_accepted()
    {
        var tenant = await _platform.NewTenantAsync();
        var name = string.Concat(Enumerable.Repeat("🦜é", 60));

        var invitation = await tenant.SentAsync<InvitationResponse>("POST", "/users", $$"""
            { "email": "joão+{{Guid.CreateVersion7():n}}@exâmple.example", "name": "{{name}}", "userType": "operations" }
            """);
        var tooLong = await tenant.RefusedAsync("POST", "/users", Body($"{new string('x', 10_000)}@example.com"));

        Assert.Equal(name, invitation.Name);
        Assert.Equal((400, Codes.ValidationFailed, "email"), tooLong);
    }

    [Fact]
    public async Task A_member_cannot_give_others_more_than_they_have()
    {
        var tenant = await _platform.NewTenantAsync();
        var (_, helper) = await _platform.PersonAsync(tenant, "operations", Permissions.UsersWrite, Permissions.UsersRead);
        var (_, manager) = await _platform.PersonAsync(tenant, "manager");
        var mighty = await tenant.RoleAsync("Mighty", Permissions.SeatsWrite);

        Assert.Equal((201, null), await helper.AnswerAsync("POST", "/api/v1/users", Body(NewEmail())));
        Assert.Equal((403, Codes.Forbidden), await helper.AnswerAsync("POST", "/api/v1/users", Body(NewEmail(), "manager")));
        Assert.Equal((403, Codes.Forbidden), await helper.AnswerAsync("POST", "/api/v1/users", Body(NewEmail(), "admin")));
        Assert.Equal((403, Codes.Forbidden), await helper.AnswerAsync(
            "POST", "/api/v1/users", Body(NewEmail(), more: $$""", "roles": ["{{mighty.Slug}}"]""")));
        Assert.Equal((403, Codes.Forbidden), await manager.AnswerAsync("POST", "/api/v1/users", Body(NewEmail())));
        Assert.Equal((403, Codes.Forbidden), await tenant.Client.AnswerAsync(
            "POST", "/api/v1/users", Body(NewEmail(), "admin", """, "roles": ["super_admin"]""")));
        using var byStaff = await _platform.StaffAsync(
            "POST", $"/tenants/{tenant.Id}/users", Body(NewEmail(), "admin", """, "roles": ["super_admin"]"""));
        Assert.Equal(201, (int)byStaff.StatusCode);
    }

    [Fact]
    public async Task A_key_belongs_to_a_tenant_and_replays_its_answer()
    {
        var (first, second) = (await _platform.NewTenantAsync(), await _platform.NewTenantAsync());
        var (email, key) = (NewEmail(), $"{Guid.CreateVersion7():n}");

        using var one = await first.SendAsync("POST", "/users", Body(email), key: key);
        var invitation = await one.DataAsync<InvitationResponse>();
        await first.SendAsync("DELETE", $"/invitations/{invitation.Id}");
        using var again = await first.SendAsync("POST", "/users", Body(email), key: key);
        using var reused = await first.SendAsync("POST", "/users", Body(NewEmail()), key: key);
        using var other = await second.SendAsync("POST", "/users", Body(email), key: key);

        Assert.Equal((201, 201, "true"), ((int)one.StatusCode, (int)again.StatusCode, again.Headers.GetValues("Idempotency-Replayed").Single()));
        Assert.Equal(invitation.Id, (await again.DataAsync<InvitationResponse>()).Id);
        Assert.Equal((422, Codes.IdempotencyKeyReused), await reused.ProblemAsync());
        Assert.Equal(201, (int)other.StatusCode);
    }

    private static Task<InvitationResponse> InvitedAsync(TestTenant tenant, string email) =>
        tenant.SentAsync<InvitationResponse>("POST", "/users", Body(email));

    private static async Task<List<InvitationResponse>> ListAsync(TestTenant tenant, string query = "") =>
    [
        .. (await tenant.SentAsync<List<InvitationResponse>>("GET", $"/invitations{query}"))
            .Where(invitation => invitation.Id != tenant.InvitationId),
    ];

    private static Task<InvitationResponse> ReadAsync(TestTenant tenant, long id) =>
        tenant.SentAsync<InvitationResponse>("GET", $"/invitations/{id}");
}
