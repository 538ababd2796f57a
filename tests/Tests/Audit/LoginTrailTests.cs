using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Platform.Contracts.Audit;
using Platform.Identity.Accounts;
using Platform.Tests.Licensing;
using Platform.Tests.People;
using Platform.Tests.Support;
using Platform.Tests.Worker;

namespace Platform.Tests.Audit;

/// <summary>The sign-ins that Identity keeps, as the API shows them to staff.</summary>
[Collection(typeof(WithIdentity))]
public sealed class LoginTrailTests(InvitingPlatform world)
{
    private readonly PlatformFixture _platform = world.Platform;

    [Fact]
    public async Task Staff_read_the_login_trail_in_pages_and_as_CSV()
    {
        using var door = new HttpClient { BaseAddress = new(world.Identity.Issuer) };
        for (var i = 0; i < 3; i++)
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_id"] = "hub",
                ["client_secret"] = "wrong",
            });
            using var refused = await door.PostAsync("/connect/token", form);
            Assert.False(refused.IsSuccessStatusCode);
        }

        using var page = await _platform.StaffAsync("GET", "/audit/logins?kind=client_refused&limit=2");
        var newest = await page.DataAsync<List<LoginResponse>>();
        var next = (await page.DocumentAsync()).GetProperty("meta").GetProperty("page").GetProperty("next").GetString();
        var older = await _platform.StaffAsync<List<LoginResponse>>("GET", $"/audit/logins?kind=client_refused&limit=2&cursor={next}");
        var never = await _platform.StaffAsync<List<LoginResponse>>("GET", "/audit/logins?kind=client_refused&to=2020-01-01");
        using var staff = _platform.Staff();
        staff.DefaultRequestHeaders.Accept.Add(new("text/csv"));
        var csv = await staff.GetStringAsync("/internal/api/v1/audit/logins?kind=client_refused");

        Assert.Equal(2, newest.Count);
        Assert.All(newest, row => Assert.Equal(("client_refused", "hub"), (row.Kind, row.ClientId)));
        Assert.True(newest[0].Id > newest[1].Id && newest[1].Id > older[0].Id);
        Assert.Empty(never);
        Assert.StartsWith("id,occurredAt,kind,", csv, StringComparison.Ordinal);
        Assert.True(csv.Split("\r\n").Length >= 5);
    }

    [Theory]
    [InlineData("from=2031-05-01T12:00:00Z", 3)]
    [InlineData("from=2031-05-01T12:00:00.000001Z", 2)]
    [InlineData("from=2031-05-01T12:00:00.000002Z", 1)]
    [InlineData("to=2031-05-01T12:00:00.000002Z", 2)]
    [InlineData("to=2031-05-01T12:00:00.000001Z", 1)]
    [InlineData("to=2031-05-01T12:00:00Z", 0)]
    [InlineData("from=2031-05-01T12:00:00.000001Z&to=2031-05-01T12:00:00.000002Z", 1)]
    [InlineData("from=2031-05-01T13:00:00.000001%2B01:00", 2)]
    public async Task A_range_has_its_start_and_not_its_end(string range, int count)
    {
        var account = await SignedInAsync("2031-05-01 12:00Z", "2031-05-01 12:00:00.000001Z", "2031-05-01 12:00:00.000002Z");

        var found = await _platform.StaffAsync<List<LoginResponse>>("GET", $"/audit/logins?userId={account}&{range}");

        Assert.Equal(count, found.Count);
    }

    [Fact]
    public async Task Pages_are_ordered_by_time_and_neither_skip_nor_repeat_rows_with_the_same_time()
    {
        // Two processes write at once: numbers are not in the order of time.
        var account = await SignedInAsync("2031-06-01 12:02Z", "2031-06-01 12:01Z", "2031-06-01 12:03Z", "2031-06-01 12:01Z", "2031-06-01 12:01Z");

        var all = await _platform.StaffAsync<List<LoginResponse>>("GET", $"/audit/logins?userId={account}");
        List<LoginResponse> paged = [];
        for (string? cursor = ""; cursor is not null;)
        {
            using var page = await _platform.StaffAsync("GET", $"/audit/logins?userId={account}&limit=1{cursor}");
            paged.AddRange(await page.DataAsync<List<LoginResponse>>());
            var next = (await page.DocumentAsync()).GetProperty("meta").GetProperty("page").GetProperty("next").GetString();
            cursor = next is null ? null : $"&cursor={next}";
        }

        var first = all.Min(row => row.Id);
        Assert.Equal([2, 0, 4, 3, 1], all.Select(row => row.Id - first));
        Assert.Equal(all, paged);
    }

    [Fact]
    public async Task A_range_of_time_is_read_by_its_index()
    {
        await ExecuteAsync("""
            insert into login_audit (occurred_at, kind)
            select timestamptz '2001-01-01' + i * interval '1 minute', 'sign_in' from generate_series(1, 20000) i;
            set role none; -- the owner
            analyze login_audit;
            reset role;
            """);
        var before = await ScansAsync();

        await _platform.StaffAsync<List<LoginResponse>>("GET", "/audit/logins?from=2001-01-02&to=2001-01-03");

        await Eventually.TrueAsync(async () => await ScansAsync() > before); // counted with a delay

        Task<long> ScansAsync() => ValueAsync("""
            select coalesce(max(idx_scan), 0) as "Value" from pg_stat_user_indexes
            where indexrelname = 'ix_login_audit_occurred_at'
            """);
    }

    /// <summary>A new account id, with a row for each time.</summary>
    private async Task<long> SignedInAsync(params IReadOnlyList<string> times)
    {
        var account = await ValueAsync("""
            select coalesce(max(account_id), 0) + 1000000 as "Value" from login_audit
            """);
        await ExecuteAsync($"""
            insert into login_audit (occurred_at, kind, account_id)
            values {string.Join(", ", times.Select(time => $"('{time}', 'sign_in', {account})"))}
            """);
        return account;
    }

    private Task ExecuteAsync(string sql) => WithDatabaseAsync(db => db.ExecuteSqlRawAsync(sql));

    private Task<long> ValueAsync(string sql) => WithDatabaseAsync(db => db.SqlQueryRaw<long>(sql).SingleAsync());

    private async Task<T> WithDatabaseAsync<T>(Func<DatabaseFacade, Task<T>> ask)
    {
        await using var scope = world.Identity.Services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<IdentityDb>().Database);
    }
}
