using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.Tests.ServiceDefaults;

public sealed class FailureExitCodeTests
{
    [Fact]
    public async Task A_background_service_that_throws_ends_the_process_with_an_exit_code()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults();
        builder.Services.AddHostedService<Throwing>();
        using var host = builder.Build();

        try
        {
            await host.RunAsync();
            Assert.Equal(1, Environment.ExitCode);
        }
        finally
        {
            Environment.ExitCode = 0; // this process has not failed
        }
    }

    private sealed class Throwing : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("On purpose.");
        }
    }
}
