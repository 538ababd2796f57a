using System.Text.Json;

namespace Platform.AppHost.Reporting;

/// <summary>
/// Where the stack that runs in a checkout can be reached: <c>stack.json</c> in its local folder, for `./platform` and
/// for tests. It exists while the stack is ready, and only its owner may read it, because connection strings are in it.
/// </summary>
internal sealed class StackFile(string folder) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private string FilePath => Path.Combine(folder, "stack.json");

    public async Task WriteAsync(StackAddresses addresses, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        var complete = $"{FilePath}.new"; // a reader never finds half of it
        await using (var file = new FileStream(complete, options))
        {
            await JsonSerializer.SerializeAsync(file, addresses, Json, ct);
        }

        File.Move(complete, FilePath, overwrite: true);
    }

    public void Dispose() => File.Delete(FilePath);
}

/// <param name="ProcessId">Of the AppHost.</param>
/// <param name="Urls">By resource.</param>
/// <param name="ConnectionStrings">By database, and of Redis.</param>
internal sealed record StackAddresses(
    int ProcessId, string? Dashboard, IReadOnlyDictionary<string, string> Urls, IReadOnlyDictionary<string, string> ConnectionStrings);
