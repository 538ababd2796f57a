using Platform.Contracts.Tenants;
using Platform.Stack.Support;

namespace Platform.Stack;

/// <summary>One trace tells the whole story of a booking, across processes and the stream.</summary>
public sealed class TraceTests(StackFixture stack)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_trace_of_a_booking_page_reaches_the_worker()
    {
        await using var ana = await stack.NewPersonAsync();
        await ana.SignInAsync(stack.Hub, DemoTenants.Clinic.Users[0]);
        var trace = Guid.CreateVersion7().ToString("n");

        await ana.Page.SetExtraHTTPHeadersAsync([new("traceparent", $"00-{trace}-00f067aa0ba902b7-01")]);
        await ana.BookAsync("Consulta", "Tereza Traço", "trace@example.com");

        string[] wanted = ["hub", "api", "worker"];
        var services = await Eventually.ValueAsync(
            () => Task.FromResult(
                stack.Telemetry.SpansOf(trace).Select(span => span.Service).Distinct().ToList() is var seen
                && wanted.All(seen.Contains) ? seen : null),
            "a trace through hub, api and worker", Ct);

        Assert.Superset(wanted.ToHashSet(), services.ToHashSet());
        Assert.Contains(stack.Telemetry.SpansOf(trace), span => span.Service == "api" && IsOfNpgsql(span));

        static bool IsOfNpgsql(ReceivedSpan span) =>
            span.Name.Contains("tenantdb", StringComparison.OrdinalIgnoreCase)
            || span.Name.Contains("postgresql", StringComparison.OrdinalIgnoreCase);
    }
}
