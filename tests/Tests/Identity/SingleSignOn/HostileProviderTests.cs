using System.Net;
using Microsoft.AspNetCore.Http;
using Platform.Tests.SignIn;

namespace Platform.Tests.Identity.SingleSignOn;

/// <summary>Attacks by a customer's provider, or by an attacker between it and Identity.</summary>
public sealed class HostileProviderTests(SingleSignOnApp world) : IClassFixture<SingleSignOnApp>
{
    public static TheoryData<string> Attacks => SignIn.Attacks.Names;

    [Theory, MemberData(nameof(Attacks))]
    public async Task A_hostile_provider_response_does_not_sign_in(string attack)
    {
        await using var provider = await TestProvider.StartAsync();
        var tenant = await SetUpAsync(provider);
        using var visitor = new Visitor(world.App);
        Attack(provider, attack);

        using var end = await visitor.SubmitAsync(EmailIn(tenant), action: "sso");

        await RefusedAsync(end, tenant);
        Assert.DoesNotContain(world.App.Api.Joined, joined => joined.Request.TenantId == tenant);
    }

    [Theory]
    [InlineData("email_verified", false)]
    [InlineData("email_verified", "false")]
    [InlineData("email_verified", null)]
    [InlineData("email", null)]
    [InlineData("email", "no address")]
    [InlineData("email", "ana@elsewhere.example")]
    [InlineData("email", "ana@elsewhere.example\u0000@t1.example")]
    [InlineData("sub", "11\u0000")]
    public async Task An_unusable_claim_does_not_sign_in(string claim, object? value)
    {
        await using var provider = await TestProvider.StartAsync();
        var tenant = await SetUpAsync(provider);
        var honest = provider.OnIdToken!;
        provider.OnIdToken = (header, id) =>
        {
            honest(header, id);
            id[claim] = value;
        };
        provider.OnUserInfo = user => user["sub"] = claim == "sub" ? value : user["sub"];
        using var visitor = new Visitor(world.App);

        using var end = await visitor.SubmitAsync(EmailIn(tenant), action: "sso");

        await RefusedAsync(end, tenant);
    }

    [Fact]
    public async Task Userinfo_of_another_person_does_not_sign_in()
    {
        await using var provider = await TestProvider.StartAsync();
        var tenant = await SetUpAsync(provider);
        provider.OnUserInfo = user => user["sub"] = "99";
        using var visitor = new Visitor(world.App);

        using var end = await visitor.SubmitAsync(EmailIn(tenant), action: "sso");

        await RefusedAsync(end, tenant);
    }

    [Fact]
    public async Task A_response_for_another_browser_or_one_already_used_does_not_sign_in()
    {
        await using var provider = await TestProvider.StartAsync();
        var tenant = await SetUpAsync(provider);
        using var visitor = new Visitor(world.App);
        using var stranger = new Visitor(world.App);
        var callback = $"{world.App.Issuer}/sso/{tenant}";

        using var answer = await visitor.SubmitAsync(EmailIn(tenant), action: "sso", stopAt: callback);
        using var elsewhere = await stranger.Browser.FollowAsync(Browser.Location(answer)!);
        using var first = await visitor.Browser.FollowAsync(Browser.Location(answer)!, stopAt: world.App.Hub.Url);
        using var again = await stranger.Browser.FollowAsync(Browser.Location(answer)!);

        await RefusedAsync(elsewhere, tenant);
        Assert.NotNull(Visitor.CodeIn(first));
        await RefusedAsync(again, tenant);
    }

    [Fact]
    public async Task A_response_of_one_provider_is_refused_at_the_callback_of_another()
    {
        await using var honest = await TestProvider.StartAsync();
        await using var hostile = await TestProvider.StartAsync();
        var (tenant, other) = (await SetUpAsync(honest), await SetUpAsync(hostile));
        using var visitor = new Visitor(world.App);

        using var answer = await visitor.SubmitAsync(EmailIn(tenant), action: "sso", stopAt: $"{world.App.Issuer}/sso/");
        var mixedUp = Browser.Location(answer)!.Replace($"/sso/{tenant}", $"/sso/{other}", StringComparison.Ordinal)
            .Replace(Uri.EscapeDataString(honest.Issuer), Uri.EscapeDataString(hostile.Issuer), StringComparison.Ordinal);
        using var end = await visitor.Browser.FollowAsync(mixedUp);

        await RefusedAsync(end, other);
    }

    [Fact]
    public async Task A_redirect_of_the_token_endpoint_is_not_followed()
    {
        await using var provider = await TestProvider.StartAsync();
        await using var other = await TestProvider.StartAsync();
        var tenant = await SetUpAsync(provider);
        var reached = false;
        other.OnTokenRequest = _ =>
        {
            reached = true;
            return Task.FromResult<IResult?>(null);
        };
        provider.OnTokenRequest = _ => Task.FromResult<IResult?>(Results.Redirect($"{other.Issuer}/token", preserveMethod: true));
        using var visitor = new Visitor(world.App);

        using var end = await visitor.SubmitAsync(EmailIn(tenant), action: "sso");

        await RefusedAsync(end, tenant);
        Assert.False(reached);
    }

    [Fact]
    public async Task An_endless_response_is_not_read_completely()
    {
        await using var provider = await TestProvider.StartAsync();
        var tenant = await SetUpAsync(provider);
        provider.OnTokenRequest = _ => Task.FromResult<IResult?>(Results.Text(new string('x', 2_000_000), "application/json"));
        using var visitor = new Visitor(world.App);

        using var end = await visitor.SubmitAsync(EmailIn(tenant), action: "sso");

        await RefusedAsync(end, tenant);
    }

    [Fact]
    public async Task An_unavailable_provider_is_reported_as_unavailable()
    {
        var provider = await TestProvider.StartAsync();
        var tenant = await SetUpAsync(provider);
        await provider.DisposeAsync();
        using var visitor = new Visitor(world.App);

        using var page = await visitor.SubmitAsync(EmailIn(tenant), action: "sso");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
        Assert.Contains("does not answer", await Visitor.ProblemAsync(page), StringComparison.Ordinal);
    }

    /// <summary>Changes one claim or part and keeps the rest of the response valid.</summary>
    private static void Attack(TestProvider provider, string attack)
    {
        var honest = provider.OnIdToken!;
        provider.OnIdToken = null;
        SignIn.Attacks.All[attack](provider);
        var lie = provider.OnIdToken;
        provider.OnIdToken = (header, id) =>
        {
            honest(header, id);
            lie?.Invoke(header, id);
        };
    }

    private static string EmailIn(long tenant) => $"ana@{SingleSignOnApp.DomainOf(tenant)}";

    /// <summary>A provider without attacks, for a new tenant.</summary>
    private async Task<long> SetUpAsync(TestProvider provider)
    {
        var tenant = SingleSignOnApp.NewTenant();
        provider.Subject = $"subject of {tenant}";
        provider.OnIdToken = (_, id) =>
        {
            id["email"] = EmailIn(tenant);
            id["email_verified"] = true;
        };
        await world.SetUpAsync(tenant, SingleSignOnApp.RequestOf(tenant, provider.Issuer));
        return tenant;
    }

    private async Task RefusedAsync(HttpResponseMessage end, long tenant)
    {
        Assert.Equal($"{world.App.Issuer}/sso/{tenant}", end.RequestMessage!.RequestUri!.GetLeftPart(UriPartial.Path));
        Assert.Equal(HttpStatusCode.Forbidden, end.StatusCode);
        Assert.Null(Visitor.CodeIn(end));
    }
}
