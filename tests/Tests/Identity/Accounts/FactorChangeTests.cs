using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Identity.Accounts;
using Platform.Identity.Factors;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity.Accounts;

/// <summary>Changes of second factors: who may make them, and which sessions they end.</summary>
public sealed class FactorChangeTests(FactorIdentity world) : IClassFixture<FactorIdentity>
{
    [Fact]
    public async Task New_recovery_codes_replace_the_old_ones()
    {
        using var person = await world.NewPersonAsync();
        var setUp = await world.SetUpAsync(person);

        var page = await person.SubmitAsync(world.At(await world.OpenSecurityAsync(person), "Security?handler=NewCodes"));
        var codes = FactorIdentity.CodesOn(page);

        Assert.Equal(10, codes.Except(setUp.RecoveryCodes).Count());
        Assert.Empty(FactorIdentity.CodesOn(await world.OpenSecurityAsync(person)));
        Assert.False(await IsAcceptedAsync(person, setUp.RecoveryCodes[0]));
        Assert.True(await IsAcceptedAsync(person, codes[0]));
    }

    [Fact]
    public async Task Without_its_last_factor_an_account_needs_no_code_and_has_no_recovery_codes()
    {
        using var person = await world.NewPersonAsync();
        await world.SetUpAsync(person);

        await person.SubmitAsync(world.At(await world.OpenSecurityAsync(person), "Security?handler=RemoveTotp"));
        using var other = world.OtherBrowser(person);
        var landing = await world.OpenSecurityAsync(other);

        Assert.True(landing.IsAt(world.Url("Security")));
        var summary = await SummaryAsync(person);
        Assert.Equal((null, 0), (summary.TotpSince, summary.RecoveryCodesLeft));
        Assert.Contains("factor_removed totp", await world.AuditAsync(person));
    }

    [Theory]
    [InlineData("Security?handler=RemoveTotp")]
    [InlineData("Security?handler=NewCodes")]
    [InlineData("Security?handler=RemovePasskey")]
    [InlineData("Security?handler=RenamePasskey")]
    [InlineData("Security?handler=AddPasskey")]
    [InlineData("Authenticator")]
    public async Task A_session_alone_changes_no_factor(string path)
    {
        using var person = await world.NewPersonAsync();
        var setUp = await world.SetUpAsync(person);
        using var thief = world.OtherBrowser(person);
        var page = await thief.SubmitAsync(await world.OpenSecurityAsync(thief), ("Code", world.NextCode(setUp.Secret)));
        var mails = await world.MailsAsync(person);

        var wrong = await world.ProveAsync(thief, "not the password");
        var landing = await thief.SubmitAsync(world.At(page, path), ("Code", "123456"), ("Name", "Mine"), ("Credential", "{}"));
        var offer = await thief.GoAsync(world.Url("Authenticator"));

        Assert.Contains("role=\"alert\"", wrong.Html, StringComparison.Ordinal);
        Assert.All([landing, offer], answer => Assert.True(answer.IsAt(world.Url("Security"))));
        Assert.Contains("handler=Prove", landing.Html, StringComparison.Ordinal);
        Assert.Equal(mails, await world.MailsAsync(person));
        Assert.Equal(10, (await SummaryAsync(person)).RecoveryCodesLeft);
    }

    [Fact]
    public async Task A_proof_fits_no_other_session_and_ends_after_ten_minutes()
    {
        using var person = await world.NewPersonAsync();
        using var thief = world.OtherBrowser(person);
        await world.OpenSecurityAsync(thief);
        await world.ProveAsync(person);
        using var stolen = new HttpRequestMessage(HttpMethod.Get, world.Url("Authenticator"));
        stolen.Headers.Add("Cookie", $"id.proof={person.Cookie(world.App.Issuer, "id.proof")}");

        using var refused = await thief.SendAsync(stolen);
        var before = await person.GoAsync(world.Url("Authenticator"));
        world.App.Clock.Advance(TimeSpan.FromMinutes(11));
        var after = await person.GoAsync(world.Url("Authenticator"));

        Assert.Equal("/Account/Security", refused.Headers.Location?.OriginalString);
        Assert.True(before.IsAt(world.Url("Authenticator")));
        Assert.True(after.IsAt(world.Url("Security")));
    }

