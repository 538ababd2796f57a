using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpNet;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Identity.Accounts;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity.Accounts;

/// <summary>
/// Identity that requires a second factor of staff. Tests turn its clock to get to the next code of an app.
/// </summary>
public partial class FactorIdentity(IdentityFixture identity) : IAsyncLifetime
{
    /// <summary>How long an authenticator app shows a code.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    public IdentityApp App { get; private set; } = null!;

    protected virtual string Host => "127.0.0.1";

    public async ValueTask InitializeAsync() =>
        App = await identity.StartAsync(new Dictionary<string, string> { ["SignIn:StaffNeedSecondFactor"] = "true" }, Host);

    /// <summary>A person with one organisation, so that no page asks for the organisation.</summary>
    public async Task<Person> NewPersonAsync(bool isStaff = false, string locale = "en")
    {
        var person = await App.NewPersonAsync();
        App.Api.SetTenants(person.Id, ApiStub.Clinic);
        await App.ChangeAccountAsync(person.Id, (accounts, account) =>
        {
            (account.PlatformRole, account.Locale) = (isStaff ? PlatformRoles.InternalAdmin : null, locale);
            return accounts.UpdateAsync(account);
        });
        return person;
    }

    /// <summary>Another browser of the same person.</summary>
    public Person OtherBrowser(Person person) => new(App, person.Id, person.Email);

    public string Url(string page) => $"{App.Issuer}/Account/{page}";

    /// <summary>Signs in on the way to the page about second factors.</summary>
    public async Task<Landing> OpenSecurityAsync(Person person)
    {
        var landing = await person.GoAsync(Url("Security"));
        return landing.IsSignInPage ? await person.FillInAsync(landing) : landing;
    }

    public async Task<Landing> ProveAsync(Person person, string password = DemoTenants.Password) => await person.SubmitAsync(
        At(await OpenSecurityAsync(person), "Security?handler=Prove"), ("password", password));

    /// <summary>With an account that has shown its password: sets an app up.</summary>
    public async Task<FactorSetUp> SetUpAsync(Person person)
    {
        await ProveAsync(person);
        var page = await person.GoAsync(Url("Authenticator"));
        var secret = SecretOn(page);
        var done = await person.SubmitAsync(page, ("Code", Code(secret)));
        return new(secret, CodesOn(done), done);
    }

    /// <summary>The code that an app shows now.</summary>
    public string Code(string secret) =>
        new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(App.Clock.GetUtcNow().UtcDateTime);

    /// <summary>The code that an app shows next: the present one may have been used.</summary>
    public string NextCode(string secret)
    {
        App.Clock.Advance(Step);
        return Code(secret);
    }

    /// <summary>A code that an app shows neither now nor soon.</summary>
    public string WrongCode(string secret)
    {
        var totp = new Totp(Base32Encoding.ToBytes(secret));
        var near = Enumerable.Range(-3, 7).Select(i => totp.ComputeTotp((App.Clock.GetUtcNow() + (i * Step)).UtcDateTime)).ToList();
        return Enumerable.Range(0, 10).Select(i => $"00000{i}").First(code => !near.Contains(code));
    }

    public Landing At(Landing page, string path) => page with { Url = new(Url(path)) };

    public async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = App.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }

    public Task<Account> AccountAsync(Person person) => InScopeAsync(services =>
        services.GetRequiredService<IdentityDb>().Users.AsNoTracking().SingleAsync(account => account.Id == person.Id));

    public Task<List<string>> AuditAsync(Person person) => InScopeAsync(services =>
        services.GetRequiredService<IdentityDb>().Database.SqlQuery<string>(
            $"select concat_ws(' ', kind, detail) as \"Value\" from login_audit where account_id = {person.Id} order by id").ToListAsync());

    public Task<List<string>> MailsAsync(Person person) => InScopeAsync(services =>
        services.GetRequiredService<IdentityDb>().Database.SqlQuery<string>(
            $"select kind as \"Value\" from account_mails where account_id = {person.Id} order by id").ToListAsync());

    public static string SecretOn(Landing page) => Secret().Match(page.Html).Groups[1].Value.Replace(" ", "", StringComparison.Ordinal);

    public static List<string> CodesOn(Landing page) => [.. Codes().Matches(page.Html).Select(match => match.Groups[1].Value)];

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [GeneratedRegex("""<code id="secret">([A-Z2-7 ]+)</code>""")]
    private static partial Regex Secret();

    [GeneratedRegex("<li><code>([A-Z2-7-]+)</code></li>")]
    private static partial Regex Codes();
}

/// <param name="Secret">In Base32.</param>
public sealed record FactorSetUp(string Secret, List<string> RecoveryCodes, Landing Page);
