using Duende.IdentityServer.EntityFramework.DbContexts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity.DuendeStandIn;

/// <summary>Sessions, secrets at rest and signing keys of the stand-in.</summary>
public sealed class SessionTests(IdentityFixture fixture)
{
    [Fact]
    public async Task Each_sign_in_gets_a_new_cookie_and_the_old_one_is_worth_nothing()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        await person.TokensAsync(client);
        var old = person.Cookie(app.Issuer, "id.session");

        await person.FillInAsync(await person.AuthorizeAsync(client.Request(("prompt", "login"))));
        var landing = await WithCookieAsync(app, old, client.Request(("prompt", "none")));

        Assert.NotEqual(old, person.Cookie(app.Issuer, "id.session"));
        Assert.Contains("error=login_required", landing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_database_holds_no_handle_that_could_be_used()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var landing = await person.EnterAsync(client.Request());
        var tokens = await client.RedeemAsync(landing.Code);

        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PersistedGrantDbContext>();
        var rows = await db.PersistedGrants.AsNoTracking().Where(row => row.SubjectId == $"{person.Id}").ToListAsync();

        Assert.Contains(rows, row => row.Type == "refresh_token");
        Assert.All(rows, row =>
        {
            Assert.DoesNotContain(landing.Code, row.Key + row.Data, StringComparison.Ordinal);
            Assert.DoesNotContain(tokens.RefreshToken, row.Key + row.Data, StringComparison.Ordinal);
            Assert.DoesNotContain(person.Email, row.Data, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_key_is_announced_then_signs_then_retires_then_goes()
    {
        await using var app = await fixture.StartAsync();
        var first = await KidAsync(app);

        app.Clock.Advance(TimeSpan.FromDays(77)); // 90 days less 14 of announcement
        Assert.Equal((first, 2), (await KidAsync(app), await CountAsync(app)));

        app.Clock.Advance(TimeSpan.FromDays(15));
        var second = await KidAsync(app);
        Assert.NotEqual(first, second);
        Assert.Equal(2, await CountAsync(app));

        app.Clock.Advance(TimeSpan.FromDays(15));
        Assert.Equal((second, 1), (await KidAsync(app), await CountAsync(app)));
    }

    [Fact]
    public async Task Without_the_key_ring_the_process_does_not_start()
    {
        var database = await fixture.NewDatabaseAsync();
        await using var api = await ApiStub.StartAsync();
        await using var hub = await HubStub.StartAsync();
        await (await IdentityApp.StartAsync(database, api, hub)).DisposeAsync();
        await using (var source = NpgsqlDataSource.Create(database))
        {
            await using var command = source.CreateCommand("delete from data_protection_keys");
            await command.ExecuteNonQueryAsync();
        }

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => IdentityApp.StartAsync(database, api, hub));

        Assert.Contains("key ring", failure.GetBaseException() + failure.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string> WithCookieAsync(
        IdentityApp app, string cookie, Dictionary<string, string?> request)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        using var message = new HttpRequestMessage(
            HttpMethod.Get, Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(
                $"{app.Issuer}/connect/authorize", request));
        message.Headers.Add("Cookie", $"id.session={cookie}");
        using var response = await http.SendAsync(message);
        return $"{response.Headers.Location}";
    }

    private static async Task<string> KidAsync(IdentityApp app)
    {
        var answer = await app.Client("demo").TokenAsync(("grant_type", "client_credentials"), ("scope", "scheduling"));
        return new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(answer.AccessToken).Kid;
    }

    private static async Task<int> CountAsync(IdentityApp app)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"{app.Issuer}/.well-known/openid-configuration/jwks");
        return (await RelyingParty.SendAsync(request)).Json!.Value.GetProperty("keys").GetArrayLength();
    }
}
