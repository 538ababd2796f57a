using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Platform.AppHost;
using Platform.AppHost.Reporting;

namespace Aspire.Hosting;

internal static class ReportingExtensions
{
    /// <summary>Makes the console report the state of the stack instead of Aspire's own messages.</summary>
    public static IDistributedApplicationBuilder ReportToConsole(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode) return builder;

        var folder = LocalFolder.Of(builder);
        builder.Services
            .AddSingleton<FailureReasons>()
            .AddSingleton(_ => new StackFile(folder))
            .AddSingleton<StackSummary>()
            .AddHostedService<StackReport>()
            .AddLogging(logging => logging
                .AddConsole(console => console.FormatterName = PlainFormatter.FormatterName)
                .AddConsoleFormatter<PlainFormatter, ConsoleFormatterOptions>());

        return builder;
    }
}
