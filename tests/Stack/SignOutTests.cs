using Npgsql;
using Platform.Contracts.Tenants;
using Platform.Stack.Support;

namespace Platform.Stack;

/// <summary>One browser, one account, both apps: a sign-out at one app also ends the session at the other.</summary>
public sealed class SignOutTests(StackFixture stack)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("hub", "admin")]
    [InlineData("admin", "hub")]
    public async Task Signing_out_at_one_app_ends_the_session_at_the_other(string left, string other)
    {
        await LetStaffIntoATenantAsync();
        await using var sofia = await stack.NewPersonAsync("en");
        await sofia.SignInAsync(AppOf(left), DemoTenants.Staff);
        var page = await sofia.Page.Context.NewPageAsync();
        await page.GotoAsync($"{AppOf(other)}"); // signed in at Identity, so without a form
        await page.Locator("form[action='/signout'] button").First.WaitForAsync();
        Assert.StartsWith($"{AppOf(other)}", page.Url, StringComparison.Ordinal);

        await sofia.Page.Locator("form[action='/signout'] button").First.ClickAsync();
        await sofia.Page.WaitForURLAsync($"{AppOf(left)}signed-out");

        await Eventually.ValueAsync(async () => await AsksToSignInAsync() ? "yes" : null, $"an end of the session at {other}", Ct);
        // The browser still has the cookie: it is the session behind it that is gone, through the back channel.
        Assert.Contains(await page.Context.CookiesAsync(), cookie => cookie.Name == $"__Host-{other}.session");

        async Task<bool> AsksToSignInAsync()
        {
            await page.GotoAsync($"{AppOf(other)}");
            return page.Url.StartsWith($"{stack.Identity}", StringComparison.Ordinal) && await page.Locator("[name='Input.Password']").IsVisibleAsync();
        }
    }

    private Uri AppOf(string app) => app == "hub" ? stack.Hub : stack.Admin;

    /// <summary>
    /// No account of the demo can enter both apps: the Hub requires a tenant, Admin requires platform staff.
    /// </summary>
    private async Task LetStaffIntoATenantAsync()
    {
        await using var database = NpgsqlDataSource.Create(stack.ConnectionString("platformdb"));
        await using var command = database.CreateCommand($"""
            insert into memberships (tenant_id_fk, user_id_fk, user_type_id_fk)
            select {DemoTenants.Coworking.Id}, {DemoTenants.Staff.Id}, id from user_types where slug = 'admin'
            on conflict do nothing
            """);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
