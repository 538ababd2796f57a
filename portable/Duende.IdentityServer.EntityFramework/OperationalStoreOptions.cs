using Microsoft.EntityFrameworkCore;

namespace Duende.IdentityServer.EntityFramework.Options;

public class OperationalStoreOptions
{
    public Action<DbContextOptionsBuilder>? ConfigureDbContext { get; set; }
    public Action<IServiceProvider, DbContextOptionsBuilder>? ResolveDbContextOptions { get; set; }
    public string? DefaultSchema { get; set; }

    /// <summary>Removes what has expired, in batches that several nodes can take side by side.</summary>
    public bool EnableTokenCleanup { get; set; }

    /// <summary>In seconds.</summary>
    public int TokenCleanupInterval { get; set; } = 3600;

    public int TokenCleanupBatchSize { get; set; } = 100;
}
