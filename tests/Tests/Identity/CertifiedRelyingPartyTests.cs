using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Platform.Contracts.Tenants;
using Platform.Tests.Identity.Support;
using Platform.Tests.Support;

namespace Platform.Tests.Identity;

/// <summary>
/// The certified relying party <c>openid-client </c> (npm) against Identity. It checks what it receives by the
/// standards, and contains no code of ours.
/// </summary>
public sealed class CertifiedRelyingPartyTests(CertifiedRelyingPartyTests.Run run) : IClassFixture<CertifiedRelyingPartyTests.Run>
{
    private static readonly string[] Parties =
        ["secret in the header", "secret in the body", "odd secret", "key RS256", "key ES256"];

    private static readonly string[] InEachFlow =
    [
        "prompt=none without a session is refused", "sign-in", "a session answers without a form", "userinfo", "refresh",
        "token exchange", "introspection", "revocation", "end session",
    ];

    public static TheoryData<string> Checks =>
    [
        .. from party in Parties
           from check in (string[])
               ["discovery", .. InEachFlow, .. InEachFlow.Select(name => $"{name}, request pushed"), "client credentials"]
           select $"{party}: {check}",
    ];

    [Theory, MemberData(nameof(Checks))]
    public void A_certified_relying_party_is_served(string check) => Assert.True(
        run.Failures.TryGetValue(check, out var failure) && failure is null, failure ?? $"It was not reached. {run.Errors}");

    [Fact]
    public void Every_check_of_the_relying_party_has_a_test() =>
        Assert.Equal(Checks.Select(check => check.Data).Order(), run.Failures.Keys.Order());

    /// <summary>Runs the script once for all tests.</summary>
    public sealed class Run(IdentityFixture fixture) : IAsyncLifetime
    {
        private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
        private readonly Dictionary<string, string?> _failures = [];

        /// <summary>By name of the check; null for one that succeeded.</summary>
        public IReadOnlyDictionary<string, string?> Failures => _failures;

        public string Errors { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            var app = await fixture.SharedAsync();
            using var person = await app.NewPersonAsync();
            var (output, errors) = await RunAsync(JsonSerializer.Serialize(new
            {
                issuer = app.Issuer,
                email = person.Email,
                password = DemoTenants.Password,
                tenant = $"{DemoTenants.Coworking.Id}",
                parties = PartiesOf(app),
            }));

            Errors = errors;
            foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var check = JsonSerializer.Deserialize<Check>(line, Json)!;
                _failures.Add(check.Name, check.Failure);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static object[] PartiesOf(IdentityApp app)
        {
            return
            [
                Party("secret in the header", "hub", "client_secret_basic", secret: RelyingParty.HubSecret),
                Party("secret in the body", "hub", "client_secret_post", secret: RelyingParty.HubSecret),
                Party("odd secret", "full", "client_secret_basic", secret: RelyingParty.OtherSecret),
                Party("key RS256", "full-rsa", "private_key_jwt", key: RelyingParty.ClientKey,
                    algorithm: new { name = "RSASSA-PKCS1-v1_5", hash = "SHA-256" }),
                Party("key ES256", "full-ec", "private_key_jwt", key: RelyingParty.CurveKey,
                    algorithm: new { name = "ECDSA", namedCurve = "P-256" }),
            ];

            object Party(
                string name, string id, string method, string? secret = null, AsymmetricAlgorithm? key = null, object? algorithm = null) => new
                {
                    name,
                    id,
                    method,
                    secret,
                    algorithm,
                    key = key?.ExportPkcs8PrivateKeyPem(),
                    redirectUri = app.Client(id).RedirectUri,
                    postLogoutUri = app.Client(id).PostLogoutUri,
                    service = id != "hub",
                };
        }

        private static async Task<(string Output, string Errors)> RunAsync(string input)
        {
            var info = new ProcessStartInfo("node", "relying-party.mjs")
            {
                WorkingDirectory = Repository.PathOf("tests/Tests/Identity/certified"),
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            using var node = Process.Start(info)!;
            await node.StandardInput.WriteAsync(input);
            node.StandardInput.Close();
            var output = node.StandardOutput.ReadToEndAsync();
            var errors = node.StandardError.ReadToEndAsync();
            await node.WaitForExitAsync();
            return (await output, await errors);
        }

        private sealed record Check(string Name, string? Failure);
    }
}
