using System.Diagnostics;
using Platform.Tests.Support;

namespace Platform.Tests.Http;

/// <summary>A client generated from the documents compiles under TypeScript's strictest checks.</summary>
public sealed class GeneratedClientTests(PlatformFixture platform)
{
    [Fact]
    public async Task A_client_generated_from_the_documents_type_checks()
    {
        var folder = Directory.CreateTempSubdirectory("platform-client-");
        using var anybody = platform.Client();
        foreach (var name in OpenApiTests.Documents.Select(row => row.Data))
        {
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, $"{name}.json"), await anybody.GetStringAsync($"/openapi/{name}.json"));
        }

        using var node = Process.Start(new ProcessStartInfo("node", ["check.mjs", folder.FullName])
        {
            WorkingDirectory = Repository.PathOf("tests/Tests/Http/client"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await node.WaitForExitAsync();

        Assert.True(node.ExitCode == 0, $"{await output}{await errors}");
        Directory.Delete(Path.Combine(folder.FullName, "node_modules"));
        folder.Delete(recursive: true);
    }
}
