using System.Diagnostics;
using Platform.Core.Audit;

namespace Platform.Api.Access;

internal static class RequestSource
{
    /// <summary>Longer names of browsers are cut: nobody reads on, and rows are kept for years.</summary>
    private const int MaxAgentLength = 400;

    extension(HttpContext context)
    {
        /// <summary>Who asks, and from where, as the audit keeps it.</summary>
        public AuditSource Source
        {
            get
            {
                var agent = context.Request.Headers.UserAgent.ToString();
                return new(
                    Caller.Of(context.User).Actor,
                    Activity.Current?.TraceId.ToString(),
                    context.Connection.RemoteIpAddress?.ToString(),
                    agent.Length == 0 ? null : agent[..Math.Min(agent.Length, MaxAgentLength)]);
            }
        }
    }
}
