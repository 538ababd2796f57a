namespace Platform.AppHost.Reporting;

internal static class ResourceStates
{
    /// <summary>Whether a process ended by itself with an error. One that a person stopped is <c>Exited</c>.</summary>
    public static bool IsCrash(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.Finished && snapshot.ExitCode is not (null or 0);

    public static bool IsFailure(CustomResourceSnapshot snapshot) =>
        IsCrash(snapshot) || snapshot.State?.Text is "FailedToStart" or "RuntimeUnhealthy";

    /// <summary>Whether others may rely on it: it runs and is healthy, or was a task and has done its work.</summary>
    public static bool IsReady(CustomResourceSnapshot snapshot) =>
        (snapshot.State?.Text == KnownResourceStates.Running
            && snapshot.HealthStatus == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy)
        || (snapshot.State?.Text == KnownResourceStates.Finished && snapshot.ExitCode == 0);
}
