using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Platform.ServiceDefaults;

/// <summary>
/// No check takes longer than a second and a half, also one that does not listen to its cancellation: a caller that
/// asks for <c>/health </c> has to hear something while a server is frozen.
/// </summary>
internal sealed class HealthCheckTimeouts : IPostConfigureOptions<HealthCheckServiceOptions>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1.5);

    public void PostConfigure(string? name, HealthCheckServiceOptions options)
    {
        foreach (var check in options.Registrations)
        {
            var create = check.Factory;
            check.Factory = services => new LimitedCheck(create(services));
        }
    }

    private sealed class LimitedCheck(IHealthCheck check) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                return await Task.Run(() => check.CheckHealthAsync(context, cancellationToken), cancellationToken)
                    .WaitAsync(Limit, cancellationToken);
            }
            catch (TimeoutException e)
            {
                return new(context.Registration.FailureStatus, "It does not answer in time.", e);
            }
        }
    }
}
