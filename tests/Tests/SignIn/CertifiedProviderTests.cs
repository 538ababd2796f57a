using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Platform.Identity.Clients;
using Platform.Tests.Identity.Support;

namespace Platform.Tests.SignIn;

/// <summary>
/// Our relying party against the certified provider <c>oidc-provider </c>, which takes nothing that is not by the
/// standards.
/// </summary>
public sealed class CertifiedProviderTests
{
    private const int Lifetime = 300; // seconds

    public static TheoryData<string> Proofs => ["secret", "RSA key", "P-256 key"];

    [Theory, MemberData(nameof(Proofs))]
    public async Task A_person_signs_in_and_stays_signed_in_with_every_proof_of_the_client(string proof)
    {
        var issuer = CertifiedProvider.FreeIssuer();
        using AsymmetricAlgorithm key = proof == "RSA key" ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var app = await SignInApp.StartAsync(one =>
        {
            one.Settings["Identity:Issuer"] = issuer;
            one.Settings["Oidc:PrivateKey"] = proof == "secret" ? null : key.ExportPkcs8PrivateKeyPem();
        });
        await using var provider = await CertifiedProvider.StartAsync(
            [ClientOf(app, proof, key)], [new { sub = "11", email = "ana@aurora.example", name = "Ana Souza" }], "api", issuer);
        using var browser = await app.SignInAsync();

        var before = await app.MeAsync(browser);
        app.SetElapsed(TimeSpan.FromSeconds(Lifetime * 0.85));
        var after = await app.MeAsync(browser);

        Assert.Equal("11", before!.Claims["sub"].Single());
        Assert.Equal("11", after!.Claims["sub"].Single());
        Assert.NotEqual(before.AccessToken, after.AccessToken);
        Assert.NotEqual(before.RefreshToken, after.RefreshToken);
    }

    private static object ClientOf(SignInApp app, string proof, AsymmetricAlgorithm key)
    {
        var client = new Dictionary<string, object>
        {
            ["client_id"] = app.ClientId,
            ["redirect_uris"] = new[] { $"{app.Url}/signin-oidc" },
            ["post_logout_redirect_uris"] = new[] { $"{app.Url}/signout-callback-oidc" },
            ["grant_types"] = new[] { "authorization_code", "refresh_token" },
            ["require_pushed_authorization_requests"] = true,
        };
        if (proof == "secret")
        {
            client["token_endpoint_auth_method"] = "client_secret_post";
            client["client_secret"] = "secret";
            return client;
        }

        client["token_endpoint_auth_method"] = "private_key_jwt";
        client["token_endpoint_auth_signing_alg"] = proof == "RSA key" ? SecurityAlgorithms.RsaSha256 : SecurityAlgorithms.EcdsaSha256;
        client["jwks"] = JsonSerializer.Deserialize<JsonElement>(ClientKeys.Read(key.ExportSubjectPublicKeyInfoPem()));
        return client;
    }
}
