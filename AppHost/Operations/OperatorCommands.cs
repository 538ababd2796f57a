using Microsoft.Extensions.DependencyInjection;
using Platform.AppHost.Operations;
using Platform.AppHost.Servers;

namespace Aspire.Hosting;

/// <summary>
/// What operators do with one click on the dashboard. Each runs what `./platform` or the process itself offers.
/// </summary>
internal static class OperatorCommands
{
    /// <summary>
    /// Runs both migrations again, which add what is missing of the demo's tenants, people and services.
    /// </summary>
    public static void WithReseedCommand(
        this IResourceBuilder<ProjectResource> migrations, IResourceBuilder<ProjectResource> identityMigrations) =>
        migrations.WithCommand("reseed", "Reseed demo data", async context =>
        {
            foreach (var task in (IResource[])[identityMigrations.Resource, migrations.Resource])
            {
                if (await RunAgainAsync(task, context) is { Success: false } failure) return failure;
            }

            return CommandResults.Success("The demo's tenants, people and services are complete again.");
        }, new() { IconName = "DatabaseArrowUp", Description = "Adds what is missing of the demo data; keeps everything else." });

    public static void WithVerifyAuditCommand(
        this IResourceBuilder<ProjectResource> api, IResourceBuilder<ProjectResource> identity) => api.WithScript(
        identity, "verify-audit", "Verify audit trails", "audit.mjs",
        new() { IconName = "ShieldCheckmark", Description = "Checks the hash chain of every tenant's audit trails." });

    public static void WithReplayDeadLettersCommand(
        this IResourceBuilder<ProjectResource> api, IResourceBuilder<ProjectResource> identity) => api.WithScript(
        identity, "replay-dead-letters", "Replay dead letters", "dead-letters.mjs",
        new() { IconName = "ArrowRepeatAll", Description = "Gives every event that a consumer could not handle to it again." });

    /// <summary>A script of <c>Api/dev</c> that calls the Api as the demo's own client.</summary>
    private static void WithScript(
        this IResourceBuilder<ProjectResource> api, IResourceBuilder<ProjectResource> identity, string name, string displayName,
        string script, CommandOptions options) =>
        api.WithCommand(name, displayName, async context =>
        {
            var result = await ProgramRun.ToEndAsync(
                "node",
                [
                    Path.Combine(api.ApplicationBuilder.AppHostDirectory, "..", "Api", "dev", script),
                    "--api", api.GetEndpoint("http").Url, "--issuer", identity.GetEndpoint("http").Url,
                ],
                context.CancellationToken);
            return result.ExitCode == 0
                ? CommandResults.Success(result.LastLine, result.Output, CommandResultFormat.Text, displayImmediately: true)
                : CommandResults.Failure(result.LastLine, result.Output, CommandResultFormat.Text);
        }, options);

    /// <summary>For an emergency: all tokens that were signed with the old keys are refused from then on.</summary>
    public static void WithRotateKeysCommand(
        this IResourceBuilder<ProjectResource> identity, IResourceBuilder<IResourceWithConnectionString> database,
        ServerLogin login) =>
        identity.WithCommand("rotate-keys", "Rotate signing keys", async context =>
        {
            var result = await ProgramRun.ToEndAsync(
                identity.Resource.Annotations.OfType<ExecutableAnnotation>().Last().Command,
                ["keys", "rotate"],
                context.CancellationToken,
                new()
                {
                    [$"ConnectionStrings__{database.Resource.Name}"] = await login.ConnectionStringOf(database).GetValueAsync(context.CancellationToken),
                });
            if (result.ExitCode != 0) return CommandResults.Failure(result.LastLine);

            return await context.Services.GetRequiredService<ResourceCommandService>()
                .ExecuteCommandAsync(identity.Resource, KnownResourceCommands.RestartCommand, context.CancellationToken);
        }, new()
        {
            IconName = "KeyReset",
            Description = "Deletes all signing keys, creates a new one and restarts Identity.",
            ConfirmationMessage = "Access tokens that were issued until now stop working; people stay signed in. Rotate the signing keys?",
        });

    private static async Task<ExecuteCommandResult> RunAgainAsync(IResource task, ExecuteCommandContext context)
    {
        var notifications = context.Services.GetRequiredService<ResourceNotificationService>();
        var before = (await notifications.WaitForResourceAsync(task.Name, _ => true, context.CancellationToken)).Snapshot.StartTimeStamp;

        var started = await context.Services.GetRequiredService<ResourceCommandService>()
            .ExecuteCommandAsync(task, KnownResourceCommands.StartCommand, context.CancellationToken);
        if (!started.Success) return started;

        var ended = await notifications.WaitForResourceAsync(
            task.Name,
            change => change.Snapshot.StartTimeStamp > before && change.Snapshot.State?.Text == KnownResourceStates.Finished,
            context.CancellationToken);
        return ended.Snapshot.ExitCode == 0
            ? CommandResults.Success()
            : CommandResults.Failure($"{task.Name} ended with exit code {ended.Snapshot.ExitCode}. Its log says why.");
    }
}
