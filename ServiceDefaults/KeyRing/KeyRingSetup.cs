using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Platform.ServiceDefaults.KeyRing;

public static class KeyRingSetup
{
    /// <summary>
    /// Adds data protection whose keys are encrypted by <c>KeyRing:Certificate</c>. It fails when it cannot read a key,
    /// instead of making another. The caller says where the keys are stored.
    /// </summary>
    public static IDataProtectionBuilder AddKeyRing(this IHostApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(KeyRingOptions.Section);
        var isOptional = builder.Environment.IsDevelopment();
        builder.Services.AddOptions<KeyRingOptions>().Bind(section).ValidateOnStart().Validate(
            options => isOptional || options.Certificate is { Length: > 0 },
            "Set KeyRing:Certificate to a PKCS#12 file, and KeyRing:Password: keys are stored encrypted.");

        var protection = builder.Services.AddDataProtection();
        if (section.Get<KeyRingOptions>() is { Certificate.Length: > 0 } options)
        {
            protection
                .ProtectKeysWithCertificate(options.LoadCertificate())
                .UnprotectKeysWithAnyCertificate(options.LoadFormer());
        }

        builder.Services.AddSingleton<IKeyManager>(
            services => new ReadableKeys(ActivatorUtilities.CreateInstance<XmlKeyManager>(services)));
        builder.Services.AddHostedService<ReadableKeysCheck>();
        return protection;
    }
}
