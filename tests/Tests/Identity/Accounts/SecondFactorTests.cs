using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Platform.Identity.Factors;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity.Accounts;

/// <summary>Authenticator apps and recovery codes.</summary>
public sealed class SecondFactorTests(FactorIdentity world) : IClassFixture<FactorIdentity>
{
    [Fact]
    public async Task A_person_with_an_app_signs_in_with_password_and_code()
    {
        using var person = await world.NewPersonAsync();
        var setUp = await world.SetUpAsync(person);
        using var other = world.OtherBrowser(person);
        var client = world.App.Client();

        var step = await other.EnterAsync(client.Request());
        var landing = await other.SubmitAsync(step, ("Code", world.NextCode(setUp.Secret)));
        var answer = await client.RedeemAsync(landing.Code);

        Assert.Equal(10, setUp.RecoveryCodes.Distinct().Count());
        Assert.EndsWith("/Account/ShowSecondFactor", step.Url.AbsolutePath, StringComparison.Ordinal);
        Assert.Null(step["code"]);
        Assert.Equal(["pwd", "otp", "mfa"], Methods(answer));
        Assert.Contains("factor_added totp", await world.AuditAsync(person));
        Assert.Contains("sign_in pwd otp mfa", await world.AuditAsync(person));
        Assert.Contains("factors_changed", await world.MailsAsync(person));
    }

    [Fact]
    public async Task An_app_is_not_set_up_without_its_code()
    {
        using var person = await world.NewPersonAsync();
        await world.ProveAsync(person);
        var page = await person.GoAsync(world.Url("Authenticator"));
        var secret = FactorIdentity.SecretOn(page);

        var wrong = await person.SubmitAsync(page, ("Code", world.WrongCode(secret)));
        var strange = await person.SubmitAsync(page, ("Code", "\0"), ("Ticket", "invented"));

        Assert.Equal(secret, FactorIdentity.SecretOn(wrong));
        Assert.NotEqual(secret, FactorIdentity.SecretOn(strange));
        Assert.Empty(FactorIdentity.CodesOn(wrong));
        Assert.False((await world.AccountAsync(person)).TwoFactorEnabled);
    }

    [Fact]
    public async Task A_code_works_once_even_for_concurrent_requests()
    {
        using var person = await world.NewPersonAsync();
        var setUp = await world.SetUpAsync(person);
        using var first = world.OtherBrowser(person);
        using var second = world.OtherBrowser(person);
        using var third = world.OtherBrowser(person);
        var steps = new[] { await world.OpenSecurityAsync(first), await world.OpenSecurityAsync(second) };
        var stepOfThird = await world.OpenSecurityAsync(third);

        var ofSetUp = await third.SubmitAsync(stepOfThird, ("Code", world.Code(setUp.Secret)));
        var code = world.NextCode(setUp.Secret);
        var landings = await Task.WhenAll(
            first.SubmitAsync(steps[0], ("Code", code)), second.SubmitAsync(steps[1], ("Code", code)));
        var late = await third.SubmitAsync(stepOfThird, ("Code", code));

        Assert.Single(landings, landing => landing.IsAt(world.Url("Security")));
        Assert.All([ofSetUp, late], landing => Assert.True(landing.IsAt(world.Url("ShowSecondFactor"))));
    }

    [Fact]
    public async Task Codes_of_the_neighbouring_steps_work_and_older_ones_do_not()
    {
        using var person = await world.NewPersonAsync();
        var secret = (await world.SetUpAsync(person)).Secret;
        var codes = new[] { world.NextCode(secret), world.NextCode(secret), world.NextCode(secret) };

        var ofStepBefore = await IsAcceptedAsync(person, codes[1]);
        var older = await IsAcceptedAsync(person, codes[0]);
        var present = await IsAcceptedAsync(person, codes[2]);

        Assert.Equal((true, false, true), (ofStepBefore, older, present));
    }

