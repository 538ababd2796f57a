using Platform.Contracts.Tenants;
using Platform.Stack.Support;

namespace Platform.Stack;

/// <summary>The commands of the README, as a newcomer types them.</summary>
public sealed class UpTests(StackFixture stack)
{
    [Fact]
    public void Up_prints_the_URLs_and_the_demo_accounts()
    {
        Assert.Matches(@"Hub +http://localhost:\d+", stack.Run.Output);
        Assert.Matches(@"Admin +http://localhost:\d+", stack.Run.Output);
        Assert.Matches(@"API reference +http://localhost:\d+/swagger", stack.Run.Output);
        Assert.Matches(@"Mail inbox +http://localhost:\d+", stack.Run.Output);
        Assert.Matches(@"Dashboard +http://localhost:\d+/login\?t=\w+", stack.Run.Output);
        Assert.All(DemoTenants.All.SelectMany(tenant => tenant.Users), user => Assert.Contains(user.Email, stack.Run.Output, StringComparison.Ordinal));
        Assert.Contains(DemoTenants.Password, stack.Run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_prints_an_access_token()
    {
        var (exitCode, output) = await stack.Run.RunAsync("token", "--user", DemoTenants.Clinic.Users[0].Email, "--tenant", $"{DemoTenants.Clinic.Id}");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"^[\w-]+\.[\w-]+\.[\w-]+\s*$", output);
    }

    [Fact]
    public async Task Audit_verify_finds_every_trail_whole()
    {
        var (exitCode, output) = await stack.Run.RunAsync("audit", "verify");

        Assert.Equal(0, exitCode);
        Assert.Contains("all whole", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reset_refuses_while_the_stack_runs()
    {
        var (exitCode, output) = await stack.Run.RunAsync("reset"); // without an answer it would remove nothing

        Assert.NotEqual(0, exitCode);
        Assert.Contains("is running", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killing_the_AppHost_leaves_no_process_behind()
    {
        await using var other = StackRun.Begin(); // a second stack, in addition to that of the fixture
        await other.UntilAsync(() => other.Output.Contains("postgres is ready.", StringComparison.Ordinal), "a PostgreSQL that is ready");

        await other.KillAsync();
    }
}
