using Duende.IdentityServer.EntityFramework;
using Duende.IdentityServer.EntityFramework.DbContexts;
using Duende.IdentityServer.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Identity.Accounts;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity.DuendeStandIn;

/// <summary>What is left behind: rows that expire, and the audit.</summary>
public sealed class CleanupTests(IdentityFixture fixture)
{
    [Fact]
    public async Task Expired_rows_go_and_live_ones_stay()
    {
        await using var app = await fixture.StartAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        await person.AuthorizeAsync(client.Request()); // a request that waits for ever
        var tokens = await person.TokensAsync(client);
        app.Clock.Advance(TimeSpan.FromHours(2));

        await Service<Cleanup>(app).CleanAsync(CancellationToken.None);

        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PersistedGrantDbContext>();
        Assert.Empty(await db.PushedAuthorizationRequests.ToListAsync());
        Assert.Equal(
            ["authorization", "refresh_token"],
            await db.PersistedGrants.Select(row => row.Type).OrderBy(type => type).ToListAsync());
        Assert.NotNull(tokens["refresh_token"]);
    }

    [Fact]
    public async Task Clients_learn_of_sessions_that_expire()
    {
        await using var app = await fixture.StartAsync();
        using var silent = await app.NewPersonAsync();
        using var busy = await app.NewPersonAsync();
        var client = app.Client();
        var old = await silent.TokensAsync(client);
        app.Clock.Advance(TimeSpan.FromMinutes(31));
        await busy.TokensAsync(client);

        await Service<SessionCleanup>(app).CleanAsync(CancellationToken.None);

        var logout = new JsonWebToken(Assert.Single(app.Hub.LogoutTokens));
        Assert.Equal(new JsonWebToken(old.IdToken).GetClaim("sid").Value, logout.GetClaim("sid").Value);
        Assert.NotNull((await busy.AuthorizeAsync(client.Request(("prompt", "none"))))["code"]);
    }

    [Fact]
    public async Task The_audit_tells_of_sign_ins_replays_and_refusals_without_their_secrets()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        var client = app.Client();
        var page = await person.AuthorizeAsync(client.Request());
        await person.FillInAsync(page, "wrong password");
        var landing = await person.FillInAsync(page);
        var tokens = await client.RedeemAsync(landing.Code);
        await client.RefreshAsync(tokens.RefreshToken);
        await client.RefreshAsync(tokens.RefreshToken);
        await client.RedeemAsync(landing.Code);

        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();
        var rows = await db.Database.SqlQuery<string>(
            $"""select kind || ' ' || coalesce(detail, '') as "Value" from login_audit where account_id = {person.Id} order by id""")
            .ToListAsync();

        Assert.Equal(["sign_in_failed", "sign_in", "token_refused", "token_refused"], rows.Select(row => row.Split(' ')[0]));
        Assert.Contains("refresh_token_reuse", rows[2], StringComparison.Ordinal);
        Assert.Contains("code_replay", rows[3], StringComparison.Ordinal);
        Assert.All(rows, row => Assert.DoesNotContain(landing.Code, row, StringComparison.Ordinal));
    }

    private static T Service<T>(IdentityApp app) => app.Services.GetServices<IHostedService>().OfType<T>().Single();
}
