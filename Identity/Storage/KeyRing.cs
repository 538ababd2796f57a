using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Identity.Accounts;

namespace Platform.Identity.Storage;

/// <summary>One key of the data protection ring, which guards cookies, forms, grants and signing keys.</summary>
internal sealed class RingKey
{
    public long Id { get; private set; }
    public required string FriendlyName { get; init; }
    public required string Xml { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

internal sealed class RingKeyConfiguration : IEntityTypeConfiguration<RingKey>
{
    public void Configure(EntityTypeBuilder<RingKey> key) => key.ToTable("data_protection_keys");
}

/// <summary>Keeps the ring in the database, so that every instance of Identity reads what another has written.</summary>
internal sealed class KeyRing(IServiceScopeFactory scopes, TimeProvider clock) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();

        return [.. db.RingKeys.OrderBy(key => key.Id).Select(key => key.Xml).AsEnumerable().Select(xml => XElement.Parse(xml))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();

        db.Add(new RingKey
        {
            FriendlyName = friendlyName,
            Xml = element.ToString(SaveOptions.DisableFormatting),
            CreatedAt = clock.GetUtcNow(),
        });
        db.SaveChanges();
    }
}

internal static class KeyRingSetup
{
    /// <summary>Fixed: with the default (the folder of the program) a move would make every secret unreadable.</summary>
    private const string ApplicationName = "Platform.Identity";

    extension(WebApplicationBuilder builder)
    {
        /// <summary>
        /// <c>KeyRing:Certificate</c> (a PKCS#12 file) and <c>KeyRing:Password</c> encrypt the ring itself; production
        /// sets them.
        /// </summary>
        public void AddKeyRing()
        {
            var protection = builder.Services.AddDataProtection().SetApplicationName(ApplicationName);

            builder.Services.AddOptions<KeyManagementOptions>().Configure<IServiceScopeFactory, TimeProvider>(
                (options, scopes, clock) => options.XmlRepository = new KeyRing(scopes, clock));

            if (builder.Configuration["KeyRing:Certificate"] is { Length: > 0 } file)
            {
                protection.ProtectKeysWithCertificate(
                    X509CertificateLoader.LoadPkcs12FromFile(file, builder.Configuration["KeyRing:Password"]));
            }
        }
    }
}
