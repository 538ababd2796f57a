using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts.Tenants;
using Platform.Identity.Accounts;
using Platform.Identity.Passwords;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity.Accounts;

/// <summary>Concurrent attempts at one account, and passwords in all their forms.</summary>
public sealed class CredentialsTests(IdentityFixture fixture)
{
    [Fact]
    public async Task Concurrent_wrong_passwords_all_count()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();

        var faults = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CheckAsync(app, person.Email, "a wrong password")));
        var after = await CheckAsync(app, person.Email, DemoTenants.Password);

        Assert.All(faults, fault => Assert.NotNull(fault));
        Assert.Equal(SignInRejection.Locked, after);
    }

    [Fact]
    public async Task The_right_password_is_accepted_during_wrong_attempts_below_the_limit()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();

        for (var round = 0; round < 5; round++)
        {
            var faults = await Task.WhenAll(Enumerable.Range(0, 8).Select(
                i => CheckAsync(app, person.Email, i < 2 ? "a wrong password" : DemoTenants.Password)));

            Assert.All(faults[2..], fault => Assert.Null(fault));
            Assert.Null(await CheckAsync(app, person.Email, DemoTenants.Password)); // which resets the count
        }
    }

    [Fact]
    public async Task A_password_is_the_same_in_every_Unicode_form()
    {
        var app = await fixture.SharedAsync();
        using var person = await app.NewPersonAsync();
        await SetAsync(app, person.Id, "cora\u00e7\u00e3o valente");

        Assert.Null(await CheckAsync(app, person.Email, "corac\u0327a\u0303o valente"));
        Assert.Equal(SignInRejection.WrongPassword, await CheckAsync(app, person.Email, "coracao valente"));
        Assert.Equal(SignInRejection.WrongPassword, await CheckAsync(app, person.Email, "\ud800"));
    }

    [Theory]
    [InlineData("ninechars", PasswordRules.TooShort)]
    [InlineData("çãõéíúâêô", PasswordRules.TooShort)]
    [InlineData("🔑🔑🔑🔑🔑🔑🔑🔑🔑", PasswordRules.TooShort)]
    [InlineData("Password123", PasswordRules.Breached)]
    [InlineData("1q2w3e4r5t", PasswordRules.Breached)]
    [InlineData("rules@example.com", PasswordRules.Personal)]
    [InlineData("Rules Regina Longname", PasswordRules.Personal)]
    [InlineData("🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑", null)]
    [InlineData("only words in a row", null)]
    [InlineData("          ", null)]
    public async Task New_passwords_follow_the_rules(string password, string? fault)
    {
        var rules = await RulesAsync();
        var account = new Account { Email = "rules@example.com", Name = "Rules Regina Longname" };

        Assert.Equal(fault, await rules.FindErrorAsync(password, account));
    }

    [Fact]
    public async Task Malformed_Unicode_is_refused_as_a_password() =>
        Assert.Equal(PasswordRules.Malformed, await (await RulesAsync()).FindErrorAsync("half a \ud800 letter", new()));

    [Fact]
    public async Task The_longest_password_has_128_characters()
    {
        var rules = await RulesAsync();

        Assert.Null(await rules.FindErrorAsync(string.Concat(Enumerable.Repeat("🔑", 128)), new()));
        Assert.Equal(PasswordRules.TooLong, await rules.FindErrorAsync(new string('x', 129), new()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".txt")]
    public async Task A_mounted_list_of_breached_passwords_is_checked(string extension)
    {
        var folder = Directory.CreateTempSubdirectory();
        // SHA-1 of "a rather long sentence" and of "one that is only padding", by their first five digits.
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, $"{Hash("a rather long sentence")[..5]}{extension}"),
            $"0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n{Hash("a rather long sentence")[5..]}:42\r\n");
        await File.AppendAllTextAsync(Path.Combine(folder.FullName, $"{Hash("one that is only padding")[..5]}{extension}"),
            $"{Hash("one that is only padding")[5..]}:0\r\n");
        var app = await fixture.StartAsync(new Dictionary<string, string> { ["Passwords:BreachedFolder"] = folder.FullName });
        await using var _ = app;
        var rules = app.Services.GetRequiredService<PasswordRules>();

        Assert.Equal(PasswordRules.Breached, await rules.FindErrorAsync("a rather long sentence", new()));
        Assert.Null(await rules.FindErrorAsync("one that is only padding", new()));
        Assert.Null(await rules.FindErrorAsync("one that nobody has stolen", new()));
        folder.Delete(recursive: true);
    }

#pragma warning disable CA5350 // the format of the lists
    private static string Hash(string text) =>
        Convert.ToHexString(System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350

    private async Task<PasswordRules> RulesAsync() => (await fixture.SharedAsync()).Services.GetRequiredService<PasswordRules>();

    private static async Task<SignInRejection?> CheckAsync(IdentityApp app, string email, string password)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var credentials = scope.ServiceProvider.GetRequiredService<Credentials>();
        return (await credentials.CheckAsync(email, password, CancellationToken.None)).Rejection;
    }

    private static async Task SetAsync(IdentityApp app, long id, string password)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var account = await scope.ServiceProvider.GetRequiredService<IdentityDb>().Users.SingleAsync(a => a.Id == id);
        var changes = scope.ServiceProvider.GetRequiredService<PasswordChanges>();
        Assert.Null(await changes.SetAsync(account, password, AuditKinds.PasswordSet, null, CancellationToken.None));
    }
}
