using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Identity.Accounts;
using Platform.Identity.Factors;
using Platform.Tests.Licensing;
using Platform.Tests.Support;

namespace Platform.Tests.People;

/// <summary>Staff and the accounts of people, with the real Identity.</summary>
[Collection(typeof(WithIdentity))]
public sealed class AccountSecurityTests(InvitingPlatform world)
{
    private readonly PlatformFixture _platform = world.Platform;

    [Fact]
    public async Task Staff_see_sessions_and_end_them()
    {
        using var person = await world.Identity.NewPersonAsync();
        var client = world.Identity.Client();
        var tokens = await person.TokensAsync(client);
        var sid = new JsonWebToken(tokens.IdToken).GetClaim("sid").Value;
        using var staff = _platform.Staff();

        using var before = await staff.GetAsync($"/internal/api/v1/users/{person.Id}/security");
        using var ended = await staff.DeleteAsync($"/internal/api/v1/users/{person.Id}/sessions/{sid}");
        using var again = await staff.DeleteAsync($"/internal/api/v1/users/{person.Id}/sessions/{sid}");

        var security = await before.DataAsync<AccountSecurityResponse>();
        Assert.Equal((person.Email, true, false), (security.Email, security.HasPassword, security.IsLockedByStaff));
        Assert.Equal((sid, "hub"), (Assert.Single(security.Sessions).Id, Assert.Single(security.Sessions[0].Applications)));
        Assert.Empty((await ended.DataAsync<AccountSecurityResponse>()).Sessions);
        Assert.Equal((404, Codes.NotFound), await again.ProblemAsync());
        (await client.RefreshAsync(tokens.RefreshToken)).IsRefused("invalid_grant");
        Assert.Equal(1, await AuditAsync("user.session_ended", person.Id));
    }

    [Fact]
    public async Task A_locked_account_has_no_session_and_no_sign_in_until_staff_unlock_it()
    {
        using var person = await world.Identity.NewPersonAsync();
        var client = world.Identity.Client();
        var tokens = await person.TokensAsync(client);
        using var staff = _platform.Staff();
        var user = $"/internal/api/v1/users/{person.Id}";

        using var locked = await staff.PostAsync($"{user}/lock", Reason("A stolen laptop"));
        (await client.RefreshAsync(tokens.RefreshToken)).IsRefused("invalid_grant");
        var refused = await person.EnterAsync(client.Request());
        using var unlocked = await staff.PostAsync($"{user}/unlock", Reason("It was found again"));
        var entered = await person.EnterAsync(client.Request());

        Assert.True((await locked.DataAsync<AccountSecurityResponse>()).IsLockedByStaff);
        Assert.True(refused.IsSignInPage);
        Assert.Null((await unlocked.DataAsync<AccountSecurityResponse>()).LockedUntil);
        Assert.NotNull(entered["code"]);
        Assert.Equal(1, await AuditAsync("user.locked", person.Id));
        Assert.Equal(1, await AuditAsync("user.unlocked", person.Id));
    }

    [Fact]
    public async Task Staff_reset_the_lost_factors_of_a_person()
    {
        using var person = await world.Identity.NewPersonAsync();
        await using (var scope = world.Identity.Services.CreateAsyncScope())
        {
            var account = await scope.ServiceProvider.GetRequiredService<IdentityDb>().Users.SingleAsync(a => a.Id == person.Id);
            await scope.ServiceProvider.GetRequiredService<SecondFactors>().AddTotpAsync(
                account, TotpCodes.NewSecret(), step: 1, FactorChanger.Staff, CancellationToken.None);
        }

        using var staff = _platform.Staff();
        using var before = await staff.GetAsync($"/internal/api/v1/users/{person.Id}/security");
        var asked = await person.EnterAsync(world.Identity.Client().Request());
        using var reset = await staff.PostAsync($"/internal/api/v1/users/{person.Id}/reset-factors", Reason("Lost the phone"));
        var entered = await person.EnterAsync(world.Identity.Client().Request());

        var security = await before.DataAsync<AccountSecurityResponse>();
        Assert.Equal((true, 10), (security.HasSecondFactor, security.RecoveryCodesLeft));
        Assert.Equal("/Account/ShowSecondFactor", asked.Url.AbsolutePath);
        var after = await reset.DataAsync<AccountSecurityResponse>();
        Assert.Equal((false, 0, null), (after.HasSecondFactor, after.RecoveryCodesLeft, after.TotpSince));
        Assert.NotNull(entered["code"]);
        Assert.Equal(1, await AuditAsync("user.factors_reset", person.Id));
    }

    [Fact]
    public async Task An_action_needs_a_reason_an_account_and_the_role_of_staff()
    {
        using var person = await world.Identity.NewPersonAsync();
        var tenant = await _platform.NewTenantAsync();
        using var staff = _platform.Staff();

        using var noReason = await staff.PostAsync($"/internal/api/v1/users/{person.Id}/lock", Reason(""));
        using var nobody = await staff.PostAsync("/internal/api/v1/users/999999999/lock", Reason("Nobody is there"));
        using var member = await tenant.Client.PostAsync($"/internal/api/v1/users/{person.Id}/lock", Reason("I would like to"));

        Assert.Equal((400, Codes.ValidationFailed), await noReason.ProblemAsync());
        Assert.Equal((404, Codes.NotFound), await nobody.ProblemAsync());
        Assert.Equal(403, (int)member.StatusCode);
        Assert.Equal(0, await AuditAsync("user.locked", person.Id));
        Assert.Equal(0, await AuditAsync("user.locked", 999999999));
    }

    [Fact]
    public async Task An_action_that_waits_for_Identity_holds_up_no_other_audited_request()
    {
        using var slow = await world.Identity.NewPersonAsync();
        using var quick = await world.Identity.NewPersonAsync();
        using var staff = _platform.Staff();
        await using var scope = world.Identity.Services.CreateAsyncScope();
        var identity = scope.ServiceProvider.GetRequiredService<IdentityDb>().Database;
        await using var held = await identity.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await identity.ExecuteSqlAsync($"update accounts set name = name where id = {slow.Id}");

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var waiting = staff.PostAsync($"/internal/api/v1/users/{slow.Id}/lock", Reason("A stolen laptop"));
        while (!await IsBlockedAsync()) await Task.Delay(20, limit.Token);
        using var done = await staff.PostAsync($"/internal/api/v1/users/{quick.Id}/lock", Reason("A stolen phone"))
            .WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        var isWaiting = !waiting.IsCompleted;
        await held.RollbackAsync(TestContext.Current.CancellationToken);
        using var late = await waiting;

        Assert.Equal((200, true, 200), ((int)done.StatusCode, isWaiting, (int)late.StatusCode));
        Assert.Equal(1, await AuditAsync("user.locked", slow.Id));

        async Task<bool> IsBlockedAsync() =>
            (await identity.SqlQuery<bool>($"""
                select exists (
                    select from pg_stat_activity where pg_backend_pid() = any (pg_blocking_pids(pid))) as "Value"
                """).ToListAsync(TestContext.Current.CancellationToken))[0];
    }

    private static StringContent Reason(string reason) => new($$"""{ "reason": "{{reason}}" }""", null, "application/json");

    private Task<long> AuditAsync(string action, long id) => _platform.PlatformValueAsync<long>(
        $"select count(*) from audit_log where action = '{action}' and target_id = {id}");
}
