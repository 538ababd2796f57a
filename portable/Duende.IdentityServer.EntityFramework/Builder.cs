using Duende.IdentityServer.EntityFramework;
using Duende.IdentityServer.EntityFramework.DbContexts;
using Duende.IdentityServer.EntityFramework.Options;
using Duende.IdentityServer.Stores;

namespace Microsoft.Extensions.DependencyInjection;

public static class IdentityServerEntityFrameworkBuilderExtensions
{
    public static IIdentityServerBuilder AddOperationalStore(
        this IIdentityServerBuilder builder, Action<OperationalStoreOptions>? storeOptionsAction = null)
    {
        var options = new OperationalStoreOptions();
        storeOptionsAction?.Invoke(options);

        builder.Services.AddSingleton(options);
        builder.Services.AddDbContext<PersistedGrantDbContext>((services, db) =>
        {
            options.ConfigureDbContext?.Invoke(db);
            options.ResolveDbContextOptions?.Invoke(services, db);
        });
        builder.Services.AddSingleton<IOperationalStore, OperationalStore>();
        builder.Services.AddHostedService<Cleanup>();
        return builder;
    }
}