    [Fact]
    public async Task A_change_ends_other_sessions_and_gives_this_one_a_new_cookie()
    {
        using var person = await world.NewPersonAsync();
        using var other = world.OtherBrowser(person);
        await world.OpenSecurityAsync(other);
        await world.ProveAsync(person);
        var old = person.Cookie(world.App.Issuer, "id.session");

        await world.SetUpAsync(person);
        using var copy = new HttpRequestMessage(HttpMethod.Get, world.Url("Security"));
        copy.Headers.Add("Cookie", $"id.session={old}");
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        using var ofCopy = await client.SendAsync(copy);

        Assert.True((await person.GoAsync(world.Url("Security"))).IsAt(world.Url("Security")));
        Assert.True((await other.GoAsync(world.Url("Security"))).IsSignInPage);
        Assert.StartsWith("/Account/Login", ofCopy.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.NotEqual("", old);
    }

    [Fact]
    public async Task Staff_without_a_factor_set_one_up_in_the_middle_of_the_sign_in_and_cannot_remove_it()
    {
        using var person = await world.NewPersonAsync(isStaff: true);
        var client = world.App.Client("admin");

        var page = await person.EnterAsync(client.Request(("scope", "openid platform")));
        var early = await person.SubmitAsync(world.At(page, $"SetUpSecondFactor{page.Url.Query}&handler=Continue"));
        var done = await person.SubmitAsync(
            world.At(page, $"SetUpSecondFactor{page.Url.Query}&handler=Totp"), ("Code", world.Code(FactorIdentity.SecretOn(page))));
        var landing = await person.SubmitAsync(world.At(done, $"SetUpSecondFactor{page.Url.Query}&handler=Continue"));
        await world.ProveAsync(person);
        var kept = await person.SubmitAsync(world.At(await world.OpenSecurityAsync(person), "Security?handler=RemoveTotp"));

        Assert.True(page.IsAt(world.Url("SetUpSecondFactor")));
        Assert.True(early.IsAt(world.Url("SetUpSecondFactor")));
        Assert.Equal(10, FactorIdentity.CodesOn(done).Count);
        Assert.Equal(["pwd", "otp", "mfa"], Methods(await client.RedeemAsync(landing.Code)));
        Assert.Contains("role=\"alert\"", kept.Html, StringComparison.Ordinal);
        Assert.True((await world.AccountAsync(person)).TwoFactorEnabled);
    }

    [Fact]
    public async Task A_thief_who_knows_only_the_password_cannot_add_another_factor()
    {
        using var person = await world.NewPersonAsync(isStaff: true);
        using var thief = world.OtherBrowser(person);
        var setUpPage = await world.OpenSecurityAsync(thief); // the thief has been asked to set one up
        var own = await world.OpenSecurityAsync(person);
        await person.SubmitAsync(world.At(own, "SetUpSecondFactor?handler=Totp"), ("Code", world.Code(FactorIdentity.SecretOn(own))));

        var late = await thief.SubmitAsync(
            world.At(setUpPage, "SetUpSecondFactor?handler=Totp"), ("Code", world.NextCode(FactorIdentity.SecretOn(setUpPage))));
        var shown = await thief.FillInAsync(await thief.GoAsync(world.Url("Login")));
        var again = await thief.GoAsync(world.Url("SetUpSecondFactor"));

        Assert.True(late.IsSignInPage);
        Assert.True(shown.IsAt(world.Url("ShowSecondFactor")));
        Assert.True(again.IsSignInPage);
    }

    [Fact]
    public async Task Staff_reset_the_factors_of_a_person_whose_sessions_end()
    {
        using var person = await world.NewPersonAsync();
        await world.SetUpAsync(person);

        await world.InScopeAsync(async services =>
        {
            var account = await services.GetRequiredService<UserManager<Account>>().FindByIdAsync($"{person.Id}");
            await services.GetRequiredService<SecondFactors>().ResetAsync(account!, "lost", TestContext.Current.CancellationToken);
            return true;
        });

        var summary = await SummaryAsync(person);
        Assert.False(summary.HasAny || (await world.AccountAsync(person)).TwoFactorEnabled);
        Assert.Equal(0, summary.RecoveryCodesLeft);
        Assert.True((await person.GoAsync(world.Url("Security"))).IsSignInPage);
        Assert.Contains("factors_reset lost", await world.AuditAsync(person));
        Assert.Equal(2, (await world.MailsAsync(person)).Count(kind => kind == "factors_changed"));
    }

    [Fact]
    public async Task A_change_of_factors_ends_a_sign_in_that_is_half_done()
    {
        using var person = await world.NewPersonAsync();
        var setUp = await world.SetUpAsync(person);
        using var other = world.OtherBrowser(person);
        var step = await world.OpenSecurityAsync(other);

        await person.SubmitAsync(world.At(await world.OpenSecurityAsync(person), "Security?handler=NewCodes"));
        var landing = await other.SubmitAsync(step, ("Code", world.NextCode(setUp.Secret)));

        Assert.True(landing.IsSignInPage);
    }

    /// <summary>Signs in in a new browser.</summary>
    private async Task<bool> IsAcceptedAsync(Person person, string code)
    {
        using var browser = world.OtherBrowser(person);
        var step = await world.OpenSecurityAsync(browser);
        return (await browser.SubmitAsync(step, ("Code", code))).IsAt(world.Url("Security"));
    }

    private Task<FactorSummary> SummaryAsync(Person person) => world.InScopeAsync(services =>
        services.GetRequiredService<SecondFactors>().DescribeAsync(person.Id, TestContext.Current.CancellationToken));

    private static IEnumerable<string> Methods(Answer answer) =>
        new JsonWebToken(answer.IdToken).Claims.Where(claim => claim.Type == "amr").Select(claim => claim.Value);
}
