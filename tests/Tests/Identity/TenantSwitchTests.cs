using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity;

/// <summary>Token exchange into another tenant (rule T9).</summary>
public sealed class TenantSwitchTests(IdentityFixture fixture)
{
    private const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";

    [Fact]
    public async Task A_member_of_two_tenants_gets_a_token_for_the_other()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var first = await person.TokensAsync(client);

        var answer = await SwitchAsync(client, first.AccessToken, "2");
        var (before, after) = (new JsonWebToken(first.AccessToken), new JsonWebToken(answer.AccessToken));

        Assert.Equal(AccessToken, answer["issued_token_type"]);
        Assert.Equal("Bearer", answer["token_type"]);
        Assert.Null(answer["refresh_token"]);
        Assert.Equal(("1", "2"), (before.GetClaim("tenant_id").Value, after.GetClaim("tenant_id").Value));
        Assert.Equal(
            ["reception", "user"], after.Claims.Where(claim => claim.Type == "roles").Select(claim => claim.Value));
        foreach (var claim in (string[])["sub", "sid", "auth_time", "amr", "client_id", "iss"])
        {
            Assert.Equal(before.GetClaim(claim).Value, after.GetClaim(claim).Value);
        }
    }

    [Fact]
    public async Task Of_a_tenant_where_one_is_no_member_nothing_is_given()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var first = await person.TokensAsync(client);

        (await SwitchAsync(client, first.AccessToken, "99")).IsRefused("invalid_target");
        (await SwitchAsync(client, first.AccessToken, "no-such-tenant")).IsRefused("invalid_target");
        (await SwitchAsync(client, first.AccessToken, "2'; drop table")).IsRefused("invalid_target");
    }

    public static TheoryData<string, string?> Faults => new()
    {
        { "subject_token", null },
        { "subject_token", "nonsense" },
        { "subject_token_type", null },
        { "subject_token_type", "urn:ietf:params:oauth:token-type:id_token" },
        { "requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token" },
        { "actor_token", "x" },
        { "tenant", null },
    };

    [Theory, MemberData(nameof(Faults))]
    public async Task A_malformed_exchange_is_refused(string name, string? value)
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var first = await person.TokensAsync(client);

        (await SwitchAsync(client, first.AccessToken, "2", (name, value))).IsRefused("invalid_request");
    }

    [Fact]
    public async Task Only_an_access_token_of_a_person_and_of_the_same_client_will_do()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var own = await person.TokensAsync(client);
        var ofOther = await person.TokensAsync(app.Client("other"));
        var ofService = await app.Client("demo").TokenAsync(
            ("grant_type", "client_credentials"), ("scope", "scheduling"));

        (await SwitchAsync(client, ofOther.AccessToken, "2")).IsRefused("invalid_request");
        (await SwitchAsync(client, ofService.AccessToken, "2")).IsRefused("invalid_request");
        (await SwitchAsync(client, own.IdToken, "2")).IsRefused("invalid_request");
        (await SwitchAsync(client, own.AccessToken, "2", ("scope", "platform"))).IsRefused("invalid_scope");
        (await SwitchAsync(app.Client("other"), ofOther.AccessToken, "2")).IsRefused("unauthorized_client");
    }

    [Fact]
    public async Task After_the_sign_out_nothing_is_exchanged()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var first = await person.TokensAsync(client);

        await person.GoAsync($"{app.Issuer}/connect/endsession?id_token_hint={first.IdToken}");

        (await SwitchAsync(client, first.AccessToken, "2")).IsRefused("invalid_request");
    }

    private static Task<Answer> SwitchAsync(
        RelyingParty client, string token, string tenant, params (string Name, string? Value)[] changes) =>
        client.TokenAsync(
        [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", token),
            ("subject_token_type", AccessToken), ("tenant", tenant), ("scope", "scheduling"), .. changes,
        ]);
}
