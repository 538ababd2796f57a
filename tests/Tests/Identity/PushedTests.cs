using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity;

/// <summary>Pushed authorization requests (rules P1, P2).</summary>
public sealed class PushedTests(IdentityFixture fixture)
{
    [Fact]
    public async Task A_pushed_request_is_used_once_by_its_client()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var pushed = await PushAsync(client);

        var landing = await person.EnterAsync(
            Refer(client, pushed, ("redirect_uri", "https://evil.example"), ("state", "evil")));
        var again = await person.AuthorizeAsync(Refer(client, pushed));

        Assert.Equal(201, pushed.Status);
        Assert.StartsWith("urn:ietf:params:oauth:request_uri:", pushed["request_uri"], StringComparison.Ordinal);
        Assert.InRange(int.Parse(pushed["expires_in"]!, null), 60, 600);
        Assert.True(landing.IsAt(client.RedirectUri));
        Assert.Equal("s+t/a=t e&é", landing["state"]);
        (await client.RedeemAsync(landing.Code)).IsGranted();
        Assert.True(again.IsErrorPage, $"{again.Url}");
    }

    [Fact]
    public async Task A_pushed_request_of_another_client_is_refused()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var pushed = await PushAsync(app.Client());

        var landing = await person.AuthorizeAsync(Refer(app.Client("other"), pushed));

        Assert.True(landing.IsErrorPage, $"{landing.Url}");
    }

    [Fact]
    public async Task A_pushed_request_waits_for_its_user_to_sign_in_again()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        await person.TokensAsync(client);
        var pushed = await PushAsync(client, ("prompt", "login"));

        var page = await person.AuthorizeAsync(Refer(client, pushed));
        var landing = await person.FillInAsync(page);

        Assert.True(page.IsSignInPage);
        Assert.NotNull(landing["code"]);
    }

    [Fact]
    public async Task An_old_or_invented_reference_is_refused()
    {
        await using var app = await fixture.StartAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var pushed = await PushAsync(client);
        app.Clock.Advance(TimeSpan.FromMinutes(11));

        var old = await person.AuthorizeAsync(Refer(client, pushed));
        var invented = await person.AuthorizeAsync(new()
        {
            ["client_id"] = client.Id,
            ["request_uri"] = "urn:ietf:params:oauth:request_uri:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        });

        Assert.True(old.IsErrorPage, $"{old.Url}");
        Assert.True(invented.IsErrorPage, $"{invented.Url}");
    }

    [Fact]
    public async Task Faulty_requests_are_refused_when_they_are_pushed()
    {
        var app = await fixture.SharedAsync();
        var client = app.Client();

        (await PushAsync(client, ("redirect_uri", "https://evil.example"))).IsRefused("invalid_request");
        (await PushAsync(client, ("scope", "openid nonsense"))).IsRefused("invalid_scope");
        (await PushAsync(client, ("code_challenge", null))).IsRefused("invalid_request");
        (await PushAsync(client, ("request_uri", "urn:ietf:params:oauth:request_uri:x"))).IsRefused("invalid_request");
        (await client.SendAsync("/connect/par", client.Request()!)).IsRefused("invalid_client", "invalid_request");
    }

    [Fact]
    public async Task A_client_that_must_push_gets_nothing_otherwise()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client("pushes");

        var direct = await person.AuthorizeAsync(client.Request());
        var pushed = await person.EnterAsync(Refer(client, await PushAsync(client)));

        Assert.False(direct.IsSignInPage);
        Assert.Null(direct["code"]);
        Assert.NotNull(pushed["code"]);
    }

    private static Task<Answer> PushAsync(RelyingParty client, params (string Name, string? Value)[] changes) =>
        client.PostAsync("/connect/par", [.. client.Request(changes).Select(pair => (pair.Key, pair.Value))]);

    private static Dictionary<string, string?> Refer(
        RelyingParty client, Answer pushed, params (string Name, string? Value)[] more)
    {
        var request =
            new Dictionary<string, string?> { ["client_id"] = client.Id, ["request_uri"] = pushed["request_uri"] };
        foreach (var (name, value) in more) request[name] = value;
        return request;
    }
}
