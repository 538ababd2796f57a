using Microsoft.Playwright;
using Npgsql;
using Platform.Stack.Support;

namespace Platform.Stack;

/// <summary>The commands that operators run on the dashboard.</summary>
public sealed class OperatorCommandTests(StackFixture stack)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_audit_trails_shows_the_result()
    {
        await using var operatorPerson = await stack.NewPersonAsync("en");

        await ChooseAsync(operatorPerson.Page, "Api.csproj", "Verify audit trails");

        await operatorPerson.Page.GetByText("all whole").First.WaitForAsync();
    }

    [Fact]
    public async Task Rotate_signing_keys_replaces_every_key()
    {
        await using var operatorPerson = await stack.NewPersonAsync("en");
        using var identity = new HttpClient { BaseAddress = stack.Identity };
        var before = await identity.GetStringAsync(".well-known/openid-configuration/jwks", Ct);

        await ChooseAsync(operatorPerson.Page, "Identity.csproj", "Rotate signing keys");
        await operatorPerson.Page.GetByText("Yes", new() { Exact = true }).ClickAsync();

        await Eventually.ValueAsync(
            async () => await identity.GetStringAsync(".well-known/openid-configuration/jwks", Ct) is var now && now != before ? now : null, "a new key", Ct);
    }

    [Fact]
    public async Task Reseed_demo_data_brings_back_what_was_deleted()
    {
        await using var operatorPerson = await stack.NewPersonAsync("en");
        await using var database = NpgsqlDataSource.Create(stack.ConnectionString("tenantdb"));
        await using var delete = database.CreateCommand("delete from tenant_2.schedule_rules where id = 101");
        Assert.Equal(1, await delete.ExecuteNonQueryAsync(Ct));

        await ChooseAsync(operatorPerson.Page, "Api.csproj migrate", "Reseed demo data");

        await operatorPerson.Page.GetByText("\"Reseed demo data\" succeeded").First.WaitForAsync();
        await using var count = database.CreateCommand("select count(*) from tenant_2.schedule_rules where id = 101");
        Assert.Equal(1L, await count.ExecuteScalarAsync(Ct));
    }

    private async Task ChooseAsync(IPage page, string resource, string command)
    {
        await page.GotoAsync(stack.Run.Addresses.Dashboard);
        await page.Locator("tr, fluent-data-grid-row").Filter(new() { HasText = resource }).First.Locator("fluent-button, button").Last.ClickAsync();
        await page.GetByText(command).First.ClickAsync();
    }
}
