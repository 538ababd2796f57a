using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Core.Audit;
using Platform.Core.Storage;

namespace Platform.Bench;

/// <summary>Seats, decisions and the audit trail, with two processes of the Api behind one address.</summary>
internal sealed class LicensingBench(BenchStack stack, LicensingData data, AuditChains chains, AccessRecorder recorder)
{
    private const string Check = "api/v1/access/check";

    private long _nextMember = LicensingData.FirstMember;

    public static async IAsyncEnumerable<Figure> RunAsync(BenchStack stack)
    {
        var platformDb = await stack.ConnectionStringAsync("platformdb");
        var data = await LicensingData.PrepareAsync(platformDb);
        await using var source = NpgsqlDataSource.Create(BenchStack.AsProcess(platformDb));
        var sql = new PlatformSql(source);
        await using var recorder = new AccessRecorder(sql);
        var bench = new LicensingBench(
            stack, data, new(sql, new("a key that only this benchmark has, long enough"), TimeProvider.System), recorder);

        yield return await bench.StampedesAsync();
        yield return await bench.PriceChangesAsync();
        foreach (var clients in (int[])[1, 8]) yield return await bench.GrantsAsync(platformDb, clients);
        yield return await bench.CachedCheckAsync();
        foreach (var figure in await bench.RevokesAsync()) yield return figure;
        yield return await bench.AppendAsync(platformDb);
        yield return await bench.VerifyAsync();
        yield return await bench.SearchAsync();
        await foreach (var figure in ListsBench.RunAsync(stack, data)) yield return figure;
    }

    /// <summary>Two hundred callers compete for the last ten seats, a hundred times, over both processes.</summary>
    private async Task<Figure> StampedesAsync()
    {
        const int Rounds = 100, Callers = 200, Seats = 10;
        var right = 0;
        for (var round = 0; round < Rounds; round++)
        {
            if (round % 20 == 0) Console.Error.WriteLine($"  licensing.stampede: round {round + 1} of {Rounds}");
            await data.ExecuteAsync("""
                delete from user_application_access where application_id_fk = 901;
                update tenant_applications set seats_used = 0 where id = 901;
                """);
            using var api = await stack.ApiAsync();
            var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(async i =>
            {
                var path = $"api/v1/users/{LicensingData.FirstMember + i}/apps/{LicensingData.Scarce}/grant";
                using var answer = await api.PostAsJsonAsync(path, new { });
                return answer.StatusCode;
            }));
            var (used, rows) = (
                await data.ScalarAsync<int>("select seats_used from tenant_applications where id = 901"),
                await data.ScalarAsync<long>("select count(*) from user_application_access where application_id_fk = 901 and active"));
            var isRight = used == Seats && rows == Seats && answers.Count(a => a == HttpStatusCode.Created) == Seats
                && answers.Count(a => a == HttpStatusCode.Conflict) == Callers - Seats;
            if (isRight) right++;
        }

