using Npgsql;

namespace Platform.Identity.Storage;

/// <summary>
/// <c>Identity keys rotate</c>, for an emergency: deletes all signing keys, so that what they signed is refused.
/// Running processes read the keys every 30 seconds, and the first of them creates a new one.
/// </summary>
internal static class RotateKeys
{
    public static async Task RunAsync(IConfiguration configuration, TextWriter output, CancellationToken ct)
    {
        var connectionString = StorageSetup.ForProcess(configuration.GetConnectionString(StorageSetup.Database))
            ?? throw new InvalidOperationException($"Set ConnectionStrings:{StorageSetup.Database}.");

        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand($"delete from {EngineSetup.SigningKeyTable}");
        var deleted = await command.ExecuteNonQueryAsync(ct);
        await output.WriteLineAsync($"keys: deleted {deleted}; Identity signs with a new one within 30 seconds");
    }
}
