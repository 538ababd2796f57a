using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Platform.ServiceDefaults.Clients;

/// <summary>
/// Proves to Identity which client this process is: by an assertion signed with its key (<c>private_key_jwt</c>), or
/// by its secret if it has no key.
/// </summary>
public sealed class ClientAuthentication(IOptions<ClientAuthenticationOptions> options, TimeProvider clock)
{
    /// <summary>An assertion is used at once; the rest is for clocks that differ.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private static readonly JsonWebTokenHandler Writer = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly SigningCredentials? _credentials = string.IsNullOrEmpty(options.Value.PrivateKey)
        ? null
        : CredentialsOf(PemKey.ReadPrivate(options.Value.PrivateKey));

    /// <summary>Adds the proof to a form for Identity. Each assertion is good for one request.</summary>
    public void AddTo(IDictionary<string, string> form)
    {
        form["client_id"] = options.Value.ClientId;
        if (_credentials is null)
        {
            form["client_secret"] = options.Value.ClientSecret!;
            return;
        }

        form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        form["client_assertion"] = Sign(_credentials);
    }

    private string Sign(SigningCredentials credentials)
    {
        var now = clock.GetUtcNow();
        return Writer.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "client-authentication+jwt",
            Issuer = options.Value.ClientId,
            Audience = options.Value.Issuer,
            IssuedAt = now.UtcDateTime,
            Expires = (now + Lifetime).UtcDateTime,
            Claims = new Dictionary<string, object>
            {
                ["sub"] = options.Value.ClientId,
                ["jti"] = $"{Guid.CreateVersion7():n}",
            },
            SigningCredentials = credentials,
        });
    }

    private static SigningCredentials CredentialsOf(AsymmetricSecurityKey key) =>
        new(key, key is RsaSecurityKey ? SecurityAlgorithms.RsaSha256 : SecurityAlgorithms.EcdsaSha256);
}

public static class ClientAuthenticationSetup
{
    /// <summary>
    /// Reads <c>Identity:Issuer</c> and the section <c>Oidc</c>. Something missing or unreadable stops the start.
    /// </summary>
    public static void AddClientAuthentication(
        this IHostApplicationBuilder builder, Action<ClientAuthenticationOptions>? configure = null)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<ClientAuthentication>();
        builder.Services.AddOptions<ClientAuthenticationOptions>()
            .BindConfiguration(ClientAuthenticationOptions.Section)
            .Configure(options => options.Issuer = builder.Configuration["Identity:Issuer"]?.TrimEnd('/') ?? "")
            .Configure(options => configure?.Invoke(options))
            .ValidateDataAnnotations()
            .ValidateOnStart();
    }
}
