using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Identity.Clients;
using Platform.Identity.People;
using Platform.ServiceDefaults.Clients;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.Identity;

/// <summary>The platform's own processes as clients of Identity, with keys instead of secrets.</summary>
public sealed class ClientKeyTests(IdentityFixture fixture)
{
    private static readonly string Rsa = RSA.Create(2048).ExportPkcs8PrivateKeyPem();
    private static readonly string Curve = ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem();

    [Fact]
    public async Task A_service_with_a_key_gets_tokens_again_and_again()
    {
        await using var app = await fixture.StartAsync(new Dictionary<string, string> { ["Clients:Api:Keys"] = PublicPart(Curve) });

        (await TokenAsync(app, "api", Curve)).IsGranted();
        (await TokenAsync(app, "api", Curve)).IsGranted();
        (await TokenAsync(app, "api", Rsa)).IsRefused("invalid_client");
    }

    [Fact]
    public async Task Identity_calls_the_api_with_its_own_key()
    {
        await using var app = await fixture.StartAsync(new Dictionary<string, string>
        {
            ["Clients:Self:Secret"] = "",
            ["Clients:Self:Keys"] = PublicPart(Rsa),
            ["Oidc:PrivateKey"] = Rsa,
        });

        Assert.NotEmpty(await app.Services.GetRequiredService<OwnToken>().GetAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_changed_key_or_a_removed_secret_applies_after_a_restart()
    {
        var database = await fixture.NewDatabaseAsync();
        await using (var before = await StartAsync(new() { ["Clients:Api:Keys"] = PublicPart(Rsa) }))
        {
            (await TokenAsync(before, "api", Rsa)).IsGranted();
            // The secret, as well as the key.
            (await before.Client("api").TokenAsync(("grant_type", "client_credentials"))).IsGranted();
        }

        await using var after = await StartAsync(new() { ["Clients:Api:Keys"] = PublicPart(Curve), ["Clients:Api:Secret"] = "" });

        (await TokenAsync(after, "api", Curve)).IsGranted();
        (await TokenAsync(after, "api", Rsa)).IsRefused("invalid_client");
        (await after.Client("api").TokenAsync(("grant_type", "client_credentials"))).IsRefused("invalid_client");

        async Task<IdentityApp> StartAsync(Dictionary<string, string> settings) =>
            await IdentityApp.StartAsync(database, await ApiStub.StartAsync(), await HubStub.StartAsync(), settings);
    }

    [Fact]
    public void Keys_are_read_from_a_key_set_from_pem_or_from_a_file_with_either()
    {
        var (path, pem) = (Path.GetTempFileName(), PublicPart(Curve));
        File.WriteAllText(path, ClientKeys.Read(pem));

        Assert.Equal(ClientKeys.Read(pem), ClientKeys.Read(path));
        File.Delete(path);
    }

    [Fact]
    public void A_private_key_an_empty_set_and_another_kind_of_key_are_refused_as_keys_of_a_client()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP521);

        Assert.Throws<InvalidOperationException>(() => ClientKeys.Read(Rsa));
        Assert.Throws<InvalidOperationException>(() => ClientKeys.Read("""{"keys":[]}"""));
        Assert.Throws<InvalidOperationException>(() => ClientKeys.Read("""{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"""));
        Assert.Throws<InvalidOperationException>(() => ClientKeys.Read(other.ExportSubjectPublicKeyInfoPem()));
        Assert.Throws<InvalidOperationException>(() => ClientKeys.Read("/no/such/file"));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "no key")]
    [InlineData("secret", "-----BEGIN NONSENSE-----")]
    public void A_process_without_a_proof_or_with_an_unreadable_key_does_not_start(string? secret, string? key)
    {
        var services = new ServiceCollection();
        services.AddOptions<ClientAuthenticationOptions>().ValidateDataAnnotations().Configure(options =>
        {
            (options.Issuer, options.ClientId) = ("https://id.example", "hub");
            (options.ClientSecret, options.PrivateKey) = (secret, key);
        });

        var options = services.BuildServiceProvider().GetRequiredService<IOptions<ClientAuthenticationOptions>>();

        Assert.Throws<OptionsValidationException>(() => options.Value);
    }

    private static async Task<Answer> TokenAsync(IdentityApp app, string id, string key)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials" };
        new ClientAuthentication(
            Options.Create(new ClientAuthenticationOptions { Issuer = app.Issuer, ClientId = id, PrivateKey = key }), app.Clock).AddTo(form);
        return await app.Client(id).SendAsync("/connect/token", form);
    }

    private static string PublicPart(string privateKey)
    {
        using AsymmetricAlgorithm key = privateKey == Rsa ? RSA.Create() : ECDsa.Create();
        key.ImportFromPem(privateKey);
        return key.ExportSubjectPublicKeyInfoPem();
    }
}
