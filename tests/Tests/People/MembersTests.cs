using Microsoft.Extensions.Time.Testing;
using Platform.Contracts;
using Platform.Tests.Support;

namespace Platform.Tests.People;

/// <summary>When nodes see that a member may no longer enter, or may enter again.</summary>
public sealed class MembersTests(PlatformFixture platform)
{
    private readonly FakeTimeProvider _clock = new(PlatformFixture.Monday9am);

    [Fact]
    public async Task Deactivated_member_is_refused_at_once_here_and_within_two_seconds_elsewhere()
    {
        var tenant = await platform.NewTenantAsync();
        await using var here = await NodeAsync();
        await using var elsewhere = await NodeAsync();
        var (member, _) = await platform.PersonAsync(tenant);
        using var admin = Enter(here, tenant, tenant.UserId);
        using var atHere = Enter(here, tenant, member);
        using var atElsewhere = Enter(elsewhere, tenant, member);
        Assert.Equal((200, 200), (await EnterAsync(atHere), await EnterAsync(atElsewhere)));

        var deactivated = await admin.AnswerAsync("POST", $"/api/v1/users/{member}/deactivate", "{}");
        var afterwards = (await EnterAsync(atHere), await EnterAsync(atElsewhere));
        _clock.Advance(TimeSpan.FromSeconds(2));
        var later = (await EnterAsync(atHere), await EnterAsync(atElsewhere));
        var activated = await admin.AnswerAsync("POST", $"/api/v1/users/{member}/activate");
        var again = (await EnterAsync(atHere), await EnterAsync(atElsewhere));

        Assert.Equal(((200, null), (200, null)), (deactivated, activated));
        Assert.Equal((403, 200), afterwards);
        Assert.Equal((403, 403), later);
        Assert.Equal((200, 200), again); // without delay: no node caches a denial
    }

    private async Task<ApiFactory> NodeAsync() => new(platform.Databases, await Servers.RedisAsync(), _clock);

    private static HttpClient Enter(ApiFactory node, TestTenant tenant, long user)
    {
        var client = node.CreateClient();
        client.DefaultRequestHeaders.Authorization =
            new("Bearer", TestTokens.For(user, tenant.Id, false, [Scopes.Scheduling, Scopes.Licensing]));
        client.DefaultRequestHeaders.Add(Headers.TenantId, $"{tenant.Id}");
        return client;
    }

    private static async Task<int> EnterAsync(HttpClient client) => (await client.AnswerAsync("GET", "/api/v1/services")).Status;
}
