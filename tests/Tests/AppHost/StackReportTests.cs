using System.Net;
using System.Net.Sockets;
using Platform.AppHost.Ports;
using Platform.AppHost.Reporting;

namespace Platform.Tests.AppHost;

public sealed class StackReportTests
{
    [Fact]
    public void The_reason_of_a_failure_is_its_unhandled_exception() => Assert.Equal(
        "Unhandled exception. System.InvalidOperationException: Set Identity:Issuer.",
        FailureReasons.Of([
            ("info: it starts", false), ("Unhandled exception. System.InvalidOperationException: Set Identity:Issuer.", true), ("   at Program.Main()", true),
        ]));

    [Fact]
    public void Without_an_exception_the_reason_is_the_end_of_standard_error() => Assert.Equal(
        "second third fourth",
        FailureReasons.Of([("first", true), ("second", true), ("output", false), ("third", true), (" ", true), ("fourth", true)]));

    [Fact]
    public void A_process_that_said_nothing_has_no_reason() => Assert.Equal("", FailureReasons.Of([("output", false)]));

    [Fact]
    public void The_table_has_a_row_for_each_page_and_names_demo_accounts_only_in_Development()
    {
        StackLink[] links = [new("Hub", "http://localhost:5104"), new("API reference", "http://localhost:5102/swagger")];

        var table = StackTable.Of(links, TimeSpan.FromSeconds(12.3), demo: true);

        Assert.Contains("ready after 12 s", table, StringComparison.Ordinal);
        Assert.Contains("  Hub            http://localhost:5104\n", table.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("ana@aurora.example", table, StringComparison.Ordinal);
        Assert.DoesNotContain("ana@aurora.example", StackTable.Of(links, TimeSpan.Zero, demo: false), StringComparison.Ordinal);
    }

    [Fact]
    public void The_holder_of_a_port_is_found()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var holder = Assert.Single(PortHolders.Of([port]));

        Assert.Equal((port, (int?)Environment.ProcessId), (holder.Port, holder.ProcessId));
    }
}
