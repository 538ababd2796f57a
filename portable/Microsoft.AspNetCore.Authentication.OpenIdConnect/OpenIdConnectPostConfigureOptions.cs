using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.OAuth.Claims;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Microsoft.AspNetCore.Authentication.OpenIdConnect;

/// <summary>Fills what the application left open: formats, back channel, metadata.</summary>
public class OpenIdConnectPostConfigureOptions(IDataProtectionProvider dataProtection)
    : IPostConfigureOptions<OpenIdConnectOptions>
{
    private const int LargestResponse = 1024 * 1024; // bytes; metadata, keys and tokens stay far below

    public void PostConfigure(string? name, OpenIdConnectOptions options)
    {
        ArgumentNullException.ThrowIfNull(name);

        options.DataProtectionProvider ??= dataProtection;
        if (string.IsNullOrEmpty(options.SignOutScheme)) options.SignOutScheme = options.SignInScheme;

        options.StateDataFormat ??= new PropertiesDataFormat(Protector("state"));
        options.StringDataFormat ??= new SecureDataFormat<string>(new Utf8Serializer(), Protector("string"));

        if (string.IsNullOrEmpty(options.TokenValidationParameters.ValidAudience))
        {
            options.TokenValidationParameters.ValidAudience = options.ClientId;
        }

        if (options.Backchannel is null)
        {
            options.Backchannel = new HttpClient(options.BackchannelHttpHandler ?? new HttpClientHandler())
            {
                Timeout = options.BackchannelTimeout,
                MaxResponseContentBufferSize = LargestResponse,
            };
            options.Backchannel.DefaultRequestHeaders.UserAgent.ParseAdd("Platform-OpenIdConnect");
        }

        options.ConfigurationManager ??= ConfigurationManager(options);

        IDataProtector Protector(string use) =>
            options.DataProtectionProvider.CreateProtector(typeof(OpenIdConnectHandler).FullName!, name, use, "v1");
    }

    private static IConfigurationManager<OpenIdConnectConfiguration>? ConfigurationManager(OpenIdConnectOptions options)
    {
        if (options.Configuration is { } fixedConfiguration)
        {
            return new StaticConfigurationManager<OpenIdConnectConfiguration>(fixedConfiguration);
        }

        if (string.IsNullOrEmpty(options.MetadataAddress) && !string.IsNullOrEmpty(options.Authority))
        {
            options.MetadataAddress = $"{options.Authority.TrimEnd('/')}/.well-known/openid-configuration";
        }

        if (string.IsNullOrEmpty(options.MetadataAddress)) return null;

        if (options.RequireHttpsMetadata
            && !options.MetadataAddress.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException(
                "MetadataAddress and Authority must use https unless RequireHttpsMetadata is false.");
        }

        return new ConfigurationManager<OpenIdConnectConfiguration>(
            options.MetadataAddress,
            new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever(options.Backchannel) { RequireHttps = options.RequireHttpsMetadata })
        {
            AutomaticRefreshInterval = options.AutomaticRefreshInterval,
            RefreshInterval = options.RefreshInterval,
        };
    }

    private sealed class Utf8Serializer : IDataSerializer<string>
    {
        public byte[] Serialize(string model) => Encoding.UTF8.GetBytes(model);

        public string Deserialize(byte[] data) => Encoding.UTF8.GetString(data);
    }
}

/// <summary>
/// Adds a claim of the userinfo answer unless the id token had it: then the two would stand side by side.
/// </summary>
internal sealed class UniqueJsonKeyClaimAction(string name) : JsonKeyClaimAction(name, ClaimValueTypes.String, name)
{
    public override void Run(JsonElement userData, ClaimsIdentity identity, string issuer)
    {
        var value = userData.ValueKind is JsonValueKind.Object && userData.TryGetProperty(JsonKey, out var member)
            ? member.ToString()
            : null;

        if (string.IsNullOrEmpty(value) || identity.HasClaim(claim => IsSame(claim, value))) return;

        identity.AddClaim(new Claim(ClaimType, value, ValueType, issuer));
    }

    /// <summary>Compares also by the short name that the token had before inbound mapping.</summary>
    private bool IsSame(Claim claim, string value) =>
        claim.Value == value
        && (claim.Type == ClaimType
            || (claim.Properties.TryGetValue(ShortName, out var shortName) && shortName == ClaimType));

    private const string ShortName = "http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/ShortTypeName";
}
