using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Platform.ServiceDefaults.KeyRing;

/// <summary>
/// Encrypts what tenants let us know to reach others with. A secret can be read for its purpose and its tenant only.
/// </summary>
public sealed class TenantSecrets(IDataProtectionProvider protection)
{
    public string Protect(string purpose, long tenantId, string secret) => Protector(purpose, tenantId).Protect(secret);

    /// <returns>Null if it was not encrypted for this purpose and tenant, or its key is gone.</returns>
    public string? Unprotect(string purpose, long tenantId, string secret)
    {
        try
        {
            return Protector(purpose, tenantId).Unprotect(secret);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector Protector(string purpose, long tenantId) =>
        protection.CreateProtector("Platform.TenantSecrets", purpose, $"{tenantId}");
}

public static class TenantSecretsSetup
{
    /// <summary>Fixed: Api and Worker read what either has encrypted.</summary>
    private const string ApplicationName = "Platform.Tenants";

    /// <param name="dataSource">The key of the data source of the database that has <c>platform.key_ring</c>.</param>
    public static IHostApplicationBuilder AddTenantSecrets(this IHostApplicationBuilder builder, string dataSource)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(TenantSecrets))) return builder;

        builder.AddKeyRing().SetApplicationName(ApplicationName);
        builder.Services.AddOptions<KeyManagementOptions>().Configure<IServiceProvider>((options, services) =>
            options.XmlRepository = new KeysInTable(services.GetRequiredKeyedService<NpgsqlDataSource>(dataSource)));
        builder.Services.AddSingleton<TenantSecrets>();
        return builder;
    }
}
