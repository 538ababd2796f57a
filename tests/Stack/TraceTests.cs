using Platform.Contracts.Tenants;
using Platform.Stack.Support;

namespace Platform.Stack;

/// <summary>The traces on the dashboard: one for each act of a person, and none of idle loops.</summary>
public sealed class TraceTests(StackFixture stack)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_trace_leads_from_the_booking_page_through_api_database_and_stream_to_the_mail()
    {
        await using var ana = await stack.NewPersonAsync();
        await ana.SignInAsync(stack.Hub, DemoTenants.Clinic.Users[0]);
        var trace = Guid.CreateVersion7().ToString("n");

        await ana.Page.SetExtraHTTPHeadersAsync([new("traceparent", $"00-{trace}-00f067aa0ba902b7-01")]);
        await ana.BookAsync("Consulta", "Tereza Traço", "trace@example.com");

        (string Service, string Name)[] steps =
        [
            ("hub", "POST t/{tenant}/book"), ("api", "POST /api/v1/bookings"), ("api", "postgresql"),
            ("worker", "outbox publish"), ("worker", "notifications handle"), ("worker", "mail send"),
        ];
        IReadOnlyList<TracedSpan> spans = [];
        try
        {
            await Eventually.ValueAsync(
                async () => (spans = await stack.Traces.OfAsync(trace, Ct)) is var seen && steps.All(step => Has(seen, step)) ? seen : null,
                "a trace from the page to the mail", Ct);
        }
        catch (TimeoutException)
        {
            Assert.Fail(
                $"Missing: {string.Join("; ", steps.Where(step => !Has(spans, step)))}\n"
                + $"There are: {string.Join("; ", spans.Select(span => $"{span.Service} {span.Name}").Distinct())}");
        }

        static bool Has(IReadOnlyList<TracedSpan> spans, (string Service, string Name) step) => spans.Any(
            span => span.Service == step.Service && span.Name.Contains(step.Name, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Heartbeats_polls_and_probes_leave_no_traces()
    {
        // By now the stack has polled and been probed for a while; a trace of it would have no request as its root.
        var roots = (await stack.Traces.AllAsync(Ct)).Where(span => string.IsNullOrEmpty(span.ParentSpanId)).ToList();

        Assert.DoesNotContain(roots, span => span.Name.Contains("health", StringComparison.Ordinal) || span.Name.Contains("alive", StringComparison.Ordinal));
        Assert.All(roots.Where(span => span.Service == "worker"), span => Assert.Matches("(outbox publish| run)$", span.Name));
    }
}