        return new("licensing.stampede.200_on_10_seats", right, "rounds that were right", Rounds, (double)right / Rounds, 1);
    }

    /// <summary>
    /// Hundreds of grants cross changes of their price "as of now", over both processes: each carries the price in force
    /// at its instant.
    /// </summary>
    private async Task<Figure> PriceChangesAsync()
    {
        const int Grants = 1_000, Callers = 16;
        const string Pricing = "internal/api/v1/applications/902/pricing";
        using var api = await stack.ApiAsync();
        Console.Error.WriteLine($"  licensing.price_change: {Grants} grants");
        var granting = Parallel.ForEachAsync(
            Enumerable.Range(0, Grants), new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, ct) =>
            {
                var path = $"api/v1/users/{LicensingData.FirstMember + i}/apps/{LicensingData.Repriced}/grant";
                using var answer = await api.PostAsJsonAsync(path, new { }, ct);
                answer.EnsureSuccessStatusCode();
            });
        for (var price = 2; !granting.IsCompleted; price++)
        {
            using var change = await api.PostAsJsonAsync(Pricing, new { userType = "operations", price, supersede = true });
            if (change.StatusCode != HttpStatusCode.Conflict) change.EnsureSuccessStatusCode();
        }

        await granting;
        var right = await data.ScalarAsync<long>("""
            select count(*) from user_application_access g join application_pricing p on p.id = g.pricing_id_fk_snapshot
            where g.application_id_fk = 902 and p.price = g.price_snapshot and p.valid_from <= g.granted_at
                and (p.valid_to is null or p.valid_to > g.granted_at)
            """);
        var prices = await data.ScalarAsync<long>(
            "select count(distinct pricing_id_fk_snapshot) from user_application_access where application_id_fk = 902");
        if (prices < 3) throw new InvalidOperationException("No grant crossed a change.");
        return new("licensing.price_change.grants_at_the_price_in_force", right, "grants", Grants, (double)right / Grants, 1);
    }

    private async Task<Figure> GrantsAsync(string platformDb, int clients)
    {
        using var api = await stack.ApiAsync();
        return await Load.CompareAsync(
            $"licensing.grant.{clients}_clients", goal: 0.6,
            length => Load.RateAsync(clients, length, async _ =>
            {
                var path = $"api/v1/users/{Interlocked.Increment(ref _nextMember)}/apps/{LicensingData.Open}/grant";
                using var answer = await api.PostAsJsonAsync(path, new { });
                answer.EnsureSuccessStatusCode();
            }),
            length => Pgbench.RateAsync(platformDb, LicensingData.GrantScript, clients, length));
    }

    private async Task<Figure> CachedCheckAsync()
    {
        const int Clients = 64; // so many that they do not wait for the disk alone
        using var api = await stack.ApiAsync();
        var request = new AccessCheckRequest(LicensingData.Open, LicensingData.FirstMember + 1);
        return await Load.CompareAsync(
            "licensing.cached_check", Clients, goal: 0.5,
            async _ =>
            {
                using var answer = await api.PostAsJsonAsync(Check, request, PlatformJson.Options);
                answer.EnsureSuccessStatusCode();
                await answer.Content.CopyToAsync(Stream.Null);
            },
            async _ =>
            {
                using var answer = await api.GetAsync("api/v1/ping");
                answer.EnsureSuccessStatusCode();
            });
    }

    /// <summary>
    /// A seat is revoked over one connection; how long the others, which reach both processes, still allow access.
    /// Those that reach the process that wrote must deny it at once.
    /// </summary>
    private async Task<IReadOnlyList<Figure>> RevokesAsync()
    {
        const int Revokes = 200, Connections = 4;
        var member = LicensingData.FirstMember + 500;
        List<HttpClient> nodes = [];
        for (var i = 0; i < Connections; i++) nodes.Add(await stack.OtherApiAsync());

        List<double> times = [];
        for (var i = 0; i < Revokes; i++)
        {
            if (i % 50 == 0) Console.Error.WriteLine($"  licensing.revoke: {i + 1} of {Revokes}");
            var writer = nodes[i % Connections];
            using var granted = await writer.PostAsJsonAsync($"api/v1/users/{member}/apps/{LicensingData.Open}/grant", new { });
            granted.EnsureSuccessStatusCode();
            foreach (var node in nodes)
            {
                while (!await AllowedAsync(node, member)) await Task.Delay(1);
            }

            using var revoked = await writer.PostAsync($"api/v1/users/{member}/apps/{LicensingData.Open}/revoke", null);
            revoked.EnsureSuccessStatusCode();
            var start = Stopwatch.GetTimestamp();
            if (await AllowedAsync(writer, member)) throw new InvalidOperationException("The writing process said yes after a revoke.");
            await Task.WhenAll(nodes.Select(async node =>
            {
                while (await AllowedAsync(node, member)) await Task.Yield();
            }));
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        foreach (var node in nodes) node.Dispose();
        times.Sort();
        return
        [
            Figure.AtMost("licensing.revoke.known_everywhere.median", Load.Median(times), "ms", 250),
            Figure.AtMost("licensing.revoke.known_everywhere.longest_of_200", times[^1], "ms", 250),
        ];
    }

    private async Task<Figure> AppendAsync(string platformDb)
    {
        const int Clients = 8;
        await data.PrepareChainAsync();
        return await Load.CompareAsync(
            "licensing.audit_append", goal: 0.5,
            length => Load.RateAsync(Clients, length, _ => recorder.RecordAsync(
                [
                    new(
                        BenchStack.Tenant.Id, TimeProvider.System.GetUtcNow(), new("bench", null, "127.0.0.1", "bench"), 17, "tq",
                        null, true, null, null, "GET /"),
                ],
                CancellationToken.None)),
            length => Pgbench.RateAsync(platformDb, LicensingData.ChainScript, Clients, length));
    }

    private async Task<Figure> VerifyAsync()
    {
        const int Rows = 200_000, Tenant = 850_000, Wanted = 20_000;
        Console.Error.WriteLine($"  licensing.audit_verify: {Rows} rows");
        await data.FillChainAsync(Tenant, Rows);
        List<double> rates = [];
        for (var i = 0; i < 3; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await foreach (var report in chains.VerifyAsync(Tenant, "access", CancellationToken.None))
            {
                if (report.Fault is not null || report.Rows != Rows) throw new InvalidOperationException($"{report}");
            }

            rates.Add(Rows / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        var rate = Math.Round(Load.Median(rates));
        return new("licensing.audit_verify", rate, "rows per second", Wanted, Math.Round(rate / Wanted, 2), 1);
    }

    private async Task<Figure> SearchAsync()
    {
        const double P95 = 0.95;
        Console.Error.WriteLine("  licensing.audit_search: filling a million rows");
        await data.FillTrailAsync();
        using var api = await stack.ApiAsync();
        var day = TimeProvider.System.GetUtcNow().AddDays(-90).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        string[] questions =
        [
            "tenantId=800017", "userId=5007919", "actor=user:5007919&application=tq", "allowed=false", "application=pm",
            "tenantId=800050&allowed=false", "reason=NO_ACCESS", $"to={day}", $"tenantId=800017&to={day}", "tenantId=800001&userId=5007919",
            "reason=ROLE_TOO_LOW&tenantId=800003", "application=reports&allowed=false",
        ];
        List<double> times = [];
        foreach (var question in questions)
        {
            times.AddRange((await Load.TimesAsync(20, async () =>
            {
                using var answer = await api.GetAsync($"internal/api/v1/audit/access?{question}");
                answer.EnsureSuccessStatusCode();
                await answer.Content.CopyToAsync(Stream.Null);
            })).Skip(2));
        }

        times.Sort();
        return Figure.AtMost("licensing.audit_search.p95_of_a_million_rows", times[(int)(times.Count * P95)], "ms", 200);
    }

    private static async Task<bool> AllowedAsync(HttpClient api, long member)
    {
        using var answer = await api.PostAsJsonAsync(Check, new AccessCheckRequest(LicensingData.Open, member), PlatformJson.Options);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<Envelope<AccessCheckResponse>>(PlatformJson.Options))!.Data.Allowed;
    }
}
