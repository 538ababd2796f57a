using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Portable;

/// <summary>Turns an instance of a resource into a process.</summary>
internal sealed class ProcessPlanner(
    ProcessEnvironment environment, LocalFolders folders, Guardian guardian, Ports ports, HostConsole console,
    IDistributedApplicationBuilder builder)
{
    public async Task<ProcessPlan> PlanAsync(Instance instance, CancellationToken ct)
    {
        var variables = await environment.VariablesAsync(instance, ct);
        var arguments = await environment.ArgumentsAsync(instance, ct);

        switch (instance.Resource)
        {
            case ProjectResource project when project.TryGetLastAnnotation<IProjectMetadata>(out var metadata):
                var plan = await ProjectOutput.PlanAsync(metadata, builder.AppHostAssembly, ct);
                return plan with { Arguments = [.. plan.Arguments, .. arguments], Environment = variables };

            case ExecutableResource { WorkingDirectory: var folder } program:
                if (!Directory.Exists(folder)) throw new DistributedApplicationException($"There is no folder '{folder}'.");

                return new(Programs.Find(program.Command, folder), arguments) { WorkingDirectory = folder, Environment = variables };

            case var server when server.TryGetLastAnnotation<LocalServerAnnotation>(out var local):
                var port = instance.Ports.Values.First();
                return await local.PlanAsync(
                    new(port, arguments, variables, folders, text => console.Line(server.Name, text, null)), ct);

            case var other:
                throw new DistributedApplicationException($"'{other.Name}' is nothing that can be started.");
        }
    }

    public ChildProcess Start(Instance instance, ProcessPlan plan, Action<string> onLine)
    {
        foreach (var port in instance.Ports.Values) ports.Release(port);

        return ChildProcess.Start(plan, instance.Id, folders, guardian, onLine);
    }
}