    [Fact]
    public async Task Five_wrong_codes_lock_the_account_and_the_right_password_in_between_does_not_help()
    {
        using var person = await world.NewPersonAsync();
        var setUp = await world.SetUpAsync(person);

        for (var i = 0; i < 5; i++) Assert.False(await IsAcceptedAsync(person, world.WrongCode(setUp.Secret)));
        using var locked = world.OtherBrowser(person);
        var refused = await world.OpenSecurityAsync(locked);
        world.App.Clock.Advance(TimeSpan.FromMinutes(16));
        var accepted = await IsAcceptedAsync(person, world.Code(setUp.Secret));

        Assert.True(refused.IsSignInPage);
        Assert.Contains("sign_in_failed WrongCode", await world.AuditAsync(person));
        Assert.Contains("sign_in_failed Locked", await world.AuditAsync(person));
        Assert.True(accepted);
    }

    [Fact]
    public async Task A_locked_account_does_not_take_a_right_code()
    {
        using var person = await world.NewPersonAsync();
        var setUp = await world.SetUpAsync(person);
        using var other = world.OtherBrowser(person);
        var step = await world.OpenSecurityAsync(other);
        for (var i = 0; i < 5; i++) await other.SubmitAsync(step, ("Code", world.WrongCode(setUp.Secret)));

        var code = await other.SubmitAsync(step, ("Code", world.NextCode(setUp.Secret)));
        var recovery = await other.SubmitAsync(step, ("Code", setUp.RecoveryCodes[0]));

        Assert.All([code, recovery], landing => Assert.True(landing.IsAt(world.Url("ShowSecondFactor"))));
        Assert.Equal(10, (await SummaryAsync(person)).RecoveryCodesLeft);
    }

    [Fact]
    public async Task A_recovery_code_works_once_even_for_concurrent_requests()
    {
        using var person = await world.NewPersonAsync();
        var setUp = await world.SetUpAsync(person);
        using var first = world.OtherBrowser(person);
        using var second = world.OtherBrowser(person);
        var steps = new[] { await world.OpenSecurityAsync(first), await world.OpenSecurityAsync(second) };
        var typed = setUp.RecoveryCodes[3].Replace("-", " ", StringComparison.Ordinal).ToLower(CultureInfo.InvariantCulture);

        var landings = await Task.WhenAll(
            first.SubmitAsync(steps[0], ("Code", typed)), second.SubmitAsync(steps[1], ("Code", typed)));

        Assert.Single(landings, landing => landing.IsAt(world.Url("Security")));
        Assert.Equal(9, (await SummaryAsync(person)).RecoveryCodesLeft);
        Assert.False(await IsAcceptedAsync(person, setUp.RecoveryCodes[3]));
    }

    [Fact]
    public async Task A_recovery_code_of_another_person_is_refused()
    {
        using var person = await world.NewPersonAsync();
        using var stranger = await world.NewPersonAsync();
        await world.SetUpAsync(person);
        var theirs = await world.SetUpAsync(stranger);

        Assert.False(await IsAcceptedAsync(person, theirs.RecoveryCodes[0]));
    }

    [Fact]
    public async Task The_second_step_without_a_password_leads_to_the_sign_in_page()
    {
        using var person = await world.NewPersonAsync();

        var shown = await person.GoAsync(world.Url("ShowSecondFactor"));
        var setUp = await person.GoAsync(world.Url("SetUpSecondFactor"));

        Assert.All([shown, setUp], landing => Assert.True(landing.IsSignInPage));
    }

    [Fact]
    public async Task A_stale_form_of_the_second_step_is_shown_again_and_uses_no_code()
    {
        using var person = await world.NewPersonAsync();
        var setUp = await world.SetUpAsync(person);
        using var other = world.OtherBrowser(person);
        var step = await world.OpenSecurityAsync(other);

        var again = await other.PostAsync(step.Url.ToString(), [new("Code", setUp.RecoveryCodes[0])]);

        Assert.True(again.IsAt(world.Url("ShowSecondFactor")));
        Assert.Contains("role=\"status\"", again.Html, StringComparison.Ordinal);
        Assert.Equal(10, (await SummaryAsync(person)).RecoveryCodesLeft);
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
